"""Time: one source of "now" in UTC, Polish local days, working days and holidays.

Every stored moment is UTC and aware. Days, years and terms are those of Europe/Warsaw: a letter that came
on 31 December at 23:30 local time belongs to the old year, whatever the server's zone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

WARSAW = ZoneInfo("Europe/Warsaw")
SATURDAY = 5

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Within the block ``now()`` is ``moment``: for replays, previews "as of" and tests."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


def local(moment: datetime) -> datetime:
    """The same moment on the clock of a Polish office."""
    return moment.astimezone(WARSAW)


def today() -> date:
    """The calendar day in Poland."""
    return local(now()).date()


def year_of(moment: datetime) -> int:
    """The calendar year a register entry made at ``moment`` belongs to."""
    return local(moment).year


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("PL", years=year))


def is_day_off(day: date) -> bool:
    """Whether ``day`` is a statutory holiday, a Sunday, or a Saturday (treated alike, KPA art. 57 § 4)."""
    return day.weekday() >= SATURDAY or day in _holidays(day.year)


def next_working_day(day: date) -> date:
    """``day`` itself if it is a working day, else the first one after it."""
    while is_day_off(day):
        day += timedelta(days=1)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -working_days_between(end, start)
    span = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(not is_day_off(day) for day in span)


FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2200, 12, 31)
"""Days that people mean; one typed outside them is a mistake, and the sums of terms would leave the calendar."""


def typed_day(text: object) -> date | None:
    """The day written as ``2026-11-24``; ``None`` for what is none, or lies outside what anybody means."""
    try:
        day = date.fromisoformat(str(text or "").strip())
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def months_later(day: date, months: int) -> date:
    """The day of the same date ``months`` later, or the last of that month when it has none (KPA art. 57 § 3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
