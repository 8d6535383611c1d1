"""Writing: what was typed survives refusals, ended sessions, closed tabs and other people."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.content import actions
from portal.content.editor import locks, work
from portal.content.editor.models import EditLock, UnsavedWork
from portal.content.models import ItemVersion
from portal.core import clock, events
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.editor.conftest import Come
from tests.content.web import post

HOME = {"Origin": "http://localhost"}


def form(client: FlaskClient, number: int) -> dict[str, Any]:
    """The fields of the edit form as a browser holds them."""
    page = client.get(f"/redakcja/strona/{number}/edycja").text
    fields = dict(re.findall(r'<input[^>]*name="(expected|csrf_token|place)"[^>]*value="([^"]*)"', page))
    return {**fields, "title": "Godziny", "summary": "", "body": "<p>Raz</p><p>Dwa</p>", "reason": ""}


def send(client: FlaskClient, number: int, typed: dict[str, Any]) -> TestResponse:
    return client.post(f"/redakcja/strona/{number}/edycja", data=typed)


def newest(database: Database, number: int) -> str:
    with database.reading() as session:
        query = select(ItemVersion.body).where(ItemVersion.item_id == number).order_by(ItemVersion.number.desc())
        return session.scalars(query).first() or ""


def test_unsaved_work_is_kept_apart_and_stands_there_again(
    site: Database, come: Come, people: People, number: int
) -> None:
    ewa = come(people.editor)
    kept = ewa.post("/redakcja/praca", data=form(ewa, number) | {"body": "<p>Nie skończyłam</p>"})
    assert "Zachowano" in kept.json["said"]
    assert "Nie skończyłam" not in newest(site, number)
    assert "Nie skończyłam" in ewa.get(f"/redakcja/strona/{number}/edycja").text
    ewa.post(f"/redakcja/strona/{number}/zwolnij", data=form(ewa, number))
    assert "Nie skończyłam" not in come(people.publisher).get(f"/redakcja/strona/{number}/edycja").text


def test_unsaved_work_ends_by_saving_or_by_throwing_it_away(
    site: Database, come: Come, people: People, number: int
) -> None:
    ewa = come(people.editor)
    for last in ("edycja", "wyrzuc"):
        typed = form(ewa, number) | {"body": "<p>Praca</p>"}
        ewa.post("/redakcja/praca", data=typed)
        target = f"/redakcja/strona/{number}/edycja" if last == "edycja" else "/redakcja/praca/wyrzuc"
        assert ewa.post(target, data=typed).status_code == 302
        with site.reading() as session:
            assert session.scalars(select(UnsavedWork)).all() == []


def test_a_refused_form_stands_there_whole_with_its_files(come: Come, people: People, number: int) -> None:
    ewa = come(people.editor)
    typed = form(ewa, number) | {"title": "", "body": "<p>Ważne słowa</p>"}
    answer = send(ewa, number, typed | {"files": (BytesIO(b"tekst"), "uchwala.txt")})
    assert answer.status_code == 422
    assert "Ważne słowa" in answer.text
    assert "uchwala.txt (dodany teraz" in answer.text
    send(ewa, number, typed | {"title": "Godziny"})
    assert "uchwala" in ewa.get(f"/redakcja/strona/{number}").text


def test_an_ended_session_hands_the_text_back(come: Come, people: People, number: int) -> None:
    ewa = come(people.editor)
    typed = form(ewa, number) | {"body": "<p>Długa praca</p>"}
    with ewa.session_transaction() as session:
        session.clear()
    answer = ewa.post(f"/redakcja/strona/{number}/edycja", data=typed, headers=HOME)
    assert answer.status_code == 401
    assert 'value="&lt;p&gt;Długa praca&lt;/p&gt;"' in answer.text
    elsewhere = ewa.post(f"/redakcja/strona/{number}/edycja", data=typed, headers={"Origin": "http://zly.example"})
    assert "Długa praca" not in elsewhere.text


def test_a_page_older_than_the_session_hands_the_text_back(come: Come, people: People, number: int) -> None:
    ewa = come(people.editor)
    typed = form(ewa, number) | {"body": "<p>Długa praca</p>", "csrf_token": "stary"}
    answer = ewa.post(f"/redakcja/strona/{number}/edycja", data=typed, headers=HOME)
    assert (answer.status_code, "Długa praca" in answer.text) == (400, True)
    fresh = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert fresh
    assert send(ewa, number, typed | {"csrf_token": fresh.group(1)}).status_code == 302


def test_two_people_saving_at_once_see_both_texts_and_nothing_is_lost(
    site: Database, come: Come, people: People, number: int
) -> None:
    ewa, piotr = come(people.editor), come(people.publisher)
    mine = form(ewa, number)
    with site.transaction() as session:
        locks.take_over(session, people.publisher, number)
    theirs = form(piotr, number)
    send(piotr, number, theirs | {"body": "<p>Raz</p><p>Dwa, dopisał Piotr</p>"})
    answer = send(ewa, number, mine | {"body": "<p>Raz, poprawiła Ewa</p><p>Dwa</p>"})
    assert answer.status_code == 409
    for words in ("Piotr Wydawca zapisał(a) wersję 2", "dopisał Piotr", "poprawiła Ewa"):
        assert words in answer.text
    began = mine["expected"]
    merged = send(ewa, number, mine | {"body": "<p>Raz, poprawiła Ewa</p><p>Dwa</p>", "how": "merge", "began": began})
    assert "Połączono oba teksty" in merged.text
    assert re.search(r"Raz, poprawiła Ewa.*Dwa, dopisał Piotr", merged.text, re.DOTALL)


def test_my_text_can_be_saved_as_the_newer_one(site: Database, come: Come, people: People, number: int) -> None:
    ewa = come(people.editor)
    mine = form(ewa, number) | {"body": "<p>Moje</p>"}
    with site.transaction() as session:
        session.delete(session.get_one(EditLock, number))
        actions.save_draft(session, people.publisher, number, expected=None, title="Godziny", body="<p>Ich</p>")
    again = send(ewa, number, mine)
    expected = re.search(r'name="expected"[^>]*value="(\d+)"', again.text)
    assert expected
    assert send(ewa, number, mine | {"expected": expected.group(1)}).status_code == 302
    assert newest(site, number) == "<p>Moje</p>"


def test_publishing_meanwhile_is_no_clash(site: Database, come: Come, people: People, number: int) -> None:
    ewa = come(people.editor)
    mine = form(ewa, number) | {"body": "<p>Moje</p>"}
    with site.transaction() as session:
        actions.present(session, people.publisher, number, in_menu=True, protected=False)
    assert send(ewa, number, mine).status_code == 302


def test_a_lock_names_its_holder_and_can_be_taken_over(site: Database, come: Come, people: People, number: int) -> None:
    ewa, piotr = come(people.editor), come(people.publisher)
    mine = form(ewa, number)
    shut = piotr.get(f"/redakcja/strona/{number}/edycja")
    assert (shut.status_code, "Ewa Redaktor edytuje tę stronę" in shut.text) == (409, True)
    page = f"/redakcja/strona/{number}/edycja"
    post(piotr, page, f"/redakcja/strona/{number}/przejmij", {})
    assert piotr.get(page).status_code == 200
    told = ewa.post("/redakcja/praca", data=mine | {"body": "<p>Moje</p>"}).json
    assert "Piotr Wydawca przejął(a) edycję" in told["other"]
    refused = send(ewa, number, mine | {"body": "<p>Moje</p>"})
    assert (refused.status_code, "Moje" in refused.text) == (422, True)
    assert send(ewa, number, mine | {"body": "<p>Moje</p>", "how": "take"}).status_code == 302
    with site.reading() as session:
        verbs = [event.verb for event in events.history(session, f"item:{number}")]
        assert verbs.count("content.lock_taken_over") == 2


def test_a_lock_runs_out_by_itself(site: Database, people: People, number: int) -> None:
    with site.transaction() as session:
        assert locks.take(session, people.editor, number) is None
        found = locks.take(session, people.publisher, number)
        assert found is not None
        assert found.name == "Ewa Redaktor"
    with clock.frozen(clock.now() + locks.LIFE), site.transaction() as session:
        assert locks.take(session, people.publisher, number) is None
        assert locks.other_holder(session, people.editor, number) is not None


def test_a_closed_page_gives_its_own_lock_back_only(site: Database, come: Come, people: People, number: int) -> None:
    ewa, piotr = come(people.editor), come(people.publisher)
    token = form(ewa, number)["csrf_token"]
    post(piotr, f"/redakcja/strona/{number}/edycja", f"/redakcja/strona/{number}/zwolnij", {})
    with site.reading() as session:
        assert locks.holder(session, number) is not None
    ewa.post(f"/redakcja/strona/{number}/zwolnij", data={"csrf_token": token})
    with site.reading() as session:
        assert locks.holder(session, number) is None


def test_work_nobody_came_back_to_is_thrown_away(site: Database, people: People) -> None:
    with site.transaction() as session:
        work.keep(session, people.editor, "new:page:/urzad", {"title": ["Stare"]})
    with clock.frozen(clock.now() + work.KEPT * 1.1), site.transaction() as session:
        work.keep(session, people.editor, "new:news:/urzad", {"title": ["Nowe"]})
        assert [row.place for row in work.mine(session, people.editor)] == ["new:news:/urzad"]


def test_one_press_saves_and_publishes_for_who_may(site: Database, come: Come, people: People, number: int) -> None:
    publisher = come(people.publisher)
    said = send(publisher, number, form(publisher, number) | {"body": "<p>Od razu.</p>", "how": "publish"})
    assert said.location == f"/redakcja/strona/{number}"
    assert "Od razu." in come(None).get("/urzad/godziny").text
    editor = come(people.editor)
    assert "Zapisz i opublikuj" not in editor.get(f"/redakcja/strona/{number}/edycja").text
    send(editor, number, form(editor, number) | {"body": "<p>Nie wolno.</p>", "how": "publish"})
    assert "Nie wolno." in newest(site, number)
    assert "Nie wolno." not in come(None).get("/urzad/godziny").text


def test_a_page_to_be_changed_is_found_and_opened_from_the_site(come: Come, people: People, number: int) -> None:
    editor = come(people.editor)
    assert f"/redakcja/strona/{number}/edycja" in editor.get("/redakcja/znajdz?q=godz").text
    assert f"/redakcja/strona/{number}" in editor.get("/urzad/godziny").text
    assert "/redakcja/strona" not in come(None).get("/urzad/godziny").text
    assert "/redakcja/strona" not in come(people.citizen).get("/urzad/godziny").text
