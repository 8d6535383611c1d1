"""The shortest time the law gives a publication: the archive waits for it, a withdrawal need not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bip import terms
from portal.content import actions
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.errors import Conflict

PUBLISHED = datetime(2026, 11, 2, 9, tzinfo=UTC)
LAST_DAY = datetime(2026, 11, 16, 22, 59, tzinfo=UTC)
"""23:59 in Warsaw on the fourteenth day."""


def notice(database: Database) -> int:
    marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-10-30"}
    with clock.frozen(PUBLISHED), database.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "notice", "Obwieszczenie", fields=marks)
        return actions.publish(session, SYSTEM, item.id).id


def test_a_notice_goes_to_the_archive_after_its_fourteenth_day_and_not_before(bulletin: Database) -> None:
    number = notice(bulletin)
    with clock.frozen(LAST_DAY), pytest.raises(Conflict, match="term_too_early"), bulletin.transaction() as session:
        actions.archive(session, SYSTEM, number, reason="Koniec")
    with clock.frozen(LAST_DAY + timedelta(minutes=1)), bulletin.transaction() as session:
        assert actions.archive(session, SYSTEM, number, reason="Koniec").state == "archived"


def test_an_end_is_not_planned_before_the_term(bulletin: Database) -> None:
    number = notice(bulletin)
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        with pytest.raises(Conflict, match="term_too_early"):
            actions.schedule(session, SYSTEM, number, publish_at=None, expires_at=LAST_DAY)
        later = LAST_DAY + timedelta(minutes=1)
        assert actions.schedule(session, SYSTEM, number, publish_at=None, expires_at=later).expires_at == later


def test_what_must_not_be_public_is_withdrawn_at_once(bulletin: Database) -> None:
    number = notice(bulletin)
    with clock.frozen(PUBLISHED + timedelta(hours=1)), bulletin.transaction() as session:
        assert actions.withdraw(session, SYSTEM, number, reason="Dane osobowe").state == "withdrawn"


def test_months_end_on_the_day_of_the_same_date() -> None:
    assert terms.must_stand_to(datetime(2026, 11, 30, 12, tzinfo=UTC), {"min_months": 3}) == date(2027, 2, 28)
    assert terms.must_stand_to(PUBLISHED, {}) is None


def test_what_waits_for_its_moment_is_counted_from_it(bulletin: Database) -> None:
    planned = PUBLISHED + timedelta(days=10)
    with clock.frozen(PUBLISHED), bulletin.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "notice", "Obwieszczenie")
        with pytest.raises(Conflict, match="term_too_early"):
            actions.schedule(session, SYSTEM, item.id, publish_at=planned, expires_at=LAST_DAY + timedelta(days=2))
