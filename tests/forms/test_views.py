"""The pages as a citizen walks them, without scripts."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forms import actions, queries, render
from forms.models import Submission
from portal.core import documents
from portal.core.actors import SYSTEM, Actor
from portal.web.rights import right_of
from tests.forms.conftest import Town
from tests.forms.hostile import corpus
from tests.forms.samples import ANSWERS, PDF, PISMO, PNG

Visit = Callable[..., FlaskClient]
CARD = "/formularze/pismo-ogolne"
STEPS = ("odbiorca", "tresc", "zalaczniki", "nadawca", "dane", "kontakt")


def words(answer: TestResponse) -> str:
    """The text of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def begin(client: FlaskClient) -> str:
    """Press the start button; the address of this filling in, without the step."""
    first = client.get(f"{CARD}/wypelnij")
    assert first.status_code == 302
    return first.location.rsplit("/", 1)[0]


def fill(client: FlaskClient, base: str, **changes: Any) -> None:
    answers = {**ANSWERS, **changes}
    for name in STEPS:
        fields = PISMO.step(name).fields
        data = {field.name: answers[field.name] for field in fields if field.name in answers}
        answer = client.post(f"{base}/{name}", data=data)
        assert answer.status_code == 302, words(answer)


def send(client: FlaskClient, **changes: Any) -> str:
    """Walk the whole form; the reference of what was sent."""
    base = begin(client)
    fill(client, base, **changes)
    answer = client.post(f"{base}/podsumowanie")
    assert answer.status_code == 302
    return answer.location.rsplit("/", 1)[1]


def submission(town: Town, reference: str) -> Submission:
    with town.database.reading() as session:
        found = queries.by_reference(session, reference)
    assert found is not None
    return found


def test_everyone_sees_the_list_and_the_card_of_a_service(visit: Visit) -> None:
    client = visit()

    assert "Pismo ogólne do urzędu" in words(client.get("/formularze/"))
    page = client.get(CARD)
    assert "Zacznij wypełniać" in words(page)
    assert page.text.count("btn-success") == 1


def test_a_form_nobody_published_is_not_found(visit: Visit, town: Town) -> None:
    assert visit().get("/formularze/nie-ma").status_code == 404
    assert visit(town.anna).get("/formularze/nie-ma/wypelnij").status_code == 404


def test_filling_in_asks_to_log_in_and_comes_back(visit: Visit) -> None:
    answer = visit().get(f"{CARD}/wypelnij")

    assert answer.status_code == 303
    assert "/logowanie?next=" in answer.location
    assert "wypelnij" in answer.location


def test_looking_at_a_form_leaves_nothing_behind(visit: Visit, town: Town) -> None:
    client = visit(town.anna)

    page = client.get(f"{begin(client)}/dane")

    assert 'value="Anna Maria"' in page.text
    with town.database.reading() as session:
        assert queries.drafts(session, town.anna.user_id or 0) == []


def test_a_citizen_walks_from_the_card_to_the_number(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    fill(client, base)

    summary = words(client.get(f"{base}/podsumowanie"))
    assert "Wniosek o naprawę latarni" in summary
    assert "Referat Gospodarki Komunalnej" in summary
    assert "we własnym imieniu" in summary

    answer = client.post(f"{base}/podsumowanie")
    done = words(client.get(answer.location))
    reference = answer.location.rsplit("/", 1)[1]
    assert reference in done
    assert "Przyjęliśmy Twoje pismo" in done
    assert "Wysyłamy pismo do skrytki urzędu" in done
    assert "w ciągu miesiąca" in done


def test_sending_twice_leads_to_the_same_number(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    fill(client, base)

    first, second = (client.post(f"{base}/podsumowanie") for _ in range(2))

    assert first.location == second.location
    assert client.get(f"{base}/podsumowanie").location == first.location
    assert client.post(f"{base}/tresc", data={"title": "Inny"}).location == first.location


def test_a_wrong_pesel_stays_in_the_field_with_a_sentence_what_to_do(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    client.post(f"{base}/nadawca", data={"sender_kind": "person"})

    page = client.post(f"{base}/dane", data={"first_name": "Anna", "last_name": "Nowak", "pesel": "44051401358"})

    assert page.status_code == 422
    assert page.text.count("cyfra kontrolna się nie zgadza") == 2
    assert '<a href="#pesel">' in page.text
    assert 'value="44051401358"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "<title>Błąd: " in page.text
    again = client.get(f"{base}/dane")
    assert 'value="44051401358"' in again.text


def test_what_is_missing_is_said_on_the_summary_and_nothing_is_sent(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    client.post(f"{base}/tresc", data={"title": "Sprawa", "body": "Zbyt"})

    page = client.post(f"{base}/podsumowanie")

    assert page.status_code == 422
    assert "Brakuje jeszcze kilku odpowiedzi" in words(page)
    assert "Treść pisma: Napisz trochę więcej" in words(page)
    assert '<a href="#pytanie-body">' in page.text
    assert 'id="pytanie-body"' in page.text


def test_changing_an_answer_from_a_complete_summary_leads_back_to_it(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    fill(client, base)

    answer = client.post(f"{base}/tresc?zmien=1", data={"title": "Nowy tytuł", "body": ANSWERS["body"]})

    assert answer.location.endswith("/podsumowanie")
    assert "Nowy tytuł" in words(client.get(answer.location))


def test_writing_for_an_organisation_asks_for_its_name(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    assert "Nazwa firmy" not in words(client.get(f"{base}/dane"))

    client.post(f"{base}/nadawca", data={"sender_kind": "organisation"})

    assert "Nazwa firmy" in words(client.get(f"{base}/dane"))
    assert "PESEL" not in words(client.get(f"{base}/dane"))


def upload(client: FlaskClient, base: str, *files: tuple[str, bytes]) -> TestResponse:
    data = {"add": "1", "attachments": [(io.BytesIO(content), name) for name, content in files]}
    return client.post(f"{base}/zalaczniki", data=data, content_type="multipart/form-data")


def test_a_refused_file_is_named_and_the_others_are_kept(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)

    page = upload(client, base, ("umowa.pdf", PDF), ("zdjęcie.pdf", PNG), ("pusty.pdf", b""))

    assert page.status_code == 422
    assert "„zdjęcie.pdf” ma nazwę jak PDF, ale w środku jest PNG" in words(page)
    assert "„pusty.pdf” jest pusty" in words(page)
    listed = client.get(f"{base}/zalaczniki")
    assert "umowa.pdf" in words(listed)
    assert "zdjęcie.pdf" not in words(listed)


def test_an_added_file_can_be_taken_off(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    assert upload(client, base, ("umowa.pdf", PDF)).location.endswith("/zalaczniki")
    page = client.get(f"{base}/zalaczniki").text
    (remove,) = re.findall(r'action="([^"]+/usun/\d+)"', page)

    client.post(remove)

    assert "umowa.pdf" not in client.get(f"{base}/zalaczniki").text


def test_a_draft_can_be_found_again_and_thrown_away(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    client.post(f"{base}/tresc", data={"title": "Sprawa", "body": ""})
    assert "Masz niedokończone pismo" in words(client.get(CARD))

    client.post(f"{base}/porzuc")

    assert "Masz niedokończone pismo" not in words(client.get(CARD))


def test_a_draft_belongs_to_one_person(visit: Visit, town: Town) -> None:
    anna, bogdan = visit(town.anna), visit(town.bogdan)
    base = begin(anna)
    fill(anna, base)

    assert ANSWERS["body"][:20] not in words(bogdan.get(f"{base}/tresc"))  # type: ignore[index]
    assert bogdan.post(f"{base}/podsumowanie").status_code == 404
    assert bogdan.post(f"{base}/tresc", data={"title": "Moje"}).status_code == 409
    assert bogdan.post(f"{base}/porzuc").status_code == 404


@pytest.mark.parametrize("key", ["x", "../../etc", "a" * 65, "zażółć-gęślą-jaźń"])
def test_a_key_that_is_none_of_ours_is_not_found(key: str, visit: Visit, town: Town) -> None:
    assert visit(town.anna).get(f"{CARD}/wypelnij/{key}/tresc").status_code == 404


def test_the_sender_reads_the_document_and_takes_it_home(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    reference = send(client, body="Linia <b>pierwsza</b>\nLinia druga")

    page = client.get(f"/moje/wnioski/{reference}")
    assert "Linia <b>pierwsza</b>" in words(page) or "Linia &lt;b&gt;pierwsza" in page.text
    assert "<b>pierwsza" not in page.text

    xml = client.get(f"/moje/wnioski/{reference}/dokument.xml")
    assert xml.data.startswith(b"<?xml")
    assert "attachment" in xml.headers["Content-Disposition"]
    assert f"{reference}.xml" in xml.headers["Content-Disposition"]


def test_the_page_for_printing_runs_nothing(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    reference = send(client, title="Tytuł <script>alert(1)</script>")

    page = client.get(f"/moje/wnioski/{reference}/podglad")

    assert "<script" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'sha256-")
    assert "Tytuł <script>alert(1)</script>" in html.unescape(page.text)


def test_an_attachment_is_taken_out_of_the_document_itself(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    base = begin(client)
    upload(client, base, ("umowa.pdf", PDF))
    fill(client, base)
    reference = client.post(f"{base}/podsumowanie").location.rsplit("/", 1)[1]

    page = client.get(f"/moje/wnioski/{reference}")
    assert f"/moje/wnioski/{reference}/zalacznik/1" in page.text
    got = client.get(f"/moje/wnioski/{reference}/zalacznik/1")

    assert got.data == PDF
    assert "attachment" in got.headers["Content-Disposition"]
    assert client.get(f"/moje/wnioski/{reference}/zalacznik/2").status_code == 404
    assert client.get(f"/moje/wnioski/{reference}/zalacznik/0").status_code == 404


def test_the_receipt_can_be_taken_home_once_it_is_there(visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    reference = send(client)
    assert client.get(f"/moje/wnioski/{reference}/upp").status_code == 404

    with town.database.transaction() as session:
        upp = documents.store(session, town.blobs, SYSTEM, data=b"<UPP/>", name="UPP.xml", origin="epuap")
        sent = queries.by_reference(session, reference)
        assert sent is not None
        actions.mark_lodged(session, SYSTEM, sent, "epuap", "DOK-1", upp)
        actions.mark_registered(session, SYSTEM, sent, "RPW/12/2026")

    assert client.get(f"/moje/wnioski/{reference}/upp").data == b"<UPP/>"
    page = words(client.get(f"/moje/wnioski/{reference}"))
    assert "zarejestrowane" in page
    assert "RPW/12/2026" in page
    assert "poświadczenie przedłożenia" in page


@pytest.mark.parametrize("mark", ["failed", "uncertain"])
def test_a_sending_that_got_stuck_is_told_without_blame(mark: str, visit: Visit, town: Town) -> None:
    client = visit(town.anna)
    reference = send(client)
    with town.database.transaction() as session:
        sent = queries.by_reference(session, reference)
        assert sent is not None
        getattr(actions, f"mark_{mark}")(session, SYSTEM, sent)

    page = words(client.get(f"/formularze/pismo-ogolne/wyslano/{reference}"))

    expected = {"failed": "Pracownik urzędu zobaczył ten problem", "uncertain": "Nie wyślemy drugi raz"}
    assert expected[mark] in page


@pytest.mark.parametrize("tail", ["", "/dokument.xml", "/podglad", "/upp", "/zalacznik/1"])
def test_nobody_else_learns_of_a_submission(tail: str, visit: Visit, town: Town) -> None:
    reference = send(visit(town.anna))

    assert visit(town.bogdan).get(f"/moje/wnioski/{reference}{tail}").status_code == 404
    assert visit(town.anna).get(f"/moje/wnioski/WR-2026-AAAAAA{tail}").status_code == 404
    assert visit().get(f"/moje/wnioski/{reference}{tail}").status_code == 303


def test_others_cannot_open_the_page_after_sending(visit: Visit, town: Town) -> None:
    reference = send(visit(town.anna))

    assert visit(town.bogdan).get(f"/formularze/pismo-ogolne/wyslano/{reference}").status_code == 404
    assert visit(town.anna).get(f"/formularze/inny/wyslano/{reference}").status_code == 404


def test_every_page_states_its_right(app: Any, visit: Visit) -> None:
    ours = {name: view for name, view in app.view_functions.items() if name.startswith("forms.")}
    assert len(ours) == 16
    assert all(right_of(view) for view in ours.values())


def test_the_actor_is_never_taken_from_the_form(visit: Visit, town: Town) -> None:
    client: FlaskClient = visit(town.bogdan)
    reference = send(client, user_id=str(town.anna.user_id))

    owner: Actor = town.bogdan
    assert submission(town, reference).user_id == owner.user_id


@pytest.mark.parametrize("name", ["scripts as text", "scripts as elements", "xinclude", "stylesheet of the enemy"])
def test_a_hostile_document_becomes_a_page_without_anything_that_runs(name: str, app: Flask, tmp_path: Path) -> None:
    with app.test_request_context():
        page = render.html(corpus(tmp_path / "secret")[name])

    assert "<script" not in page
    assert "href" not in page
    assert "alert(1)" in page or not name.startswith("scripts")
