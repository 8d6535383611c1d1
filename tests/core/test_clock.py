"""Time: one now, the days and years of a Polish office, its days off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import literal, select

from portal.core import clock
from portal.core.db import Database, Moment

SILVESTER = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)


def test_the_year_turns_at_midnight_in_warsaw() -> None:
    assert clock.year_of(SILVESTER) == 2026
    assert clock.year_of(SILVESTER + timedelta(minutes=1)) == 2027


def test_summer_time_moves_the_day_too() -> None:
    with clock.frozen(datetime(2026, 6, 30, 22, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 1)


def test_a_frozen_clock_is_local_to_its_block() -> None:
    with clock.frozen(SILVESTER):
        assert clock.now() == SILVESTER
    assert clock.now() > datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001 - that is the point
        pass


@pytest.mark.parametrize(
    ("day", "free"),
    [(date(2026, 4, 6), True), (date(2026, 6, 4), True), (date(2026, 12, 24), True), (date(2024, 12, 24), False),
     (date(2026, 11, 11), True), (date(2026, 3, 7), True), (date(2026, 3, 9), False)],
    ids=["Easter Monday", "Corpus Christi", "Christmas Eve since 2025", "Christmas Eve before", "11 November",
         "Saturday", "Monday"],
)  # fmt: skip
def test_days_off_are_those_of_the_law(day: date, free: bool) -> None:
    assert clock.is_day_off(day) is free


def test_a_term_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert clock.next_working_day(date(2026, 4, 4)) == date(2026, 4, 7)
    assert clock.next_working_day(date(2026, 4, 7)) == date(2026, 4, 7)


def test_working_days_are_counted_between_days_in_both_directions() -> None:
    assert clock.working_days_between(date(2026, 4, 2), date(2026, 4, 8)) == 3
    assert clock.working_days_between(date(2026, 4, 8), date(2026, 4, 2)) == -3
    assert clock.working_days_between(date(2026, 4, 8), date(2026, 4, 8)) == 0


def test_moments_are_stored_as_utc_and_naive_ones_are_refused(database: Database) -> None:
    moment = datetime(2026, 3, 2, 10, 15, 30, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.reading() as session:
        stored = session.execute(select(literal(moment, Moment()))).scalar_one()
        assert (stored, stored.tzinfo) == (moment, UTC)
    with pytest.raises(ValueError):
        Moment().process_bind_param(datetime(2026, 1, 1), database.write.dialect)  # noqa: DTZ001
