"""Proof of availability: that what must stand for a term could really be opened from outside, day by day.

While the term of an item runs, a recurring job opens its public address as anyone would and compares the mark of
the version it sees with the one that should stand. Of each item and day one row is kept: how often it was seen,
how often not, and why last. Days are those of the Polish calendar.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bip import notes, rules, spans, terms
from bip.digests import canonical
from bip.models import AvailableDay
from bip.probing import OTHER_VERSION, Seen, Wanted
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.content.workflow import BULLETIN, PUBLISHED
from portal.core import clock
from portal.core.db import insert_or_add

FORMAT = "wrota-bip-availability/1"
ITEM_FORMAT = "wrota-bip-item-availability/1"
_LONGEST = timedelta(days=400)
"""Longer than any term there is in the types' data; older items need not be looked at one by one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A day of the term on which something was wrong: tried ``tried`` times, ``failed`` of them; 0 of 0: no try."""

    day: date
    tried: int
    failed: int
    note: str


@dataclass(frozen=True, slots=True)
class Availability:
    """Of ``days`` of the term that have begun, on how many it was seen; ``of``: the whole term."""

    seen: int
    days: int
    of: int
    first: date
    last: date
    gaps: tuple[Gap, ...]


def term(session: Session, kind: str, begun: datetime | None) -> tuple[date, date] | None:
    """The first and the last day of the time an item must stand, counted from ``begun`` without that day; if any."""
    last = spans.must_stand_to(begun, rules.of(session, kind, begun)) if begun else None
    if last is None or begun is None:
        return None
    return clock.local(begun).date() + timedelta(days=1), last


def wanted(session: Session) -> list[Wanted]:
    """What must be open to everyone now: published items whose term runs."""
    kinds, begins = terms.standing(session), (Item.published_at, Item.counted_from)
    query = (
        select(Item.id, Item.path, Item.type, Item.published_at, Item.counted_from, ItemVersion.number)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(
            Item.type.in_(kinds),
            or_(*(begun > clock.now() - _LONGEST for begun in begins)),
            queries.states_visible((PUBLISHED,)),
        )
        .order_by(Item.id)
    )
    today = clock.today()
    found = []
    for row in session.execute(query):
        days = term(session, row.type, spans.since(row))
        if days is not None and today <= days[1]:
            found.append(Wanted(row.id, row.path, f"{row.id}.{row.number}"))
    return found


def note(session: Session, seen: Sequence[Seen]) -> bool:
    """Add what was found to the day of each item. A version changed while it was looked at is no failure.

    Says whether pages now tell something else: the first look of a day, or a failure.
    """
    moment = clock.now()
    stands = {
        row.id: f"{row.id}.{row.number}"
        for row in session.execute(
            select(Item.id, ItemVersion.number)
            .join(ItemVersion, ItemVersion.id == Item.live_version_id)
            .where(Item.id.in_([one.wanted.item_id for one in seen]))
        )
    }
    counted = [
        one
        for one in seen
        if one.failure != OTHER_VERSION or stands.get(one.wanted.item_id) == one.wanted.mark
    ]  # fmt: skip
    day = clock.local(moment).date()
    ids = [one.wanted.item_id for one in counted]
    here = (AvailableDay.day == day, AvailableDay.item_id.in_(ids))
    known = len(session.scalars(select(AvailableDay.item_id).where(*here)).all())
    for column, part in (
        ("seen", [one for one in counted if not one.failure]),
        ("failed", [one for one in counted if one.failure]),
    ):
        rows = [
            {"day": day, "item_id": one.wanted.item_id, "seen": 0, "failed": 0, "last_at": moment, "note": one.failure}
            | {column: 1}
            for one in part
        ]
        if rows:
            insert_or_add(session, AvailableDay, rows, column)
    session.execute(update(AvailableDay).where(*here).values(last_at=moment))
    for one in counted:
        if one.failure:
            key = (AvailableDay.day == day, AvailableDay.item_id == one.wanted.item_id)
            session.execute(update(AvailableDay).where(*key).values(note=one.failure))
    return known < len(counted) or any(one.failure for one in counted)


class SeenOn(Protocol):
    """How an item was found on a day."""

    seen: int
    failed: int
    note: str


def of_days(first: date, last: date, rows: Mapping[date, SeenOn]) -> Availability | None:
    """How an item was available so far in its term from ``first`` to ``last``, of the days on which it was looked at;
    ``None`` when it never was."""
    if not rows:
        return None
    today = clock.today()
    # Today counts once it was looked at; until then it is not over and no gap.
    begun = min(last, today if today in rows else today - timedelta(days=1))
    span = [first + timedelta(days=n) for n in range((begun - first).days + 1)]
    gaps = tuple(_gap(day, rows.get(day)) for day in span if day not in rows or rows[day].failed)
    seen = sum(1 for day in span if day in rows and rows[day].seen)
    return Availability(seen, len(span), (last - first).days + 1, first, last, gaps)


def _gap(day: date, row: SeenOn | None) -> Gap:
    return Gap(day, row.seen + row.failed, row.failed, row.note) if row is not None else Gap(day, 0, 0, "")


def signed_of_item(
    session: Session, item_id: int, kind: str, begun: datetime | None, key: Ed25519PrivateKey
) -> dict[str, Any] | None:
    """How the item was available as signed facts: each day of its term that has begun, how often it was seen and not.

    ``None`` when it has no term or was never looked at.
    """
    days = term(session, kind, begun)
    if days is None:
        return None
    here = (AvailableDay.item_id == item_id, AvailableDay.day.between(*days))
    rows = {row.day: row for row in session.scalars(select(AvailableDay).where(*here))}
    found = of_days(*days, rows)
    if found is None:
        return None
    span = [found.first + timedelta(days=n) for n in range(found.days)]
    said = {
        "format": ITEM_FORMAT, "item": item_id, "first": found.first.isoformat(), "last": found.last.isoformat(),
        "of": found.of, "seen": found.seen, "days": [_counted(day, rows.get(day)) for day in span],
    }  # fmt: skip
    return said | {"signature": base64.b64encode(key.sign(canonical(said))).decode()}


def _counted(day: date, row: AvailableDay | None) -> dict[str, Any]:
    seen, failed, told = (row.seen, row.failed, row.note) if row is not None else (0, 0, "")
    return {"day": day.isoformat(), "seen": seen, "failed": failed, "note": told}


def months(session: Session) -> list[str]:
    """The months of which there is anything to report, newest first (``2026-11``)."""
    first, last = session.execute(select(func.min(AvailableDay.day), func.max(AvailableDay.day))).one()
    found = []
    while first is not None and last >= first.replace(day=1):
        found.append(f"{last:%Y-%m}")
        last = last.replace(day=1) - timedelta(days=1)
    return found


def report(session: Session, month: date, office: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The month as signed facts: of each item that had to stand, every day with how often it was seen and not.

    The signature (Ed25519, the log's key) is over the canonical JSON of all but itself. What is not
    public any more is named by its number only.
    """
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    query = (
        select(
            AvailableDay, Item.path, Item.title, queries.states_visible(tuple(sorted(BULLETIN.public))).label("open")
        )
        .join(Item, Item.id == AvailableDay.item_id)
        .where(AvailableDay.day >= month.replace(day=1), AvailableDay.day < following)
        .order_by(AvailableDay.item_id, AvailableDay.day)
    )
    items: dict[int, dict[str, Any]] = {}
    for row, path, title, shown in session.execute(query):
        facts = {"item": row.item_id, "path": path if shown else "", "title": title if shown else "", "days": []}
        items.setdefault(row.item_id, facts)["days"].append(_counted(row.day, row))
    said = {
        "format": FORMAT, "office": office, "month": f"{month:%Y-%m}", "closed": following <= clock.today(),
        "to": datetime.combine(following, time.min, clock.WARSAW).isoformat(), "items": list(items.values()),
        "key": notes.public_text(key.public_key()),
    }  # fmt: skip
    return said | {"signature": base64.b64encode(key.sign(canonical(said))).decode()}


__all__ = ["Availability", "Gap", "months", "note", "of_days", "report", "signed_of_item", "wanted"]
