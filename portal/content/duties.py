"""What a state must hold before it is published, by its type; and what of it the catalogue repeats for lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import acts, collections, colours, links, outside, types
from portal.content.models import Item, ItemFile, ItemVersion
from portal.core import clock
from portal.core.documents import Document
from portal.core.errors import Invalid

_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """When an event is: two moments, or whole days (``end`` is then the midnight after the last)."""

    start: datetime
    end: datetime
    whole_days: bool


def span_of(fields: dict[str, Any]) -> Span:
    """The time of an event from its fields, on the clock of Poland. Raises ``Invalid`` with a sentence."""
    first = _day(fields.get("starts_on"))
    last = _day(fields.get("ends_on")) if fields.get("ends_on") else first
    begins, ends = _time(fields.get("starts_at")), _time(fields.get("ends_at"))
    if begins is None and ends is not None:
        raise Invalid("content.event_end_without_start")
    start = datetime.combine(first, begins or time(), clock.WARSAW)
    if begins is None:
        end = datetime.combine(last + timedelta(days=1), time(), clock.WARSAW)
    else:
        end = datetime.combine(last, ends or begins, clock.WARSAW)
    if end < start or (begins is None and end <= start):
        raise Invalid("content.event_ends_before_start")
    return Span(start, end, whole_days=begins is None)


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError as cause:
        raise Invalid("content.event_bad_day", text=str(value or "")) from cause


def _time(value: object) -> time | None:
    text = str(value or "").strip()
    if not text:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise Invalid("content.bad_time", text=text)
    return time(int(match.group(1)), int(match.group(2)))


def check(session: Session, item: Item, version: ItemVersion) -> None:
    """Raise ``Invalid`` when the state of ``item`` may not be published as it is."""
    fields = version.fields
    require_clean(session, version.id)
    if item.type == "event":
        span_of(fields)
    if item.type == "collection":
        collections.wish_of(fields)
    if item.type == "image" and not str(fields.get("alt") or "").strip() and not fields.get("decorative"):
        raise Invalid("content.alt_missing")
    if item.type == "image":
        focus_of(fields)
    if fields.get("colour"):
        colours.checked(str(fields["colour"]))
    if fields.get("picture") and picture_of(session, fields) is None:
        raise Invalid("content.picture_unknown", address=str(fields["picture"]))


def require_clean(session: Session, version_id: int) -> None:
    """Raise ``Invalid`` when a file of the version was found to hold a virus."""
    infected = session.scalar(
        select(Document.name)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .where(ItemFile.version_id == version_id, Document.scan == "infected")
    )
    if infected:
        raise Invalid("content.file_infected_publish", name=infected)


def focus_of(fields: dict[str, Any]) -> tuple[int, int]:
    """The point of an image that crops keep, in percent from the left and from the top. Raises ``Invalid``."""
    found = []
    for name in ("focus_x", "focus_y"):
        text = str(fields.get(name) or "50").strip()
        if not text.isdecimal() or int(text) > 100:
            raise Invalid("content.bad_focus", text=text)
        found.append(int(text))
    return found[0], found[1]


def repeat(session: Session, item: Item, version: ItemVersion) -> None:
    """Copy into the catalogue what lists ask for, so that they never read versions."""
    for name, value in repeated(session, item.type, version.fields).items():
        setattr(item, name, value)
    outside.remember(session, version)
    if item.original_id not in (None, item.id):
        # What is published now was made after the original as it stands now.
        item.original_version_id = session.scalar(select(Item.live_version_id).where(Item.id == item.original_id))


def repeated(session: Session, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What the catalogue's row holds of a version's fields: column → value. Raises ``Invalid`` for a bad time."""
    found: dict[str, Any] = {"picture_id": picture_of(session, fields)}
    if kind == "event":
        span = span_of(fields)
        found |= {"starts_at": span.start, "ends_at": span.end}
    elif types.of(kind).day:
        begin, end = _whole_day(fields.get(types.of(kind).day))
        found |= {"starts_at": begin, "ends_at": end}
    return found


def _whole_day(value: object) -> tuple[datetime, datetime] | tuple[None, None]:
    """The midnights around a day on the clock of Poland; nothing for what is no day."""
    day = clock.typed_day(value)
    if day is None:
        return None, None
    begin, end = (datetime.combine(one, time(), clock.WARSAW) for one in (day, day + timedelta(days=1)))
    return begin, end


def picture_of(session: Session, fields: dict[str, Any]) -> int | None:
    """The image that the field ``picture`` names, if it is one of ours."""
    address = str(fields.get("picture") or "").strip()
    return links.image_at(session, address) if address else None


acts.PUBLICATION_CHECKS.register("content.duties", check)
