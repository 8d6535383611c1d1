"""What an older program beside a newer database left empty is filled in by the daily look."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, func, select, update

from bip import lists, mending, sweeping
from bip.models import BulletinExclusion
from portal.content import titles
from portal.content.models import Item, ItemWord
from portal.core.db import Database
from tests.bip.test_exclusions import WHOLE, draft, exclude, publish
from tests.bip.test_terms import PUBLISHED, due_of, notice, off_and_on, published


def look(database: Database) -> None:
    with database.transaction() as session:
        sweeping.effect().save(session, {}, True)


def test_a_day_the_catalogue_does_not_know_comes_back_to_the_lists(bulletin: Database) -> None:
    number = published(bulletin, "petition", received_on="2026-10-20")
    with bulletin.transaction() as session:
        session.execute(update(Item).where(Item.id == number).values(starts_at=None, ends_at=None))
        assert lists.years(session, lists.KINDS["petycje"]) == []
    look(bulletin)
    with bulletin.transaction() as session:
        assert lists.years(session, lists.KINDS["petycje"]) == [2026]
        assert mending.mend(session) == 0


def test_exclusions_that_nobody_noted_are_counted_from_their_publication(bulletin: Database) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, WHOLE)
    publish(bulletin, number)
    with bulletin.transaction() as session:
        before = session.scalar(select(BulletinExclusion.since))
        session.execute(delete(BulletinExclusion))
    look(bulletin)
    with bulletin.transaction() as session:
        assert session.scalar(select(func.count()).select_from(BulletinExclusion)) == 1
        assert abs(session.scalars(select(BulletinExclusion.since)).one() - before) < timedelta(minutes=1)
        assert mending.mend(session) == 0


def test_a_break_nobody_noted_is_read_from_the_public_log(bulletin: Database) -> None:
    back = PUBLISHED + timedelta(days=5)
    number = off_and_on(bulletin, notice(bulletin), PUBLISHED + timedelta(days=3), back).id
    with bulletin.transaction() as session:
        session.execute(update(Item).where(Item.id == number).values(counted_from=None))
    look(bulletin)
    with bulletin.transaction() as session:
        assert session.get_one(Item, number).counted_from == back
        assert mending.mend(session) == 0
    assert ("also", number, date(2026, 11, 7)) in due_of(bulletin, "all")


def test_items_that_came_without_words_can_be_picked_again(bulletin: Database) -> None:
    number = published(bulletin, "petition", received_on="2026-10-20")
    with bulletin.transaction() as session:
        words = set(session.scalars(select(ItemWord.word).where(ItemWord.item_id == number)))
        session.execute(delete(ItemWord).where(ItemWord.item_id == number))
    look(bulletin)
    with bulletin.reading() as session:
        assert number in titles.found(session, titles.PAGE, [min(words).removeprefix(titles.PAGE)])
