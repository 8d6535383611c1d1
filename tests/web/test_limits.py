"""Attempts are counted for all processes, and forgotten in time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock
from portal.core.db import Database
from portal.web import limits
from portal.web.limits import Rule, TooMany
from portal.web.models import Attempt

RULE = Rule(3, 300)
NAME = limits.bucket("key", "login", "jan")
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _take(database: Database, *names: str) -> list[int]:
    with database.transaction() as session:
        return limits.take(session, RULE, names or (NAME,))


def test_the_setting_is_read_as_people_write_it() -> None:
    assert limits.parse("10 per 5 minutes") == Rule(10, 300)


def test_a_full_bucket_says_when_to_come_back(database: Database) -> None:
    with clock.frozen(START):
        for _ in range(3):
            _take(database)
    with clock.frozen(START + timedelta(seconds=100)), pytest.raises(TooMany) as refusal:
        _take(database)
    assert refusal.value.details == {"seconds": 200, "minutes": 4}
    with clock.frozen(START + timedelta(seconds=301)):
        _take(database)


def test_one_full_bucket_stops_all_and_counts_in_none(database: Database) -> None:
    other = limits.bucket("key", "login", "ewa")
    for _ in range(3):
        _take(database)
    with pytest.raises(TooMany):
        _take(database, other, NAME)
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Attempt.bucket == other)) == 0


def test_success_gives_its_attempt_back(database: Database) -> None:
    for _ in range(10):
        taken = _take(database)
        with database.transaction() as session:
            limits.give_back(session, taken)


def test_old_attempts_are_removed(database: Database) -> None:
    with clock.frozen(START):
        _take(database)
    with clock.frozen(START + timedelta(days=2)):
        _take(database)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_attempts_made_side_by_side_do_not_slip_through(database: Database) -> None:
    passed: list[int] = []

    def attempt() -> None:
        try:
            passed.extend(_take(database))
        except TooMany:
            return

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 3


def test_a_bucket_tells_nothing_and_an_ipv6_customer_is_one() -> None:
    assert "jan" not in NAME
    assert len(NAME) == 64
    assert limits.network("2001:db8:1:2::1") == limits.network("2001:db8:1:2:ffff::9")
    assert limits.network("192.0.2.7") == "192.0.2.7"
    assert limits.network("not an address") == "unknown"
