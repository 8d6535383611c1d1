"""The page for people, without scripts."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests
from lxml import html

from tests.eoffice.sandbox.client import SIGNED_LETTER
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

PAGES = ["/", "/list", "/doreczenia", "/zaklocenia", "/polaczenie", f"/skrytka?adres={OFFICE_BOX}"]


def _post(
    world: World, path: str, files: dict[str, tuple[str, bytes, str]] | None = None, **fields: str
) -> requests.Response:
    return requests.post(world.url + path, data=fields, files=files, headers={"Origin": world.url}, timeout=20)


def _letter(**changes: str) -> dict[str, str]:
    return {"sender": "jkowalski", "box": OFFICE_BOX, "title": "Prośba", "text": "Dzień dobry", **changes}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_complete_and_protected(world: World, path: str) -> None:
    answer = requests.get(world.url + path, timeout=10)

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = html.fromstring(answer.text)
    assert len(page.xpath("//h1")) == 1
    assert page.get("lang") == "pl"
    assert not page.xpath("//script")
    fields = page.xpath("//input[not(@type='hidden')]/@id | //select/@id | //textarea/@id")
    assert set(fields) <= set(page.xpath("//label/@for"))


def test_a_letter_written_by_hand_reaches_the_box_with_its_attachment(world: World) -> None:
    answer = _post(world, "/list", {"files": ("mapa.pdf", b"%PDF-1.4", "application/pdf")}, **_letter())

    assert "Pismo zostało wysłane" in answer.text
    [content] = world.office.empty(OFFICE_BOX)
    assert "Prośba" in content.decode()
    assert b'nazwaPliku="mapa.pdf"' in content
    assert b"xml-stylesheet" in content


def test_a_big_attachment_travels_as_a_link(world: World) -> None:
    _post(world, "/list", {"files": ("film.mp4", b"x" * 3_600_000, "video/mp4")}, **_letter())

    [content] = world.office.empty(OFFICE_BOX)
    assert b'kodowanie="URI"' in content
    assert b"DownloadServlet?fileId=" in content


@pytest.mark.parametrize("missing", ["title", "text"])
def test_an_empty_field_is_named_and_what_was_written_is_kept(world: World, missing: str) -> None:
    answer = _post(world, "/list", **_letter(**{missing: "  "}))

    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert page.xpath(f"//*[@id='{missing}']/@aria-invalid") == ["true"]
    assert "Prośba" in answer.text or "Dzień dobry" in answer.text
    assert world.queue() == []


def test_a_document_is_shown_readable_and_never_as_markup(world: World) -> None:
    _post(world, "/list", **_letter(title="<script>alert(1)</script>", text="<b>gruby</b>"))
    number = world.queue()[0]["document"]

    shown = requests.get(f"{world.url}/dokument/{number}", timeout=10).text
    assert "&lt;script&gt;" in shown
    assert "<b>gruby" not in shown
    raw = requests.get(f"{world.url}/dokument/{number}/plik", timeout=10)
    assert raw.headers["Content-Disposition"].startswith("attachment")
    assert raw.headers["Content-Type"] == "application/octet-stream"


def test_an_embedded_attachment_can_be_fetched(world: World) -> None:
    _post(world, "/list", {"files": ("ąę.txt", b"abc", "text/plain")}, **_letter())
    number = world.queue()[0]["document"]

    assert requests.get(f"{world.url}/dokument/{number}/zalacznik/0", timeout=10).content == b"abc"
    assert requests.get(f"{world.url}/dokument/{number}/zalacznik/1", timeout=10).status_code == 404


def test_the_recipient_signs_or_refuses_by_hand(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "hand"})
    for _ in range(2):
        world.office.dorecz((SIGNED_LETTER % 1).encode(), CITIZEN_BOX, OFFICE_BOX, "gminaWrotkowo")
    first, second = (order["id"] for order in world.api("orders"))

    assert "odebrane" in _post(world, f"/doreczenia/{first}", collect="1").text
    assert "odmowa" in _post(world, f"/doreczenia/{second}", refuse="1").text
    assert len(world.queue()) == 1


def test_misbehaviours_clock_and_certificate_are_changed_by_hand(world: World) -> None:
    page = _post(world, "/zaklocenia", operation="nadaj", kind="late", count="3", param="250").text
    assert "ms=250" in page
    [rule] = world.api("faults")
    assert (rule["remaining"], rule["params"]) == (3, {"ms": 250})
    _post(world, "/zaklocenia", remove=str(rule["id"]))
    assert world.api("faults") == []

    before = world.api("clock")["now"]
    _post(world, "/zaklocenia", days="14")
    assert world.api("clock")["now"] - before >= 14 * 86_400_000
    certificate = (world.data / "server" / "cert.pem").read_bytes()
    _post(world, "/zaklocenia", rotate="1")
    assert (world.data / "server" / "cert.pem").read_bytes() != certificate


@pytest.mark.parametrize(
    "fields", [{"kind": "late", "operation": "nadaj", "count": "0"}, {"kind": "x", "operation": "y", "count": "1"}, {}]
)
def test_a_wrong_misbehaviour_is_refused_on_the_page(world: World, fields: dict[str, str]) -> None:
    assert _post(world, "/zaklocenia", **fields).status_code == 422


@pytest.mark.parametrize("path", ["/list", "/zaklocenia", "/doreczenia/1"])
def test_another_sites_form_is_refused(world: World, path: str) -> None:
    for headers in ({}, {"Origin": "http://evil.example"}, {"Referer": "http://evil.example/"}, {"Origin": "null"}):
        answer = requests.post(world.url + path, data=_letter(), headers=headers, timeout=10)
        assert answer.status_code == 403
    assert world.queue() == []


@pytest.mark.parametrize(
    "path", ["/skrytka", "/skrytka?adres=x", "/dokument/1", "/dokument/1/plik", "/wyslano/1", "/nic"]
)
def test_what_is_not_there_is_said_in_a_sentence(world: World, path: str) -> None:
    answer = requests.get(world.url + path, timeout=10)

    assert answer.status_code == 404
    assert "Nie udało się" in answer.text
    assert urlsplit(answer.url).path == path.split("?")[0]
