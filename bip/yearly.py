"""Duties that come back with the calendar: the review of each declaration of accessibility, the report on it.

Ustawa z 4.04.2019 o dostępności cyfrowej, art. 11: by 31 March of each year. A review of a year is one made, or
the declaration prepared, in that year: ``due`` is the 31 March until which the next one must come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import queries
from portal.content.models import Item, ItemVersion

DECLARATION = "accessibility_declaration"
MONTH, DAY = 3, 31


@dataclass(frozen=True, slots=True)
class Declared:
    """A published declaration, the day somebody last looked at it, and until when it must be looked at again."""

    item_id: int
    path: str
    title: str
    language: str
    last: date | None
    due: date


def declarations(session: Session) -> list[Declared]:
    """Every public declaration, of each language and of each unit's own site."""
    query = (
        select(Item.id, Item.path, Item.title, Item.language, ItemVersion.fields, ItemVersion.published_at)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type == DECLARATION, queries.listed())
        .order_by(Item.path)
    )
    found = []
    for row in session.execute(query):
        last = max(
            filter(None, (day_of(row.fields.get(name)) for name in ("prepared_on", "reviewed_on"))), default=None
        )
        found.append(Declared(row.id, row.path, row.title, row.language, last, next_due(last)))
    return found


def next_due(last: date | None) -> date:
    """The 31 March of the year after the last review; long past when there was none."""
    return date(last.year + 1, MONTH, DAY) if last else date(1, MONTH, DAY)


def day_of(value: object) -> date | None:
    """The day written in a field; ``None`` when there is none that can be read."""
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None
