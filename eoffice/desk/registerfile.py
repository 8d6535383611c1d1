"""A register as it is shown: any column sorts it, a department sees its own part (instruction § 8(9), § 40)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.desk import scope
from eoffice.register.models import Entry
from eoffice.register.queries import Filter
from portal.core.actors import Actor
from portal.web import paging
from portal.web.paging import Page

SORTS: dict[str, list[Any]] = {
    "number": [Entry.number],
    "received_on": [Entry.received_on, Entry.number],
    "party_name": [Entry.party_name, Entry.number],
    "sender_sign": [Entry.sender_sign, Entry.number],
    "channel": [Entry.channel, Entry.number],
    "title": [Entry.title, Entry.number],
}
"""What a register can be sorted by; each ends with the number, so that no two lines are equal."""

DESCENDING = ("number", "received_on")
SIZE, WHOLE = 50, 100_000


def wanted(session: Session, actor: Actor, register: str) -> Filter:
    """The part of a register ``actor`` may see."""
    if scope.whole_office(session, actor):
        return Filter(register=register)
    mine = frozenset(group.id for group in scope.departments(session, actor))
    return Filter(register=register, departments=mine)


def page(session: Session, actor: Actor, register: str, year: int, sort: str, *, whole: bool) -> Page[Entry]:
    """A page of a year of a register; ``whole`` gives all of it, for printing."""
    columns = SORTS.get(sort, SORTS["number"])
    query = select(Entry).where(
        Entry.register == register, Entry.year == year, scope.seen(session, actor, Entry.department_id)
    )
    names = [column.key for column in columns]
    return paging.page(
        session, query, columns, key=lambda row: [getattr(row, name) for name in names],
        size=WHOLE if whole else SIZE, descending=sort in DESCENDING and not whole,
    )  # fmt: skip
