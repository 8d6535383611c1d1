"""The citizen's pages and the public view of a case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eoffice.cases import access
from eoffice.cases import actions as cases
from eoffice.cases.models import Case
from eoffice.dispatch import actions as dispatch
from portal.core import clock
from tests.eoffice import office
from tests.eoffice.outside import upd
from tests.eoffice.road import LETTERHEAD
from tests.eoffice.site import Site


def case_of(site: Site) -> Case:
    with site.way.database.reading() as session:
        return session.get_one(Case, site.way.case_id)


def code_of(site: Site) -> str:
    return access.access_code(LETTERHEAD.secret, case_of(site))


def mine(site: Site) -> str:
    return site.as_(site.way.town.citizen).get(f"/moje/sprawy/{case_of(site).sign}")


def public(site: Site) -> str:
    browser = site.as_(None)
    browser.post("/sprawa", "/sprawa", sign=case_of(site).sign, code=code_of(site))
    return browser.get("/sprawa/stan")


def test_the_party_sees_each_step_as_soon_as_it_happened(site: Site) -> None:
    way = site.way
    assert "Założono sprawę" in mine(site)
    letter_id = way.approved()
    assert "Przygotowujemy odpowiedź do wysłania" in mine(site)
    with way.database.transaction() as session:
        dispatch.send(session, way.town.clerk, letter_id=letter_id)
    way.worker.drain()
    page = mine(site)
    assert "Wysłano pismo nr 1" in page
    assert "Odbierz pismo w swojej skrytce ePUAP" in page
    assert "Pismo z urzędu" not in page
    way.receive_proof(upd(way.post.taken[0].document_id, way.post.taken[0].case_sign))
    page = mine(site)
    assert "Pismo doręczono 24.11.2026" in page
    assert "Pismo z urzędu" in page
    assert "UPD, poświadczenie doręczenia" in page
    with way.database.transaction() as session:
        cases.end_case(session, way.town.clerk, case_id=way.case_id, outcome="granted")
    assert "załatwiona zgodnie z wnioskiem" in mine(site)


def test_only_the_party_takes_letters_and_receipts(site: Site) -> None:
    way = site.way
    letter_id = way.sent()
    document = way.letter(letter_id).document_id
    path = f"/moje/sprawy/{case_of(site).sign}/pliki/{document}"
    citizen, neighbour = site.as_(way.town.citizen), site.as_(way.town.stranger)
    citizen.get(path, 404)
    way.receive_proof(upd(way.post.taken[0].document_id, way.post.taken[0].case_sign))
    assert citizen.client.get(path).headers["Content-Disposition"].startswith("attachment")
    neighbour.get(path, 404)
    neighbour.get(f"/moje/sprawy/{case_of(site).sign}", 404)
    assert site.as_(None).client.get(path).status_code == 303


def test_another_party_of_the_case_does_not_see_what_was_sent_to_the_first(site: Site) -> None:
    way = site.way
    with way.database.transaction() as session:
        neighbour = office.add_user(session, "s.sasiad", "Stefan Sąsiad", kind="citizen")
        party = office.add_party(session, "Stefan Sąsiad", user_id=neighbour.user_id, box="")
        entry = office.add_entry(session, party, "Sprzeciw")
        cases.join_entry(session, way.town.clerk, case_id=way.case_id, entry_id=entry.id)
    letter_id = way.sent()
    way.receive_proof(upd(way.post.taken[0].document_id, way.post.taken[0].case_sign))
    path = f"/moje/sprawy/{case_of(site).sign}"
    browser = site.as_(neighbour)
    assert "Wysłano pismo nr 1" in browser.get(path)
    assert "Pismo z urzędu" not in browser.get(path)
    browser.get(f"{path}/pliki/{way.letter(letter_id).document_id}", 404)


def test_the_list_says_the_state_in_a_sentence_and_what_to_do(site: Site) -> None:
    citizen = site.as_(site.way.town.citizen)
    assert "Przyjęliśmy sprawę" in citizen.get("/moje/")
    with site.way.database.transaction() as session:
        cases.await_party(session, site.way.town.clerk, case_id=site.way.case_id)
    page = citizen.get("/moje/")
    assert "Uzupełnij wniosek" in page
    assert "Czekamy na Twoje uzupełnienie" in page
    assert "Nie masz jeszcze żadnych spraw" in site.as_(site.way.town.stranger).get("/moje/")


def test_number_and_code_show_the_course_without_personal_data(site: Site) -> None:
    way = site.way
    way.sent()
    way.receive_proof(upd(way.post.taken[0].document_id, way.post.taken[0].case_sign))
    page = public(site)
    assert "Założono sprawę" in page
    assert "Pismo doręczono" in page
    for secret in ("Nowak", "Anna", "dębu", "Zielińska", "Mazur", "/anowak", "85021412345", "pliki", code_of(site)):
        assert secret not in page, secret


def test_the_code_never_stands_in_an_address(site: Site) -> None:
    browser = site.as_(None)
    answer = browser.post("/sprawa", "/sprawa", sign=case_of(site).sign, code=code_of(site))
    assert answer.location == "/sprawa/stan"
    assert "no-store" in browser.client.get("/sprawa/stan").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("sign", "code"), [("", ""), ("OSR.6131.1.2026", "AAAA-AAAA"), ("OSR.1.99.2026", None), ("x", "y")]
)
def test_wrong_numbers_and_codes_look_alike_and_open_nothing(site: Site, sign: str, code: str | None) -> None:
    browser = site.as_(None)
    answer = browser.post("/sprawa", "/sprawa", 422, sign=sign, code=code_of(site) if code is None else code)
    assert "Błąd" in answer.text
    assert browser.client.get("/sprawa/stan").location == "/sprawa"


def test_codes_cannot_be_tried_without_end(site: Site) -> None:
    browser = site.as_(None)
    for _ in range(10):
        browser.post("/sprawa", "/sprawa", 422, sign=case_of(site).sign, code="AAAA-AAAA")
    browser.post("/sprawa", "/sprawa", 429, sign=case_of(site).sign, code=code_of(site))


def test_the_view_closes_by_hand_by_time_and_by_a_new_code(site: Site) -> None:
    browser, sign = site.as_(None), case_of(site).sign
    browser.post("/sprawa", "/sprawa", sign=sign, code=code_of(site))
    browser.post("/sprawa/stan", "/sprawa/zamknij")
    assert browser.client.get("/sprawa/stan").location == "/sprawa"
    browser.post("/sprawa", "/sprawa", sign=sign, code=code_of(site))
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert browser.client.get("/sprawa/stan").location == "/sprawa"
    browser.get("/sprawa/stan")
    with site.way.database.transaction() as session:
        cases.replace_code(session, site.way.town.clerk, case_id=site.way.case_id)
    assert browser.client.get("/sprawa/stan").location == "/sprawa"
