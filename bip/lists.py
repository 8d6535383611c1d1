"""Lists where citizens look: sessions, petitions and interpellations by the year of their day, sessions by term.

A list goes by ``Item.starts_at`` (the day the publication is about) in keyset pages; as CSV and JSON it is sent
part by part. What each row says is read from the public state of the item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from bip import answers, rules
from bip.council import roll
from bip.council.voting import votes_of
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.content.tabled import Reading
from portal.content.workflow import ARCHIVED, PUBLISHED
from portal.core import clock
from portal.core.errors import NotFound

_STATES = (ARCHIVED, PUBLISHED)
_PART = 200
SIZE = 25


@dataclass(frozen=True, slots=True)
class Kind:
    """A list: its name in addresses, the type it is of, the columns beside what every row has."""

    name: str
    type: str
    columns: tuple[str, ...]


KINDS = {
    "sesje": Kind("sesje", "session", ("number", "held_on", "points", "votes", "recording", "captions_on")),
    "petycje": Kind(
        "petycje", "petition", ("petitioner", "received_on", "due_on", "settled_on", "settled_how", "settled")
    ),
    "interpelacje": Kind(
        "interpelacje", "interpellation", ("kind", "councillor", "addressee", "received_on", "due_on", "answered_on")
    ),
}
SHARED = ("id", "title", "address", "published_at", "version")
EARLIEST, LATEST = 1990, 2200


def kind_of(name: str) -> Kind:
    """The list at ``name``. Raises ``NotFound``."""
    if name not in KINDS:
        raise NotFound("content.unknown")
    return KINDS[name]


def query(kind: Kind, first: date | None = None, last: date | None = None) -> Select[Any]:
    """The public items of a list from ``first`` to ``last``, both included, without an order."""
    found = (
        select(
            Item.id, Item.path, Item.title, Item.summary, Item.starts_at, Item.published_at, ItemVersion.number,
            ItemVersion.fields,
        )
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type == kind.type, Item.starts_at.is_not(None), queries.states_visible(_STATES))
    )  # fmt: skip
    if first is not None:
        found = found.where(Item.starts_at >= roll.midnight(first))
    if last is not None:
        found = found.where(Item.starts_at < roll.midnight(last + timedelta(days=1)))
    return found


def years(session: Session, kind: Kind) -> list[int]:
    """From the newest year there is something of to the oldest; two statements at the ends of an index."""
    ends = []
    for order in (Item.starts_at.desc(), Item.starts_at.asc()):
        where = (Item.type == kind.type, Item.starts_at.is_not(None), queries.states_visible(_STATES))
        moment = session.scalar(select(Item.starts_at).where(*where).order_by(order).limit(1))
        if moment is None:
            return []
        ends.append(clock.local(moment).year)
    return list(range(ends[0], ends[1] - 1, -1))


def span(year: str) -> tuple[date, date] | None:
    """The first and last day of ``year`` as written in an address; ``None`` for what is no year."""
    if not (year.isdecimal() and len(year) == 4 and EARLIEST <= int(year) <= LATEST):
        return None
    return date(int(year), 1, 1), date(int(year), 12, 31)


def cells(kind: Kind, row: Any, base: str, every: Sequence[rules.Rule]) -> dict[str, Any]:
    """A row as data; ``every``: all rules of its type."""
    fields: Mapping[str, Any] = dict(row.fields or {})
    own = {
        "id": row.id, "title": row.title, "address": base + row.path,
        "published_at": row.published_at.isoformat() if row.published_at else "", "version": row.number,
    }  # fmt: skip
    told: dict[str, Any] = {name: fields.get(name, "") for name in kind.columns}
    if kind.type == "session":
        told |= {"points": len(fields.get("agenda") or []), "votes": len(votes_of(fields))}
    if "due_on" in kind.columns:
        due = answers.due_on(rules.in_force(every, row.published_at), fields)
        told["due_on"] = due.isoformat() if due else ""
    return own | told


def parts(reading: Reading, asked: Select[Any], size: int = _PART) -> Iterator[Any]:
    """The rows of a query of items by their day, the newest first, in parts each with a reading of its own."""
    ordered, last = asked.order_by(Item.starts_at.desc(), Item.id.desc()).limit(size), None
    while True:
        with reading() as session:
            rows = session.execute(ordered if last is None else ordered.where(_before(last))).all()
        yield from rows
        if len(rows) < size:
            return
        last = rows[-1]


def _before(row: Any) -> ColumnElement[bool]:
    return or_(Item.starts_at < row.starts_at, and_(Item.starts_at == row.starts_at, Item.id < row.id))


def table(reading: Reading, kind: Kind, base: str, *span: date) -> Iterator[dict[str, Any]]:
    """All rows of a list, the newest day first."""
    with reading() as session:
        every = rules.of_type(session, kind.type)
    return (cells(kind, row, base, every) for row in parts(reading, query(kind, *span)))
