"""The clerk's pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from eoffice.cases.models import Case
from eoffice.channels.port import File, Received
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch.models import Letter
from eoffice.intake import actions as intake
from eoffice.intake.models import Message
from eoffice.register.models import Entry
from portal.content import actions as content
from portal.core import clock
from portal.core.actors import SYSTEM
from tests.eoffice import office
from tests.eoffice.dispatch.test_publishing import FOLDER, bulletin, way_sign
from tests.eoffice.outside import upd
from tests.eoffice.road import BODY
from tests.eoffice.site import Site


def letter_of(site: Site) -> Letter:
    with site.way.database.reading() as session:
        return session.scalars(select(Letter).order_by(Letter.id.desc())).first()  # type: ignore[return-value]


def test_the_whole_road_is_walked_with_pages_only(site: Site) -> None:
    way, town = site.way, site.way.town
    with way.database.transaction() as session:
        entry = office.add_entry(session, town.party_id, "Prośba o wycinkę lipy")
        office.grant(session, town.clerk, "clerk", "/biuro")
    clerk, head = site.as_(town.clerk), site.as_(town.head)
    page = f"/biuro/wplyw/{entry.id}"
    assert "Prośba o wycinkę lipy" in clerk.get("/biuro/")
    clerk.post(page, f"{page}/dekretacja", department_id=town.department_id, assignee_id=town.clerk.user_id)
    opened = clerk.post(
        f"{page}/sprawa", f"{page}/sprawa", title="Wycinka lipy", symbol="6131", department_id=town.department_id,
        assignee_id=town.clerk.user_id, due_on="",
    )  # fmt: skip
    case = opened.location
    assert "OSR.6131.2." in clerk.get(case)
    clerk.post(case, f"{case}/notatka", note_text="Oględziny w czwartek")
    written = clerk.post(
        f"{case}/pismo?rodzaj=decyzja", f"{case}/pismo", kind="decision", title="Zezwolenie", body=BODY,
        recipients=town.party_id, dalej="akceptacja",
    )  # fmt: skip
    letter = written.location
    assert "Czekają na Twoją akceptację" in head.get("/biuro/")
    head.post(letter, f"{letter}/akceptuj", version=1)
    way.worker.drain()
    clerk.post(letter, f"{letter}/wyslij")
    way.worker.drain()
    assert "wysłana, czeka na dowód doręczenia" in clerk.get(letter)
    way.receive_proof(upd(way.post.taken[-1].document_id, way.post.taken[-1].case_sign))
    assert "doręczona" in clerk.get(letter)
    clerk.post(case, f"{case}/zakoncz", outcome="granted")
    assert "załatwiona zgodnie z wnioskiem" in clerk.get(case)


def test_a_form_that_does_not_pass_keeps_what_was_typed(site: Site) -> None:
    clerk, case = site.as_(site.way.town.clerk), f"/biuro/sprawy/{site.way.case_id}"
    answer = clerk.post(f"{case}/pismo", f"{case}/pismo", 422, kind="letter", title="", body="Długi wywód", version=0,
                        recipients=site.way.town.party_id)  # fmt: skip
    assert "Długi wywód" in answer.text
    assert "Uzupełnij to pole." in answer.text


def test_two_authors_do_not_overwrite_each_other(site: Site) -> None:
    letter = f"/biuro/pisma/{site.way.draft()}"
    one, two = site.as_(site.way.town.clerk), site.as_(site.way.town.head)
    facts = {"version": 1, "kind": "decision", "title": "Tytuł", "recipients": site.way.town.party_id}
    one.post(letter, letter, **facts, body="pierwsza")
    answer = two.post(letter, letter, 422, **facts, body="druga")
    assert "Ktoś zmienił to pismo w międzyczasie" in answer.text
    assert "druga" in answer.text


def test_an_author_is_told_that_somebody_else_must_accept(site: Site) -> None:
    letter_id = site.way.draft()
    letter = f"/biuro/pisma/{letter_id}"
    facts = {"version": 1, "kind": "decision", "title": "T", "body": "B", "recipients": site.way.town.party_id}
    clerk = site.as_(site.way.town.clerk)
    clerk.post(letter, letter, **facts, dalej="akceptacja")
    assert "akceptuj" not in clerk.get(letter)
    head = site.as_(site.way.town.head)
    head.post(letter, f"{letter}/zwroc", version=2, remark="Brakuje podstawy prawnej")
    assert "Brakuje podstawy prawnej" in clerk.get(letter)


def test_a_lost_sending_is_on_the_clerks_list_with_both_decisions(site: Site) -> None:
    way = site.way
    way.post.tells = False
    way.post.behave("lose")
    letter_id = way.sent()
    for hours in range(1, 30):
        with clock.frozen(clock.now() + timedelta(hours=2 * hours)):
            way.worker.drain()
    clerk, letter = site.as_(way.town.clerk), f"/biuro/pisma/{letter_id}"
    assert "Przesyłki, które utknęły" in clerk.get("/biuro/")
    assert "drugie doręczenie ma skutek prawny" in clerk.get(letter)
    head = site.as_(way.town.head)
    assert "Wysłanie pisma" in head.get("/biuro/zadania/")
    clerk.post(letter, f"/biuro/przesylki/{way.delivery(letter_id).id}/zamknij")
    assert way.delivery(letter_id).state == "settled"
    assert "Wszystko działa" in head.get("/biuro/zadania/")


@pytest.mark.parametrize(
    "path",
    ["/biuro/sprawy/{case}", "/biuro/sprawy/{case}/metryka", "/biuro/sprawy/{case}/pismo", "/biuro/pisma/{letter}",
     "/biuro/wplyw/{entry}", "/biuro/pisma/{letter}/bip", "/biuro/sprawy/{case}/pliki/{document}"],
)  # fmt: skip
def test_another_department_and_citizens_and_strangers_see_nothing(site: Site, path: str) -> None:
    way = site.way
    letter_id = way.approved()
    with way.database.transaction() as session:
        session.get_one(Entry, way.town.entry_id).department_id = way.town.department_id
    here = path.format(case=way.case_id, letter=letter_id, entry=way.town.entry_id,
                       document=way.letter(letter_id).document_id)  # fmt: skip
    site.as_(way.town.clerk).get(here)
    site.as_(way.town.stranger).get(here, 403)
    site.as_(way.town.citizen).get(here, 403)
    assert site.as_(None).client.get(here).status_code in (303, 401)


def test_lists_show_only_the_readers_departments(site: Site) -> None:
    stranger, clerk = site.as_(site.way.town.stranger), site.as_(site.way.town.clerk)
    site.way.draft()
    for path in ("/biuro/", "/biuro/sprawy/?stan=wszystkie", "/biuro/pisma/?stan=wszystkie",
                 "/biuro/wplyw/?stan=wszystkie",
                 "/biuro/rejestry/rpw"):  # fmt: skip
        assert "OSR.6131" not in stranger.get(path)
        assert "dębu" not in stranger.get(path)
    assert "OSR.6131.1" in clerk.get("/biuro/sprawy/?stan=wszystkie")
    assert "OSR.6131.1" in clerk.get("/biuro/sprawy/?stan=moje&q=osr.6131")
    assert "OSR.6131.1" not in clerk.get("/biuro/sprawy/?stan=moje&q=nieznane")


def test_files_are_handed_out_only_through_the_case_they_belong_to(site: Site) -> None:
    way = site.way
    document = way.letter(way.approved()).document_id
    with way.database.transaction() as session:
        other = office.add_entry(session, way.town.party_id)
        other.department_id = way.town.department_id
    clerk = site.as_(way.town.clerk)
    answer = clerk.client.get(f"/biuro/sprawy/{way.case_id}/pliki/{document}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    clerk.get(f"/biuro/wplyw/{other.id}/pliki/{document}", 404)
    clerk.get(f"/biuro/sprawy/{way.case_id}/pliki/99999", 404)


def test_registers_are_sorted_printed_with_the_date_and_taken_out(site: Site) -> None:
    way = site.way
    with way.database.transaction() as session:
        office.grant(session, way.town.head, "head", "/biuro")
    way.sent()
    head = site.as_(way.town.head)
    for sort in ("number", "received_on", "party_name", "sender_sign", "channel", "title"):
        assert "RPWY/1/" in head.get(f"/biuro/rejestry/rpwy?kolejnosc={sort}")
    with clock.frozen(datetime(clock.today().year, 11, 23, 9, tzinfo=UTC)):
        assert re.search(r"Data wydruku: <time[^>]*>23.listopada", head.get("/biuro/rejestry/rpw?druk=1"))
    answer = head.client.get(f"/biuro/rejestry/rpwy.csv?rok={clock.today().year}")
    assert answer.data.startswith(b"\xef\xbb\xbfnumber;identifier")
    assert b"RPWY-" in answer.data
    head.get("/biuro/rejestry/rpw?rok=99999", 400)


def test_the_case_page_shows_each_act_only_while_it_can_be_done(site: Site) -> None:
    clerk, case = site.as_(site.way.town.clerk), f"/biuro/sprawy/{site.way.case_id}"
    assert "Czekamy na stronę" in clerk.get(case)
    clerk.post(case, f"{case}/czekamy")
    page = clerk.get(case)
    assert "Strona uzupełniła" in page
    assert "Czekamy na stronę</button>" not in page
    clerk.post(case, f"{case}/dalej")
    clerk.post(case, f"{case}/zakoncz", outcome="granted")
    page = clerk.get(case)
    assert "Napisz pismo" not in page
    answer = clerk.post(case, f"{case}/ponow")
    assert answer.location.endswith(f"/{site.way.case_id + 1}")
    with site.way.database.reading() as session:
        assert session.get_one(Case, site.way.case_id + 1).previous_id == site.way.case_id


def test_a_letter_joins_the_case_its_sender_already_has(site: Site) -> None:
    way = site.way
    with way.database.transaction() as session:
        entry = office.add_entry(session, way.town.party_id, "Uzupełnienie wniosku")
        entry.department_id = way.town.department_id
    clerk = site.as_(way.town.clerk)
    page = f"/biuro/wplyw/{entry.id}/sprawa"
    assert "ma już sprawy w toku" in clerk.get(page)
    clerk.post(page, f"/biuro/wplyw/{entry.id}/dolacz", case_id=way.case_id)
    assert "jest w aktach sprawy" in clerk.get(f"/biuro/wplyw/{entry.id}")
    clerk.get(page, 409)


def test_the_review_marks_what_to_hide_and_refuses_what_was_left(site: Site) -> None:
    way = site.way
    bulletin(way)
    with way.database.transaction() as session:
        letter = dispatch.write_letter(
            session, way.town.clerk, case_id=way.case_id, kind="decision", title="Zezwolenie dla Anny Nowak",
            body="Zezwalam Annie Nowak (PESEL 85021412345) na usunięcie dębu.",
        )  # fmt: skip
        dispatch.submit_for_approval(session, way.town.clerk, letter_id=letter.id, version=1)
        dispatch.approve(session, way.town.head, letter_id=letter.id, version=1)
    way.worker.drain()
    clerk, page = site.as_(way.town.clerk), f"/biuro/pisma/{letter.id}/bip"
    shown = clerk.get(page)
    assert "<mark" in shown
    assert "Zezwalam (…) (PESEL (…)) na usunięcie dębu." in shown
    facts = {"folder": FOLDER, "title": "Zezwolenie", "reviewed": "y"}
    answer = clerk.post(page, page, 422, **facts, text="Zezwalam Annie Nowak.")
    assert "zostały prawdopodobnie dane osobowe: Annie Nowak" in answer.text
    assert "Potwierdź, że tekst" in clerk.post(page, page, 422, **(facts | {"reviewed": ""}), text="Zezwalam (…).").text
    clerk.post(page, page, **facts, text="Zezwalam (…).")
    assert "Opublikowano w Biuletynie" in clerk.get(f"/biuro/pisma/{letter.id}")
    assert "Przeczytaj w Biuletynie" in site.as_(way.town.citizen).get(f"/moje/sprawy/{way_sign(way)}")
    assert "Opublikuj w BIP" not in site.as_(way.town.head).get(f"/biuro/pisma/{letter.id}")


def set_aside(site: Site, data: bytes = b"<broken") -> int:
    """What the intake does with an item it cannot read."""
    way = site.way
    with way.database.transaction() as session:
        office.grant(session, way.town.head, "mailroom", "/biuro")
        received = Received("/gmina/SkrytkaESP", "t1", File("pismo.xml", "application/xml", data), external_id="501")
        return intake.accept(session, way.blobs, SYSTEM, "epuap", received).id


def test_what_could_not_be_read_is_registered_by_a_person_or_put_away(site: Site) -> None:
    message_id, head = set_aside(site), site.as_(site.way.town.head)
    assert "Odłożone do wyjaśnienia" in head.get("/biuro/")
    assert "nie da się odczytać" in head.get("/biuro/odlozone/")
    page = f"/biuro/odlozone/{message_id}"
    assert "Uzupełnij to pole." in head.post(page, f"{page}/rejestruj", 422, title="", sender_name="Jan").text
    answer = head.post(page, f"{page}/rejestruj", title="Pismo nieczytelne", sender_name="Jan Lis")
    assert "Pismo nieczytelne" in head.get(answer.location)
    assert "Nic nie czeka" in head.get("/biuro/odlozone/")
    site.as_(site.way.town.clerk).get("/biuro/odlozone/", 403)


def test_spam_is_put_away_with_a_reason_and_its_bytes_are_kept(site: Site) -> None:
    message_id, head = set_aside(site, b"\x00\x01"), site.as_(site.way.town.head)
    page = f"/biuro/odlozone/{message_id}"
    head.post(page, f"{page}/odrzuc", reason="reklama")
    with site.way.database.reading() as session:
        message = session.get_one(Message, message_id)
        assert (message.state, message.reason) == ("dismissed", "reklama")
    answer = head.client.get(f"{page}/pliki/{message.document_id}")
    assert answer.data == b"\x00\x01"


def test_who_answers_for_the_bulletin_sees_on_the_desk_what_is_due_there(site: Site) -> None:
    way, town = site.way, site.way.town
    bulletin(way)
    marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-11-20"}
    with way.database.transaction() as session:
        item = content.create_item(session, SYSTEM, FOLDER, "notice", "Obwieszczenie", fields=marks)
        content.publish(session, SYSTEM, item.id)
        office.grant(session, town.clerk, "clerk", "/biuro")
    page = site.as_(town.clerk).get("/biuro/")
    assert 'href="/redakcja/biuletyn/terminy"' in page
    assert "1 termin dziś" in page
    assert "/redakcja/biuletyn/terminy" not in site.as_(town.head).get("/biuro/")
