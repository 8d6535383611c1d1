"""The weekday review of the journal: by those who may, once a day, with the days passed over named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bip import reviews
from bip.models import JournalReview
from portal.core import clock
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from tests.bip.conftest import People
from tests.content.web import log_in, make_app, post

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADDRESS = "/redakcja/biuletyn/dziennik"


def test_a_review_says_who_when_and_up_to_where(bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session, clock.frozen(MONDAY):
        reviews.review(session, people.publisher, MONDAY.date(), " Spokój ")
    with bulletin.reading() as session:
        kept = session.get_one(JournalReview, MONDAY.date())
        assert (kept.reviewed_by, kept.remark, kept.reviewed_at) == (people.publisher.user_id, "Spokój", MONDAY)
        assert kept.up_to > 0


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 24), date(2026, 11, 11)])
def test_a_day_off_or_one_not_begun_has_no_review(bulletin: Database, people: People, day: date) -> None:
    with bulletin.transaction() as session, clock.frozen(MONDAY), pytest.raises(Invalid):
        reviews.review(session, people.publisher, day)


def test_a_day_is_reviewed_once_and_by_those_who_publish(bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session, clock.frozen(MONDAY):
        reviews.review(session, people.publisher, MONDAY.date())
        with pytest.raises(Conflict):
            reviews.review(session, people.publisher, MONDAY.date())
        with pytest.raises(Forbidden):
            reviews.review(session, people.editor, MONDAY.date())


def test_days_passed_over_are_named_until_they_are_made_up_for(bulletin: Database, people: People) -> None:
    begun = clock.today()
    later = datetime(begun.year + 1, 3, 31, 12, tzinfo=UTC)
    with bulletin.transaction() as session, clock.frozen(later):
        named = reviews.missed(session)
        assert later.date() in named
        assert all(not clock.is_day_off(day) for day in named)
        reviews.review(session, people.publisher, named[-1])
        assert reviews.missed(session) == named[:-1]


def test_the_page_takes_a_review_and_shows_it(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    client = make_app(bulletin, blobs, tmp_path).test_client()
    with clock.frozen(max(MONDAY, datetime(clock.today().year + 1, 3, 31, 12, tzinfo=UTC))):
        log_in(client, people.publisher)
        day = clock.today().isoformat()
        said = post(client, ADDRESS, ADDRESS, {"dzien": day, "uwaga": "Dwie próby spoza urzędu"})
        assert said.status_code == 302
        page = client.get(ADDRESS).text
    assert "Dwie próby spoza urzędu" in page
    assert f'value="{day}"' not in page
