"""Draft, review, publication: who may, what visitors see meanwhile, what stays behind."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.content import actions, queries
from portal.content.models import Item, ItemNote, ItemVersion
from portal.core import events
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.outbox import Job
from tests.content.conftest import People


def draft(database: Database, people: People, title: str = "Godziny pracy") -> int:
    with database.transaction() as session:
        item = actions.create_item(
            session, people.editor, "/urzad", "page", title, body="<p>Poniedziałek <b>8–16</b></p>"
        )
        return item.id


def test_a_draft_is_unknown_to_visitors_and_visible_to_editors(site: Database, people: People) -> None:
    draft(site, people)
    with site.reading() as session:
        with pytest.raises(NotFound):
            queries.item_at(session, "/urzad/godziny-pracy", ANONYMOUS)
        assert queries.item_at(session, "/urzad/godziny-pracy", people.editor).row.state == "unpublished"


def test_publishing_shows_the_page_and_leaves_its_traces(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with site.reading() as session:
        page = queries.item_at(session, "/urzad/godziny-pracy", ANONYMOUS)
        assert "Poniedziałek" in page.row.body
        assert page.row.author == "Ewa Redaktor"
        assert page.row.published_by == "Piotr Wydawca"
        last = events.history(session, f"item:{number}")[-1]
        assert (last.verb, last.audience) == ("content.published", "public")
        assert session.scalar(select(Job.payload).where(Job.key.like(f"search.index:item:{number}:%"))) == {
            "kind": "item", "key": str(number),
        }  # fmt: skip


def test_copies_saved_before_the_first_publication_make_it_no_change(site: Database, people: People) -> None:
    number = draft(site, people)
    verbs = []
    for text in ("<p>Wtorek</p>", "<p>Środa</p>"):
        with site.transaction() as session:
            actions.save_draft(session, people.editor, number, expected=None, title="Godziny", body="<p>Próba</p>")
            actions.save_draft(session, people.editor, number, expected=None, title="Godziny", body=text)
            actions.publish(session, people.publisher, number)
        with site.reading() as session:
            verbs.append(events.history(session, f"item:{number}")[-1].verb)
    assert verbs == ["content.published", "content.updated"]


def test_an_editor_may_not_publish(site: Database, people: People) -> None:
    number = draft(site, people)
    with pytest.raises(Forbidden), site.transaction() as session:
        actions.publish(session, people.editor, number)


def test_a_working_copy_leaves_the_public_page_alone_until_published(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Nowe godziny", body="<p>7–15</p>")
    with site.reading() as session:
        assert "8–16" in queries.item_at(session, "/urzad/godziny-pracy", ANONYMOUS).row.body
        working = queries.page_at(session, "/urzad/godziny-pracy", draft=True)
        assert working is not None
        assert "7–15" in working.row.body
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with site.reading() as session:
        page = queries.item_at(session, "/urzad/godziny-pracy", ANONYMOUS)
        assert (page.row.title, page.row.number) == ("Nowe godziny", 2)
        assert len(queries.history(session, number, published_only=True)) == 2


def test_a_returned_draft_carries_its_remark(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.submit(session, people.editor, number)
    with site.transaction() as session:
        item = actions.return_with_remark(session, people.reviewer, number, "Dodaj piątek.")
        assert item.review == "draft"
    with site.reading() as session:
        assert session.scalars(select(ItemNote.text)).all() == ["Dodaj piątek."]


def test_a_return_without_a_remark_is_refused(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.submit(session, people.editor, number)
    with pytest.raises(Invalid), site.transaction() as session:
        actions.return_with_remark(session, people.reviewer, number, "  ")


def test_two_editors_saving_at_once_are_told(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.reading() as session:
        seen = session.get_one(Item, number).version
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=seen, title="Pierwsza")
    with pytest.raises(Conflict, match="changed_meanwhile"), site.transaction() as session:
        actions.save_draft(session, people.reviewer, number, expected=seen, title="Druga")


def test_a_withdrawn_page_is_gone_for_visitors_and_says_why(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with site.transaction() as session:
        actions.withdraw(session, people.publisher, number, reason="Nieaktualne")
    with site.reading() as session:
        with pytest.raises(NotFound):
            queries.item_at(session, "/urzad/godziny-pracy", ANONYMOUS)
        version = session.scalars(select(ItemVersion).where(ItemVersion.item_id == number)).one()
        assert version.withdrawn_at is not None
    with site.transaction() as session:
        assert actions.publish(session, people.publisher, number).state == "published"


def test_publishing_twice_without_a_change_is_refused(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with pytest.raises(Conflict, match="nothing_new"), site.transaction() as session:
        actions.publish(session, people.publisher, number)


def test_restoring_an_old_state_makes_a_new_version(site: Database, people: People) -> None:
    number = draft(site, people)
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
        actions.save_draft(session, people.editor, number, expected=None, title="Inny", body="<p>x</p>")
        actions.publish(session, people.publisher, number)
    with site.transaction() as session:
        version = actions.restore(session, people.editor, number, 1)
        assert version.number == 3
    with site.reading() as session:
        assert queries.item_at(session, "/urzad/godziny-pracy", ANONYMOUS).row.title == "Inny"


def test_discarding_returns_to_the_public_state(site: Database, people: People) -> None:
    number = draft(site, people)
    with pytest.raises(Conflict), site.transaction() as session:
        actions.discard(session, people.editor, number)
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
        actions.save_draft(session, people.editor, number, expected=None, title="Inny")
        assert actions.discard(session, people.editor, number).draft_version_id is None


def test_the_site_version_grows_with_visible_changes_only(database: Database, site: Database, people: People) -> None:
    from portal.content.site import number as site_number

    number = draft(site, people)
    with site.reading() as session:
        before = site_number(session)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Szkic")
    with site.reading() as session:
        assert site_number(session) == before
    with site.transaction() as session:
        actions.publish(session, people.publisher, number)
    with site.reading() as session:
        assert site_number(session) == before + 1


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script><p>x</p>",
        '<p onclick="x()">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<p style="position:fixed">x</p>',
        '<iframe src="https://zly.example"></iframe><p>x</p>',
        "<svg onload=alert(1)></svg><p>x</p>",
    ],
)
def test_hostile_markup_does_not_survive_saving(site: Database, people: People, hostile: str) -> None:
    with site.transaction() as session:
        item = actions.create_item(session, people.editor, "/urzad", "page", "X", body=hostile)
        body = session.get_one(ItemVersion, item.draft_version_id).body
    assert not any(mark in body for mark in ("script", "onclick", "onload", "style", "iframe", "svg"))


def test_what_is_still_to_be_filled_in_is_named_as_the_form_names_it(site: Database) -> None:
    with site.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/", "collection", "Zbiór", name="zbior")
        with pytest.raises(Invalid) as refused:
            actions.publish(session, SYSTEM, item.id)
    assert refused.value.details["fields"] == "Rodzaj treści"
