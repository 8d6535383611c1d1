"""Duties of the calendar: the review of the declaration, the report, the plan and the coordinator of accessibility."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

import portal.content.seed
from bip import yearly
from portal.content import actions
from portal.content.models import Item, ItemVersion
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Forbidden, Invalid
from tests.bip.conftest import People
from tests.content.web import log_in, make_app, post

DECLARATION = "/deklaracja-dostepnosci"
SOON = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATE = datetime(2027, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def declared(bulletin: Database, blobs: FolderBlobStore) -> Database:
    """The Bulletin beside the portal's declaration, prepared in November 2026."""
    with bulletin.transaction() as session:
        portal.content.seed.seed(session, blobs, SYSTEM)
    return bulletin


def number(database: Database) -> int:
    with database.reading() as session:
        return next(one.item_id for one in yearly.declarations(session))


def answers(session: Session, item: Item) -> dict[str, Any]:
    """What the public declaration says."""
    return session.get_one(ItemVersion, item.live_version_id).fields


def duties(database: Database) -> dict[str, yearly.Yearly]:
    with database.reading() as session:
        return {one.code: one for one in yearly.due(session)}


def test_the_review_is_due_on_31_march_and_reminded_of_some_weeks_before(declared: Database, people: People) -> None:
    with clock.frozen(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        found = duties(declared)["declaration"]
        assert (found.due, found.near, found.late) == (date(2027, 3, 31), False, False)
    with declared.reading() as session, clock.frozen(SOON):
        reminder = yearly.task(session, people.publisher)
        assert reminder is not None
        assert reminder.address == yearly.ADDRESS
        assert yearly.task(session, people.editor) is None
    with clock.frozen(LATE):
        assert duties(declared)["declaration"].late


def test_a_review_without_changes_closes_the_year_and_the_page_says_its_day(
    declared: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    client = make_app(declared, blobs, tmp_path).test_client()
    address = f"{yearly.ADDRESS}/{number(declared)}"
    with clock.frozen(LATE):
        log_in(client, people.publisher)
        assert "po terminie" in client.get(yearly.ADDRESS).text
        assert post(client, yearly.ADDRESS, address, {}).status_code == 302
        assert duties(declared)["declaration"].due == date(2028, 3, 31)
        page = client.get(DECLARATION).text
    assert re.search(r'<time id="a11y-data-przeglad" datetime="2027-04-01">1.kwietnia.2027</time>', page)


def test_somebodys_unfinished_answers_are_not_published_by_a_review_that_changes_nothing(
    declared: Database, people: People
) -> None:
    item_id = number(declared)
    with declared.transaction() as session:
        item = session.get_one(Item, item_id)
        live = answers(session, item)
        actions.save_draft(
            session, people.publisher, item_id, expected=None, title=item.title, fields=live | {"limits": "W pracy"}
        )
        yearly.review(session, people.publisher, item_id)
        assert answers(session, item)["limits"] != "W pracy"
        assert item.draft_version_id is not None
        yearly.review(session, people.publisher, item_id, changed=True)
        assert answers(session, item)["limits"] == "W pracy"


def test_only_who_may_publish_the_page_reviews_it_and_only_what_is_reviewed_yearly(
    declared: Database, people: People
) -> None:
    with declared.transaction() as session, pytest.raises(Forbidden):
        yearly.review(session, people.editor, number(declared))
    with declared.transaction() as session, pytest.raises(Invalid):
        yearly.review(session, people.publisher, 1)


def test_the_report_comes_every_four_years_and_what_is_missing_is_named(declared: Database) -> None:
    with clock.frozen(LATE):
        missing = duties(declared)["report"]
        assert (missing.item_id, missing.last, missing.due) == (0, None, date(2025, 3, 31))
        given = {"publisher": "Urząd", "produced_by": "Ewa Maj", "produced_on": "2025-03-24", "period": "2024"}
        with declared.transaction() as session:
            made = actions.create_item(
                session, SYSTEM, "/bip/ogloszenia", "accessibility_report", "Raport", fields=given
            )
            actions.publish(session, SYSTEM, made.id)
        assert duties(declared)["report"].due == date(2029, 3, 31)
