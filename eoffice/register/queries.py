"""Reading the registers: the desk's lists, the report the law asks for, rows for export."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from eoffice.parties import names
from eoffice.register.models import Assignment, Entry
from portal.accounts import policy
from portal.accounts.models import Group, User
from portal.core.errors import NotFound

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a desk list: only what is shown, so that a list costs one narrow query."""

    id: int
    register: str
    year: int
    number: int
    state: str
    title: str
    party_name: str
    channel: str
    received_on: date
    registered_at: datetime
    department: str
    assignee: str
    due_on: date | None
    case_id: int | None

    @property
    def printed(self) -> str:
        return f"{self.register}/{self.number}/{self.year}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, newest first; ``after`` asks for the next one, ``None`` when there is none."""

    rows: list[Row]
    after: int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows. Empty fields do not narrow it; ``departments`` limits it to what the reader may see."""

    register: str = "RPW"
    states: tuple[str, ...] = ()
    department_id: int | None = None
    assignee_id: int | None = None
    party_ids: frozenset[int] = frozenset()
    case_id: int | None = None
    unassigned: bool = False
    since: date | None = None
    until: date | None = None
    text: str = ""
    departments: frozenset[int] | None = None


def entry(session: Session, entry_id: int) -> Entry:
    """The line. Raises ``NotFound``."""
    found = session.get(Entry, entry_id)
    if found is None:
        raise NotFound("register.unknown")
    return found


def by_identifier(session: Session, identifier: str) -> Entry:
    """The line called ``RPW-2026-12``, or as printed ``RPW/12/2026``. Raises ``NotFound``."""
    parts = identifier.strip().upper().split("/")
    if len(parts) == 3:
        identifier = f"{parts[0]}-{parts[2]}-{parts[1]}"
    found = session.scalars(select(Entry).where(Entry.identifier == identifier.strip().upper())).first()
    if found is None:
        raise NotFound("register.unknown")
    return found


def of_message(session: Session, message_id: int) -> Entry | None:
    """The line of an incoming message, when it has one."""
    return session.scalars(select(Entry).where(Entry.message_id == message_id)).first()


def of_case(session: Session, case_id: int) -> list[Entry]:
    """The lines of a case, in the order of their coming."""
    return list(session.scalars(select(Entry).where(Entry.case_id == case_id).order_by(Entry.id)))


def assignments(session: Session, entry_id: int) -> list[Assignment]:
    """All dekretacje of an item, oldest first."""
    query = select(Assignment).where(Assignment.entry_id == entry_id).order_by(Assignment.id)
    return list(session.scalars(query))


def place(session: Session, item: Entry) -> str:
    """The path at which rights to an item are asked for: its department's, else the whole office's."""
    if item.department_id is None:
        return policy.OFFICE
    symbol = session.scalar(select(Group.symbol).where(Group.id == item.department_id))
    return f"{policy.OFFICE}/{symbol}" if symbol else policy.OFFICE


def listing(session: Session, wanted: Filter, *, after: int | None = None, limit: int = 50) -> Page:
    """A page of a desk list, newest first."""
    query = _rows().where(*_conditions(wanted))
    if after is not None:
        query = query.where(Entry.id < after)
    rows = [Row(*row) for row in session.execute(query.order_by(Entry.id.desc()).limit(limit + 1))]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def count(session: Session, wanted: Filter) -> int:
    """How many lines ``wanted`` shows."""
    return int(session.scalar(select(func.count(Entry.id)).where(*_conditions(wanted))) or 0)


def report(session: Session, wanted: Filter, year: int) -> Iterator[Entry]:
    """The register of a year in the order of its numbers, cancelled lines included; memory does not grow with it."""
    query = select(Entry).where(*_conditions(wanted), Entry.year == year).order_by(Entry.number)
    yield from session.scalars(query.execution_options(yield_per=_BATCH))


def gaps(session: Session, register: str, year: int) -> list[int]:
    """Numbers missing from a register; there are none unless somebody removed lines behind our back."""
    here = (Entry.register == register) & (Entry.year == year)
    numbers = set(session.scalars(select(Entry.number).where(here)))
    return [number for number in range(1, max(numbers, default=0) + 1) if number not in numbers]


COLUMNS: dict[str, InstrumentedAttribute[Any]] = {
    "number": Entry.number,
    "identifier": Entry.identifier,
    "received_on": Entry.received_on,
    "registered_at": Entry.registered_at,
    "title": Entry.title,
    "party_name": Entry.party_name,
    "party_address": Entry.party_address,
    "letter_date": Entry.letter_date,
    "posted_on": Entry.posted_on,
    "sender_sign": Entry.sender_sign,
    "kind": Entry.kind,
    "access": Entry.access,
    "attachments": Entry.attachments,
    "format": Entry.format,
    "dcmi_type": Entry.dcmi_type,
    "channel": Entry.channel,
    "state": Entry.state,
    "due_on": Entry.due_on,
    "filed_under": Entry.filed_under,
    "cancel_reason": Entry.cancel_reason,
    "remarks": Entry.remarks,
}
"""What an export may hold, by the names a program that reads it back relies on."""


def export(
    session: Session, target: IO[str], wanted: Filter, year: int, columns: Sequence[str] = tuple(COLUMNS)
) -> int:
    """Write the register of a year as CSV with the chosen columns, so that they can be taken again.

    The instruction (§ 40) asks for an export in a format from which the columns can be read. A cell that a
    spreadsheet would take for a formula gets an apostrophe. Says how many lines; ``KeyError`` for an unknown column.
    """
    writer = csv.writer(target, delimiter=";")
    chosen = [COLUMNS[name] for name in columns]
    writer.writerow(columns)
    query = select(*chosen).where(*_conditions(wanted), Entry.year == year).order_by(Entry.number)
    written = 0
    for row in session.execute(query.execution_options(yield_per=_BATCH)):
        writer.writerow([_cell(value) for value in row])
        written += 1
    return written


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Entry.id, Entry.register, Entry.year, Entry.number, Entry.state, Entry.title, Entry.party_name,
            Entry.channel, Entry.received_on, Entry.registered_at, func.coalesce(Group.symbol, ""),
            func.coalesce(User.name, ""), Entry.due_on, Entry.case_id,
        )
        .outerjoin(Group, Group.id == Entry.department_id)
        .outerjoin(User, User.id == Entry.assignee_id)
    )  # fmt: skip


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Entry.register == wanted.register]
    if wanted.states:
        found.append(Entry.state.in_(wanted.states))
    if wanted.unassigned:
        found.append(Entry.department_id.is_(None))
    if wanted.departments is not None:
        found.append(Entry.department_id.in_(wanted.departments))
    if wanted.party_ids:
        found.append(Entry.party_id.in_(wanted.party_ids))
    if wanted.since is not None:
        found.append(Entry.received_on >= wanted.since)
    if wanted.until is not None:
        found.append(Entry.received_on <= wanted.until)
    if wanted.text.strip():
        found.append(_mentions(wanted.text))
    same = {
        Entry.department_id: wanted.department_id,
        Entry.assignee_id: wanted.assignee_id,
        Entry.case_id: wanted.case_id,
    }
    found.extend(column == value for column, value in same.items() if value is not None)
    return found


def _mentions(text: str) -> ColumnElement[bool]:
    text = names.tidy(text, 100)
    number = text.upper().replace("/", "-")
    return or_(
        Entry.title.icontains(text, autoescape=True),
        Entry.party_name.icontains(text, autoescape=True),
        Entry.identifier == number,
        Entry.sender_sign == text,
    )
