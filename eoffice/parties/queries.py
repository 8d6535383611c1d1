"""Reading parties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from eoffice.parties import names
from eoffice.parties.models import Party, PartyAddress, PartyIdentifier
from portal.core.errors import NotFound

_MERGES = 20
"""Longest chain of merges that is followed: a guard, not a rule."""

_LAST = "\U0010ffff"

Mark = tuple[str, int]
"""Where a page ended: sort name and id of its last row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list of parties."""

    id: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; ``after`` asks for the next one, ``None`` when there is none."""

    rows: list[Row]
    after: Mark | None


def party(session: Session, party_id: int) -> Party:
    """The party; for a merged one, the one it became. Raises ``NotFound``."""
    found = session.get(Party, party_id)
    for _ in range(_MERGES):
        if found is None or found.merged_into_id is None:
            break
        found = session.get(Party, found.merged_into_id)
    if found is None:
        raise NotFound("party.unknown")
    return found


def of_user(session: Session, user_id: int) -> Party | None:
    """The party an account stands for."""
    return session.scalars(select(Party).where(Party.user_id == user_id)).first()


def same_as(session: Session, party_id: int) -> frozenset[int]:
    """The party and all that were merged into it: rows made before a merge keep their old number."""
    known, fresh = {party_id}, {party_id}
    while fresh:
        query = select(Party.id).where(Party.merged_into_id.in_(fresh))
        fresh = set(session.scalars(query)) - known
        known |= fresh
    return frozenset(known)


def identifiers(session: Session, party_id: int) -> dict[str, str]:
    """The strong identifiers of a party, by kind (a merged party may have had two; the newest is shown)."""
    query = select(PartyIdentifier).where(PartyIdentifier.party_id == party_id).order_by(PartyIdentifier.id)
    return {item.kind: item.value for item in session.scalars(query)}


def addresses(session: Session, party_id: int) -> list[PartyAddress]:
    """Where the party can be reached now, by kind, the newest first."""
    query = (
        select(PartyAddress)
        .where(PartyAddress.party_id == party_id, PartyAddress.until.is_(None))
        .order_by(PartyAddress.kind, PartyAddress.since.desc(), PartyAddress.id.desc())
    )
    return list(session.scalars(query))


def address(session: Session, party_id: int, kind: str) -> str:
    """The newest address of ``kind`` in force, empty when there is none."""
    return next((item.value for item in addresses(session, party_id) if item.kind == kind), "")


def history(session: Session, party_id: int) -> list[PartyAddress]:
    """All addresses there ever were, the newest first."""
    query = select(PartyAddress).where(PartyAddress.party_id == party_id)
    return list(session.scalars(query.order_by(PartyAddress.since.desc(), PartyAddress.id.desc())))


def by_identifiers(session: Session, given: dict[str, str]) -> dict[str, int]:
    """Which party holds each of the (normalised) identifiers: kind → party id."""
    if not given:
        return {}
    pair = tuple_(PartyIdentifier.kind, PartyIdentifier.value)
    query = select(PartyIdentifier.kind, PartyIdentifier.party_id).where(pair.in_(list(given.items())))
    return {row.kind: row.party_id for row in session.execute(query)}


def by_addresses(session: Session, given: Iterable[tuple[str, str]]) -> list[Party]:
    """The unmerged parties that can be reached at any of the (kind, value) addresses now."""
    wanted: list[ColumnElement[bool]] = [
        (PartyAddress.kind == kind) & (PartyAddress.value == value) for kind, value in given if value
    ]
    if not wanted:
        return []
    query = (
        select(Party)
        .join(PartyAddress, PartyAddress.party_id == Party.id)
        .where(or_(*wanted), PartyAddress.until.is_(None), Party.merged_into_id.is_(None))
        .order_by(Party.id)
        .distinct()
    )
    return list(session.scalars(query))


def search(session: Session, prefix: str, *, after: Mark | None = None, limit: int = 50) -> Page:
    """Parties whose name (a person's: surname first) begins with ``prefix``; diacritics do not matter."""
    start = names.plain(prefix)
    query = select(Party.id, Party.kind, Party.name, Party.sort_name).where(
        Party.merged_into_id.is_(None), Party.sort_name >= start, Party.sort_name < start + _LAST
    )
    if after is not None:
        query = query.where(tuple_(Party.sort_name, Party.id) > after)
    rows = session.execute(query.order_by(Party.sort_name, Party.id).limit(limit + 1)).all()
    page = [Row(row.id, row.kind, row.name) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(page, (last.sort_name, last.id) if last else None)
