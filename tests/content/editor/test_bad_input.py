"""What goes wrong in an office: each time a clear sentence, and nothing that was typed or kept is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import Grant, User
from portal.content import actions
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.editor.conftest import Come
from tests.content.test_schedule import run
from tests.content.web import post


@pytest.mark.parametrize(
    ("where", "name", "said"),
    [
        ("/urzad", "zajeta", "Adres /urzad/zajeta jest już zajęty."),
        ("/urzad/dzial/nizej", "dzial", "Działu nie można przenieść do niego samego."),
        ("/nie-ma", "dzial", "Nie ma działu o takim adresie."),
        ("/urzad/zajeta", "dzial", "W tym miejscu nie można dodać tego rodzaju treści."),
    ],
)
def test_a_move_that_cannot_be_is_refused_with_what_was_typed(
    site: Database, come: Come, people: People, where: str, name: str, said: str
) -> None:
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "page", "Zajęta", name="zajeta")
        folder = actions.create_item(session, SYSTEM, "/urzad", "folder", "Dział", name="dzial")
        actions.create_item(session, SYSTEM, "/urzad/dzial", "folder", "Niżej", name="nizej")
    page = f"/redakcja/strona/{folder.id}"
    answer = post(come(people.publisher), page, f"{page}/przenies", {"where": where, "name": name})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'name="where" value="{where}"' in answer.text
    assert f'name="name" value="{name}"' in answer.text
    with site.reading() as session:
        assert session.get_one(Item, folder.id).path == "/urzad/dzial"


def test_two_who_save_at_once_both_keep_their_text(site: Database, come: Come, people: People, number: int) -> None:
    page = f"/redakcja/strona/{number}/edycja"
    second = come(people.reviewer)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Godziny", body="<p>Pierwszy</p>")
    answer = post(second, page, page, {"title": "Godziny", "body": "<p>Drugi</p>", "expected": "1"})
    assert answer.status_code == 409
    for words in ("Ktoś zapisał tę stronę, gdy pisano", "Ewa Redaktor", "Drugi", "Pierwszy"):
        assert words in answer.text


def test_what_was_scheduled_by_somebody_who_left_stays_a_draft_and_is_told(
    site: Database, come: Come, people: People, number: int
) -> None:
    when = clock.now() + timedelta(hours=1)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Nowe godziny", body="<p>Jutro</p>")
        actions.schedule(session, people.publisher, number, publish_at=when, expires_at=None)
        session.get_one(User, people.publisher.user_id).active = False
    ewa = come(people.editor)
    assert "Piotr Wydawca nie ma już prawa publikować" in ewa.get(f"/redakcja/strona/{number}").text
    with clock.frozen(when + timedelta(minutes=1)):
        assert run(site, "content.publish") == 1
        for page in ("/redakcja/", f"/redakcja/strona/{number}"):
            assert "Piotr Wydawca" in ewa.get(page).text
        assert "Jutro" in ewa.get(f"/redakcja/strona/{number}/edycja").text
    assert "Jutro" not in come(None).get("/urzad/godziny").text


def test_a_review_asked_of_somebody_who_left_waits_for_everybody_who_may(
    site: Database, come: Come, people: People, number: int
) -> None:
    with site.transaction() as session:
        session.add(Grant(path="/", principal=f"user:{people.citizen.user_id}", role="reviewer"))
        actions.save_draft(session, people.editor, number, expected=None, title="Nowe godziny", body="<p>Jutro</p>")
        actions.submit(session, people.editor, number, reviewer_id=people.reviewer.user_id)
    others = come(people.citizen)
    assert "Nowe godziny" not in others.get("/redakcja/do-akceptacji").text
    with site.transaction() as session:
        session.get_one(User, people.reviewer.user_id).active = False
    shown = others.get("/redakcja/do-akceptacji").text
    assert "Nowe godziny" in shown
    assert "konto zamknięte" in shown


def test_a_link_to_what_was_deleted_is_told_to_editors_and_honest_to_visitors(
    site: Database, come: Come, people: People, number: int
) -> None:
    with site.transaction() as session:
        body = '<p><a href="/urzad/godziny">Kiedy otwarte</a></p>'
        other = actions.create_item(session, people.editor, "/urzad", "page", "Kontakt", name="kontakt", body=body)
        actions.publish(session, people.publisher, other.id)
    piotr, page = come(people.publisher), f"/redakcja/strona/{number}"
    post(piotr, page, f"{page}/usun", {})
    assert "„Kontakt”" in piotr.get("/redakcja/").text
    shown = piotr.get(f"/redakcja/strona/{other.id}").text
    assert "Odnośnik prowadzi do strony, która jest w koszu." in shown
    assert "Kiedy otwarte" in shown
    assert "W koszu" in piotr.get("/redakcja/odnosniki/wewnetrzne").text
    gone = come(None).get(f"/usuniete/{number}")
    assert (gone.status_code, "Tej strony już nie ma" in gone.text) == (410, True)
