"""Places as a whole: roles given there, many items at once, copies, order; substitutes and schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts import policy
from portal.accounts.models import Grant, User
from portal.content import actions, queries, rights
from portal.content.editor import lists
from portal.content.models import Item, ItemVersion
from portal.core import clock
from portal.core.actors import SYSTEM, Actor
from portal.core.db import Database
from portal.core.errors import Forbidden, Invalid
from tests.content.conftest import People, add_person
from tests.content.editor.conftest import Come
from tests.content.test_schedule import run
from tests.content.web import post


@pytest.fixture
def admin(site: Database) -> Actor:
    return add_person(site, "adam", "Adam Administrator", "site_admin", "/urzad")


def test_an_administrator_of_a_place_gives_and_takes_roles_there(
    site: Database, come: Come, people: People, admin: Actor, number: int
) -> None:
    adam, page = come(admin), f"/redakcja/strona/{number}/kto"
    celina = f"user:{people.citizen.user_id}"
    post(adam, page, page, {"principal": celina, "role": "publisher"})
    shown = adam.get(page).text
    for words in ("Celina Mieszkanka", "nadana tutaj", "z góry: /urzad", "Piotr Wydawca", "z góry: cały portal"):
        assert words in shown
    with site.reading() as session:
        assert policy.can(session, people.citizen, "content.publish", "/urzad/godziny")
    post(adam, page, page, {"principal": celina, "role": "publisher", "how": "take"})
    with site.reading() as session:
        assert not policy.can(session, people.citizen, "content.publish", "/urzad/godziny")


def test_roles_are_given_only_by_who_administers_the_place_and_only_those_of_content(
    site: Database, people: People, admin: Actor, number: int
) -> None:
    principal = f"user:{people.citizen.user_id}"
    with site.reading() as session:
        root = session.scalar(select(Item.id).where(Item.path == "/"))
    for person, where in ((people.publisher, number), (admin, root)):
        with pytest.raises(Forbidden), site.transaction() as session:
            rights.give(session, person, int(where or 0), principal, "editor")
    with pytest.raises(Forbidden), site.transaction() as session:
        accounts.grant(session, admin, path="/urzad", principal=principal, role="admin")
    with pytest.raises(Invalid), site.transaction() as session:
        rights.give(session, admin, number, "user:9999", "editor")


def test_a_copy_is_a_draft_with_its_own_links_and_files(site: Database, people: People) -> None:
    with site.transaction() as session:
        top = actions.create_item(session, people.editor, "/urzad", "folder", "Dział", name="dzial")
        page = actions.create_item(session, people.editor, "/urzad/dzial", "page", "A", name="a", body="<p>x</p>")
        body = '<p><a href="/urzad/dzial/a">A</a> <a href="/urzad">U</a></p>'
        actions.save_draft(session, people.editor, page.id, expected=None, title="A", body=body)
        made = actions.copy(session, people.editor, top.id, "/urzad")
        twin = session.scalars(select(Item).where(Item.parent_id == made.id)).one()
        version = session.get_one(ItemVersion, twin.draft_version_id)
        assert (made.path, twin.path, twin.state) == ("/urzad/dzial-2", "/urzad/dzial-2/a", "unpublished")
        assert f"item:{twin.id}" in version.body
        assert f"item:{page.id}" not in version.body
    with pytest.raises(Invalid), site.transaction() as session:
        actions.copy(session, people.editor, top.id, "/urzad/dzial")


def test_many_are_done_at_once_and_the_refused_are_named(site: Database, come: Come, people: People) -> None:
    with site.transaction() as session:
        good = actions.create_item(session, people.editor, "/urzad", "page", "Dobra")
        bad = actions.create_item(session, people.editor, "/urzad", "page", "Zła", body='<p><img src="/a.png"></p>')
        folder = good.parent_id
    piotr, page = come(people.publisher), f"/redakcja/strona/{folder}/zawartosc"
    post(piotr, page, page, {"chosen": [str(good.id), str(bad.id)], "how": "publish"})
    shown = piotr.get(page).text
    assert "Zrobiono: 1 z 2" in shown
    assert "„Zła”: W treści są przeszkody" in shown
    with site.reading() as session:
        assert [session.get_one(Item, one.id).state for one in (good, bad)] == ["published", "unpublished"]


def test_neighbours_are_put_in_order_without_a_mouse(site: Database, come: Come, people: People) -> None:
    with site.transaction() as session:
        made = [actions.create_item(session, people.editor, "/urzad", "page", name) for name in ("A", "B", "C")]
        folder = made[0].parent_id
    ewa, page = come(people.editor), f"/redakcja/strona/{folder}/zawartosc"
    post(ewa, page, f"/redakcja/strona/{made[2].id}/kolejnosc", {"how": "up"})
    with site.reading() as session:
        order = session.scalars(select(Item.title).where(Item.parent_id == folder).order_by(Item.position)).all()
    assert order == ["A", "C", "B"]


def test_an_item_is_put_before_or_after_a_neighbour_and_nowhere_else(site: Database, people: People) -> None:
    with site.transaction() as session:
        made = [actions.create_item(session, people.editor, "/urzad", "page", name).id for name in "ABCD"]
        root = session.scalars(select(Item.id).where(Item.path == "/")).one()
        assert actions.place(session, people.editor, made[3], made[1], after=False)[1:] == (2, 4)
        assert actions.place(session, people.editor, made[0], made[2], after=True)[1:] == (4, 4)
        with pytest.raises(Invalid):
            actions.place(session, people.editor, made[0], root, after=True)
        order = session.scalars(select(Item.title).where(Item.id.in_(made)).order_by(Item.position)).all()
    assert "".join(order) == "DBCA"


def test_deleting_a_linked_page_names_who_links(site: Database, come: Come, people: People, number: int) -> None:
    with site.transaction() as session:
        body = '<p><a href="/urzad/godziny">Godziny</a></p>'
        other = actions.create_item(session, people.editor, "/urzad", "page", "Kontakt z nami", body=body)
        actions.publish(session, people.publisher, other.id)
    piotr, page = come(people.publisher), f"/redakcja/strona/{number}"
    assert "Kontakt z nami" in piotr.get(page).text
    post(piotr, page, f"{page}/usun", {})
    assert "prowadzą odnośniki z: „Kontakt z nami”" in piotr.get("/redakcja/").text


def test_a_substitute_reviews_for_the_days_named_and_no_longer(site: Database, people: People, number: int) -> None:
    today = clock.today()
    with site.transaction() as session:
        accounts.name_substitute(
            session, people.publisher, substitute_id=int(people.citizen.user_id or 0), first_day=today,
            last_day=today + timedelta(days=3),
        )  # fmt: skip
    for after, able in ((0, True), (3, True), (5, False)):
        with clock.frozen(clock.now() + timedelta(days=after)), site.reading() as session:
            assert policy.can(session, people.citizen, "content.publish", "/urzad") is able
            assert not policy.can(session, people.citizen, "content.admin", "/urzad")
    with site.transaction() as session:
        session.get_one(User, people.publisher.user_id).active = False
    with site.reading() as session:
        assert not policy.can(session, people.citizen, "content.publish", "/urzad")


def test_a_request_for_review_reaches_whom_it_names_and_their_substitute(
    site: Database, people: People, number: int
) -> None:
    today = clock.today()
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Nowe godziny")
        actions.submit(
            session, people.editor, number, due_on=today, words="Pilne", reviewer_id=people.reviewer.user_id
        )  # fmt: skip

    def seen(person: Actor) -> list[str]:
        with site.reading() as session:
            return [row.draft_title for row in session.execute(lists.pending(person, session, mine=True))]

    assert (seen(people.reviewer), seen(people.publisher), seen(people.editor)) == (
        ["Nowe godziny"],
        [],
        ["Nowe godziny"],
    )
    with site.transaction() as session:
        accounts.name_substitute(
            session, people.reviewer, substitute_id=int(people.publisher.user_id or 0), first_day=today, last_day=today
        )  # fmt: skip
    assert seen(people.publisher) == ["Nowe godziny"]


@pytest.mark.parametrize(("days", "reviewer"), [(-1, None), (0, 4)])
def test_a_past_term_and_a_person_who_may_not_review_are_refused(
    site: Database, people: People, number: int, days: int, reviewer: int | None
) -> None:
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Nowe")
    with pytest.raises(Invalid), site.transaction() as session:
        actions.submit(
            session, people.editor, number, due_on=clock.today() + timedelta(days=days), reviewer_id=reviewer
        )


def test_what_was_scheduled_goes_out_and_a_later_draft_waits(site: Database, people: People, number: int) -> None:
    when = datetime(2030, 1, 1, 8, tzinfo=UTC)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Uzgodnione")
        actions.schedule(session, people.publisher, number, publish_at=when, expires_at=None)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Nieuzgodnione")
    assert run(site, "content.publish") == 1
    with site.reading() as session:
        page = queries.page_at(session, "/urzad/godziny")
        draft = queries.page_at(session, "/urzad/godziny", draft=True)
    assert page is not None
    assert draft is not None
    assert (page.row.title, draft.row.version_title, draft.row.review) == ("Uzgodnione", "Nieuzgodnione", "draft")


def test_who_edits_a_page_with_a_plan_is_told_before_writing_that_the_plan_stays(
    site: Database, come: Come, people: People, number: int
) -> None:
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Uzgodnione")
        when = datetime(2030, 1, 1, 8, tzinfo=UTC)
        actions.schedule(session, people.publisher, number, publish_at=when, expires_at=None)
    form = come(people.editor).get(f"/redakcja/strona/{number}/edycja").text
    assert "Ta strona ma zaplanowaną publikację" in form
    assert "2030-01-01T09:00" in form


def test_a_move_to_where_the_page_is_says_so(site: Database, come: Come, people: People, number: int) -> None:
    here = f"/redakcja/strona/{number}"
    answer = post(come(people.publisher), here, f"{here}/przenies", {"where": "/urzad", "name": "godziny"})
    assert answer.status_code == 422
    assert "Strona już jest pod adresem /urzad/godziny" in answer.text


def test_a_schedule_of_somebody_who_left_is_said_before_and_after_its_time(
    site: Database, come: Come, people: People, number: int
) -> None:
    with site.transaction() as session:
        session.add(Grant(path="/", principal=f"user:{people.reviewer.user_id}", role="publisher"))
        actions.save_draft(session, people.editor, number, expected=None, title="Uzgodnione")
        when = datetime(2030, 1, 1, 8, tzinfo=UTC)
        actions.schedule(session, people.publisher, number, publish_at=when, expires_at=None)
        session.get_one(User, people.publisher.user_id).active = False
    rafal = come(people.reviewer)
    assert (
        "nie ma już prawa publikować w tym miejscu, więc nic się nie stanie"
        in rafal.get(f"/redakcja/strona/{number}").text
    )
    run(site, "content.publish")
    assert "osoba, która to zaplanowała (Piotr Wydawca), nie ma już prawa" in rafal.get("/redakcja/").text
    with site.transaction() as session:
        actions.publish(session, SYSTEM, number)
    assert "która to zaplanowała" not in rafal.get("/redakcja/").text
