"""The roll of the council: who sits on it in a term of office, entered once and used by every vote of that term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip.council.voting import Council, Member
from portal.content import paths, queries
from portal.content.editor.suggesting import SUGGESTIONS
from portal.content.models import Item, ItemVersion
from portal.content.workflow import ARCHIVED, PUBLISHED
from portal.core import clock
from portal.core.errors import Invalid

TYPE, ROLL = "council_term", "roll"
_READABLE = (ARCHIVED, PUBLISHED)
MAX_COUNCILLORS = 120


@dataclass(frozen=True, slots=True)
class Councillor:
    """One councillor of a term. ``since``, ``until``: the mandate, where it is not the whole term."""

    key: str
    name: str
    club: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Councillor:
        return cls(
            str(row["key"]), str(row.get("name", "")), str(row.get("club", "")), day_of(row.get("since")),
            day_of(row.get("until")),
        )  # fmt: skip

    def row(self) -> dict[str, Any]:
        since, until = (day.isoformat() if day else "" for day in (self.since, self.until))
        return {"key": self.key, "name": self.name, "club": self.club, "since": since, "until": until}

    def sits_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of office with its public roll. ``last`` is ``None`` while its end is not known."""

    id: int
    path: str
    title: str
    first: date
    last: date | None
    seats: int
    councillors: tuple[Councillor, ...]


def day_of(value: object) -> date | None:
    """A day as fields keep it; ``None`` for anything else."""
    return clock.typed_day(value)


def midnight(day: date) -> datetime:
    """The moment ``day`` begins on the clock of Poland."""
    return datetime.combine(day, time.min, clock.WARSAW)


def councillors_of(fields: Mapping[str, Any]) -> tuple[Councillor, ...]:
    return tuple(Councillor.of(row) for row in fields.get(ROLL) or [])


def seats_of(fields: Mapping[str, Any]) -> int:
    """The number of councillors by statute; 0 when it is not written as a number."""
    text = str(fields.get("seats") or "").strip()
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def terms(session: Session) -> list[Term]:
    """The public terms of office, the newest first: one each five years."""
    return list(_read(session))


def term(session: Session, number: int) -> Term | None:
    return next(iter(_read(session, Item.id == number)), None)


def term_on(session: Session, day: date) -> Term:
    """The term of office on ``day``. Raises ``Invalid("bip.no_roll")`` when no public roll covers it."""
    for found in _read(session, Item.starts_at <= midnight(day)):
        if found.last is None or day <= found.last:
            return found
    raise Invalid("bip.no_roll", day=day.isoformat())


def _read(session: Session, *conditions: Any) -> list[Term]:
    query = (
        select(Item.id, Item.path, Item.title, Item.starts_at, ItemVersion.fields)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type == TYPE, Item.starts_at.is_not(None), queries.states_visible(_READABLE), *conditions)
        .order_by(Item.starts_at.desc(), Item.id.desc())
        .limit(50)
    )
    return [
        Term(
            row.id, row.path, row.title, clock.local(row.starts_at).date(), day_of(row.fields.get("ends_on")),
            seats_of(row.fields), councillors_of(row.fields),
        )
        for row in session.execute(query)
    ]  # fmt: skip


def council_on(session: Session, day: date) -> Council:
    """The council that sat on ``day``, to be kept beside the votes. Raises ``Invalid``."""
    found = term_on(session, day)
    members = tuple(Member(one.key, one.name) for one in found.councillors if one.sits_on(day))
    return Council(found.id, found.seats or len(members), members)


def from_rows(rows: Sequence[Mapping[str, str]], known: Sequence[Councillor]) -> list[Councillor]:
    """The roll from a form's rows (``key``, ``name``, ``club``, ``since``, ``until``); nameless ones are left out.

    Raises ``Invalid`` for a day that is none, a mandate that ends before it begins, a name that stands twice, and for
    one of ``known`` (those already public) left out: votes name them, so their mandate ends instead.
    """
    keys = {str(row.get("key")) for row in rows}
    found: list[Councillor] = []
    for row in rows:
        name = " ".join(row.get("name", "").split())[:120]
        if not name:
            continue
        days = {which: _typed_day(row.get(which, "")) for which in ("since", "until")}
        if days["since"] and days["until"] and days["until"] < days["since"]:
            raise Invalid("bip.mandate_backwards", name=name)
        if any(other.name.casefold() == name.casefold() for other in found):
            raise Invalid("bip.councillor_twice", name=name)
        key = str(row.get("key") or "") or _free_key(name, keys)
        keys.add(key)
        found.append(Councillor(key, name, " ".join(row.get("club", "").split())[:120], days["since"], days["until"]))
    for gone in known:
        if gone.key not in {one.key for one in found}:
            raise Invalid("bip.councillor_known", name=gone.name)
    if len(found) > MAX_COUNCILLORS:
        raise Invalid("bip.too_many_councillors", limit=MAX_COUNCILLORS)
    return found


def _free_key(name: str, taken: set[str]) -> str:
    base = paths.slug(name)[:60] or "radny"
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 999))) if key not in taken)


def _typed_day(text: str) -> date | None:
    if not text.strip():
        return None
    day = day_of(text.strip())
    if day is None:
        raise Invalid("content.bad_day")
    return day


def names_today(session: Session) -> list[str]:
    """The councillors who sit today, in the order of the roll."""
    try:
        return [one.name for one in council_on(session, clock.today()).members]
    except Invalid:
        return []


def session_numbers(session: Session) -> list[str]:
    """The numbers of the latest public sessions."""
    number = ItemVersion.fields["number"].as_string()
    query = (
        select(number)
        .join(Item, Item.live_version_id == ItemVersion.id)
        .where(Item.type == "session", queries.states_visible(_READABLE), Item.starts_at.is_not(None))
        .order_by(Item.starts_at.desc(), Item.id.desc())
    )
    return [text for text in session.scalars(query.limit(12)) if text]


SUGGESTIONS.register("interpellation.councillor", names_today)
SUGGESTIONS.register("resolution.session_number", session_numbers)
