"""Events by month for people, and as iCalendar (RFC 5545) for their calendars.

A withdrawn event stays in the calendar as CANCELLED, without its words, so that phones that know it cross it out.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from icalendar import Calendar, Event, Timezone
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.content import collections, duties, paths, queries, sanitise
from portal.content.models import Item, ItemVersion
from portal.content.queries import Line, PageData
from portal.content.workflow import PUBLISHED, WITHDRAWN
from portal.core import clock
from portal.core.errors import Invalid

LIMIT = 500
"""Events of one calendar; the nearest are taken."""
PAST = timedelta(days=90)
"""How long a calendar goes on naming what is over."""
_EARLIEST, _LATEST = 1990, 2100


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the table: which, whether of this month, its events."""

    day: date
    inside: bool
    today: bool
    events: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of days, with the months beside it (``2026-12``)."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    events: tuple[Line, ...]
    before: str
    after: str


def asked_month(text: str) -> date:
    """``2026-12`` as its first day; the present month when nothing is asked. Raises ``Invalid``."""
    if not text:
        return clock.today().replace(day=1)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as cause:
        raise Invalid("content.bad_month", text=text[:20]) from cause
    if not _EARLIEST <= first.year <= _LATEST:
        raise Invalid("content.bad_month", text=text[:20])
    return first


def month(session: Session, path: str, first: date) -> Month:
    """The month that begins on ``first``, with the public events under ``path``. One statement."""
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    begin, end = _midnight(weeks[0][0]), _midnight(weeks[-1][-1] + timedelta(days=1))
    query = (
        select(*queries.CATALOGUE)
        .where(Item.starts_at < end, Item.ends_at >= begin, queries.below(path), queries.listed())
        .order_by(Item.starts_at, Item.id)
        .limit(LIMIT)
    )
    rows = session.execute(query).all()
    today = clock.today()

    def one(day: date) -> Day:
        return Day(day, day.month == first.month, day == today, tuple(row for row in rows if covers(row, day)))

    table = tuple(tuple(one(day) for day in week) for week in weeks)
    next_first = (first + timedelta(days=31)).replace(day=1)
    inside = tuple(r for r in rows if _last(r) >= first and clock.local(r.starts_at).date() < next_first)
    before = (first - timedelta(days=1)).strftime("%Y-%m")
    return Month(first, table, inside, before, next_first.strftime("%Y-%m"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.WARSAW)


def _last(row: Any) -> date:
    """The last day on which it still goes on; an end at midnight belongs to the day before."""
    end = clock.local(row.ends_at)
    if row.ends_at > row.starts_at:
        end -= timedelta(microseconds=1)
    return end.date()


def covers(row: Any, day: date) -> bool:
    """Whether the event goes on on ``day``."""
    return clock.local(row.starts_at).date() <= day <= _last(row)


_COLUMNS: tuple[Any, ...] = (
    Item.id, Item.path, Item.state, Item.changed_at, Item.published_at, Item.starts_at, Item.ends_at,
    Item.title, Item.summary, ItemVersion.fields, ItemVersion.number, ItemVersion.body,
)  # fmt: skip


def events_of(session: Session, page: PageData) -> list[Line]:
    """The events of a calendar: the one itself, those a collection finds, or all under a folder."""
    query = select(*_COLUMNS).join(ItemVersion, ItemVersion.id == Item.live_version_id)
    query = query.where(Item.type == "event", queries.states_visible((PUBLISHED, WITHDRAWN)))
    if page.row.type == "event":
        return list(session.execute(query.where(Item.id == page.row.id)).all())
    query = query.where(Item.ends_at >= clock.now() - PAST)
    if page.row.type == "collection":
        query = query.where(_collected(page))
    else:
        query = query.where(queries.below(page.row.path))
    return list(session.execute(query.order_by(Item.starts_at, Item.id).limit(LIMIT)).all())


def _collected(page: PageData) -> Any:
    wish = collections.wish_of(page.fields)
    return and_(queries.below(wish.under), *(collections.says(word) for word in wish.words))


def ical(page: PageData, rows: list[Line], base: str) -> bytes:
    """The events as an iCalendar object, lines folded at 75 octets, in the time zone of Poland."""
    made = Calendar()
    made.add("prodid", "-//Wrota//Kalendarz//PL")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", page.row.title if page.row.state == PUBLISHED else "")
    timed = False
    for row in rows:
        span = duties.span_of(row.fields)
        timed = timed or not span.whole_days
        made.add_component(_event(row, span, base))
    if timed:
        years = [clock.local(row.starts_at).year for row in rows]
        zone = Timezone.from_tzid(
            "Europe/Warsaw", first_date=date(min(years) - 1, 1, 1), last_date=date(max(years) + 2, 1, 1)
        )
        made.subcomponents.insert(0, zone)
    return bytes(made.to_ical())


def _event(row: Line, span: duties.Span, base: str) -> Event:
    event = Event()
    event.add("uid", f"wydarzenie-{row.id}@{urlsplit(base).hostname or 'wrota'}")
    event.add("dtstamp", row.changed_at)
    event.add("last-modified", row.changed_at)
    gone = row.state == WITHDRAWN
    event.add("sequence", row.number - 1 + (1 if gone else 0))
    if span.whole_days:
        event.add("dtstart", span.start.date())
        event.add("dtend", span.end.date())
    else:
        event.add("dtstart", span.start)
        if span.end > span.start:
            event.add("dtend", span.end)
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    if gone:
        return event
    event.add("summary", row.title)
    said = "\n\n".join(part for part in (row.summary, sanitise.to_text(row.body or "")) if part)
    if said:
        event.add("description", said)
    place = str(row.fields.get("place") or "")
    if place:
        event.add("location", place)
    event.add("url", base + quote(row.path))
    return event


def address(path: str) -> str:
    """Where the calendar of ``path`` is fetched."""
    return f"{'' if path == paths.ROOT else path}/kalendarz.ics"
