"""Whatever comes instead of XML: a fault, no leak, no hang, no traceback, at every entry."""

from __future__ import annotations

import time

import pytest
from lxml import etree

from tests.eoffice.sandbox.client import PATHS, SOAP, document
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World
from tests.eoffice.sandbox.hostile import SECRET, corpus

SECONDS = 20.0
"""Far above what any of them takes (under 0.1 s), far below a hang, on a busy machine too."""
TOO_LONG_TO_ENCLOSE = 7_000_000
INERT = {
    "xinclude",
    "stylesheet",
    "schema_location",
    "utf16_without_a_mark",
    "utf32",
    "ebcdic",
    "long_name",
    "many_attributes",
}
"""Well-formed documents that harm nobody who does not run what they ask for; a box takes them as they are."""


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return corpus(tmp_path_factory.mktemp("hostile"))


def test_the_corpus_is_large_enough(hostile: dict[str, bytes]) -> None:
    assert len(hostile) >= 30


@pytest.mark.parametrize("service", PATHS)
def test_every_soap_entry_answers_hostile_xml_with_a_fault(
    world: World, hostile: dict[str, bytes], service: str
) -> None:
    for name, data in hostile.items():
        _refused(world, service, data, name)
    assert world.api("calls?limit=5")[0]["outcome"] != "ok"


@pytest.mark.parametrize("service", ["skrytka", "pull"])
def test_hostile_xml_inside_a_body_is_refused_too(world: World, hostile: dict[str, bytes], service: str) -> None:
    for name, data in hostile.items():
        inner = data if b"<!DOCTYPE" not in data else data[data.rindex(b"]>") + 2 :] if b"]>" in data else b"<a/>"
        envelope = b'<s:Envelope xmlns:s="%b"><s:Header/><s:Body>%b</s:Body></s:Envelope>'
        _refused(world, service, envelope % (SOAP.encode(), inner), name)


def test_a_hostile_document_in_a_well_signed_request_is_refused_or_kept_as_it_came(
    world: World, hostile: dict[str, bytes]
) -> None:
    headers = {
        "IdentyfikatorPodmiotu": "jkowalski",
        "AdresSkrytki": OFFICE_BOX,
        "AdresOdpowiedzi": CITIZEN_BOX,
        "CzyProbne": "0",
    }
    kept = {}
    for name, data in hostile.items():
        if len(data) >= TOO_LONG_TO_ENCLOSE:
            continue
        began = time.monotonic()
        answer = world.office.post("skrytka", world.office.request(document(data), headers))
        assert time.monotonic() - began < SECONDS, name
        assert SECRET not in answer.text, name
        assert "Traceback" not in answer.text, name
        if answer.status_code == 200:
            kept[name] = data
    assert set(kept) <= INERT
    assert world.office.empty(OFFICE_BOX) == list(kept.values())


def test_a_message_over_the_limit_is_refused_before_it_is_parsed(world: World) -> None:
    began = time.monotonic()
    _refused(world, "skrytka", b"<a>" + b" " * (13 * 1024 * 1024) + b"</a>", "13 MiB")

    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_another_content_type_is_refused(world: World, content_type: str) -> None:
    import requests

    answer = requests.post(world.url + PATHS["pull"], data=b"<a/>", headers={"Content-Type": content_type}, timeout=10)
    assert answer.status_code == 500
    assert b":Fault" in answer.content


def _refused(world: World, service: str, data: bytes, name: str) -> None:
    began = time.monotonic()
    answer = world.office.post(service, data)
    assert time.monotonic() - began < SECONDS, name
    assert answer.status_code == 500, name
    fault = etree.fromstring(answer.content).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    assert fault is not None, name
    assert SECRET not in answer.text, name
    assert "Traceback" not in answer.text, name
    assert "root:" not in answer.text, name
