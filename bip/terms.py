"""Terms of publication: what the law says of how long an item stands and when it counts as served."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.content import types
from portal.content.models import Item
from portal.core import clock
from portal.core.errors import Conflict
from portal.web import formats


def deemed_served(published_at: datetime | None, term: Mapping[str, Any]) -> date | None:
    """The last of the days after which a notice counts as served: 14 days from its publication (KPA art. 49 § 2).

    The day of publication itself is not counted (KPA art. 57 § 1).
    """
    days = term.get("deemed_service_days")
    if published_at is None or not days:
        return None
    return clock.local(published_at).date() + timedelta(days=int(days))


def must_stand_to(published_at: datetime, term: Mapping[str, Any]) -> date | None:
    """The last day on which an item must still be open to everyone; ``None`` when its type has no minimum.

    Counted like every term: without the day of publication (KPA art. 57 § 1), months by date (§ 3).
    """
    days, months = int(term.get("min_days", 0)), int(term.get("min_months", 0))
    if not days and not months:
        return None
    return _months_on(clock.local(published_at).date(), months) + timedelta(days=days)


def _months_on(day: date, months: int) -> date:
    """The day of the same date ``months`` later, or the last of that month when it has no such date."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def check_archiving(item: Item, moment: datetime, planned: datetime | None) -> None:
    """Nothing goes to the archive before the shortest time the law gives it. Raises ``Conflict``.

    An item not yet published is counted from the moment ``planned`` for it, or from now. Withdrawing it,
    with the reason in public, stays possible: what must not be public cannot wait.
    """
    begins = item.published_at or planned or clock.now()
    last = must_stand_to(begins, types.of(item.type).term)
    if last is not None and moment < datetime.combine(last + timedelta(days=1), time.min, clock.WARSAW):
        raise Conflict("bip.term_too_early", day=formats.day(last), basis=types.of(item.type).term["basis"])
