"""The spans the law counts in days and months from a publication. Pure: neither the database nor the clock is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from portal.content.exchange.entries import ORIGIN
from portal.core import clock


class Standing(Protocol):
    """An item, or a row of the catalogue."""

    @property
    def published_at(self) -> datetime | None: ...

    @property
    def counted_from(self) -> datetime | None: ...


def since(row: Standing) -> datetime | None:
    """From when the time the law gives is counted: the first publication, here or in the Bulletin it was brought from,
    or the one after a break in that time."""
    return row.counted_from or row.published_at


def again(row: Standing) -> bool:
    """Is the time counted from a later publication than the first, because a break cut it short?"""
    return row.counted_from is not None and row.published_at is not None and row.counted_from > row.published_at


OFF = ("withdrawn", "merged", "retired")
"""The acts of the public log after which an item does not stand; in the archive it does."""


def counted(acts: Iterable[tuple[str, datetime]], rule_of: Callable[[datetime], Mapping[str, Any]]) -> datetime | None:
    """Which of its publications the time of an item is counted from; ``None``: from the next one.

    A notice counts as served, and a publication has stood as long as it must, only when it could be read all the
    while: what came down before starts anew (KPA art. 49 § 2). What had stood long enough before it came down did so.
    ``acts``: those of its leaves, oldest first; ``rule_of``: the rule of a day.
    """
    begun: datetime | None = None
    for act, at in acts:
        if act == "published":
            begun = begun or at
        elif act in OFF and begun is not None:
            rule = rule_of(begun)
            if rule.get("max_months"):  # no break lengthens what may stand only so long
                continue
            days = [day for day in (must_stand_to(begun, rule), deemed_served(begun, rule)) if day is not None]
            begun = None if days and at < midnight_after(max(days)) else begun
    return begun


def deemed_served(published_at: datetime | None, term: Mapping[str, Any]) -> date | None:
    """The last of the days after which a notice counts as served: 14 days from its publication (KPA art. 49 § 2).

    The day of publication itself is not counted (KPA art. 57 § 1).
    """
    days = term.get("deemed_service_days")
    if published_at is None or not days:
        return None
    return clock.local(published_at).date() + timedelta(days=int(days))


def public_elsewhere(fields: Mapping[str, Any]) -> bool:
    """Had another Bulletin shown it to everyone? A working copy brought from there had been shown to nobody."""
    origin = fields.get(ORIGIN)
    return isinstance(origin, dict) and bool(origin.get("first_published_at") or origin.get("published_at"))


def first_public(published_at: datetime | None, fields: Mapping[str, Any]) -> datetime | None:
    """When everyone could first read it: here, or before in the Bulletin it was brought from."""
    origin = fields.get(ORIGIN)
    where = origin if isinstance(origin, dict) else {}
    text = str(where.get("first_published_at") or where.get("published_at") or "")
    try:
        there = datetime.fromisoformat(text)
    except ValueError:
        return published_at
    return min(there, published_at) if published_at is not None and there.tzinfo is not None else published_at


def must_stand_to(published_at: datetime, term: Mapping[str, Any]) -> date | None:
    """The last day on which an item must still be open to everyone; ``None`` when its type has no minimum.

    Counted like every term: without the day of publication (KPA art. 57 § 1), months by date (§ 3).
    """
    days, months = int(term.get("min_days", 0)), int(term.get("min_months", 0))
    if not days and not months:
        return None
    return clock.months_later(clock.local(published_at).date(), months) + timedelta(days=days)


def must_end_by(published_at: datetime, term: Mapping[str, Any]) -> date | None:
    """The last day on which an item may be open to everyone; ``None`` when its type has no maximum."""
    months = int(term.get("max_months", 0))
    return clock.months_later(clock.local(published_at).date(), months) if months else None


def midnight_after(day: date) -> datetime:
    """The moment ``day`` ends on the clock of Poland."""
    return datetime.combine(day + timedelta(days=1), time.min, clock.WARSAW).astimezone(UTC)
