"""Exclusions of openness that are in force, for the public list of them, and their lines in the register of changes.

A row for each exclusion of each public version, made when it is published and again whenever its facts change; it
names the ground and the day it began, so that they are counted without reading texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, literal, select, tuple_
from sqlalchemy.orm import Session

from bip import exclusions
from bip.exclusions import Exclusion
from bip.journal import EXCLUDED
from bip.models import BulletinExclusion
from bip.types import JOURNAL
from portal.content import acts, checks, queries, types
from portal.content.acts import PublicChange
from portal.content.checks import Finding, Written
from portal.content.models import Item, ItemVersion
from portal.content.workflow import ARCHIVED, PUBLISHED, RETIRED
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.db import Moment

READABLE = tuple(sorted((PUBLISHED, ARCHIVED, RETIRED)))
ORDER = (BulletinExclusion.since, BulletinExclusion.version_id, BulletinExclusion.number)
"""The newest first, when turned round."""
DISCLOSED, CHANGED = "bip.disclosed", "bip.exclusion_changed"


def note(session: Session, actor: Actor, change: PublicChange) -> None:
    """Keep the list true when an item is published or erased; what was withheld or disclosed stands in the register."""
    version = change.version
    if version is None or change.act not in ("published", "erased"):
        return
    if types.of(change.item.type).family.journal != JOURNAL or version.id != change.item.live_version_id:
        return
    former = session.scalar(
        select(BulletinExclusion.version_id).where(BulletinExclusion.item_id == change.item.id).limit(1)
    )
    before = taken_out(session, change.item.id)
    now = exclusions.of_fields(version.fields)
    keep(session, version, now, {key: before[key] for key in before}, clock.now())
    if change.act == "published":
        numbers = {one.number for one in now}
        known = {number for number, _ in before}
        _tell(session, actor, change.item, version, EXCLUDED, sorted(numbers - known))
        _tell(session, actor, change.item, version, CHANGED, _changed(session, former, now))
        _tell(session, actor, change.item, version, DISCLOSED, sorted(known - numbers))


def taken_out(session: Session, item_id: int) -> dict[tuple[int, str], datetime]:
    """Take the item's rows out of the list: number and ground of each → since when."""
    here = BulletinExclusion.item_id == item_id
    before = {(row.number, row.ground): row.since for row in session.scalars(select(BulletinExclusion).where(here))}
    session.execute(delete(BulletinExclusion).where(here))
    return before


_TOLD = ("ground", "scope", "made_by", "interest", "basis", "place", "file", "pages")
"""What everyone reads of an exclusion (UDIP art. 8(5))."""


def _changed(session: Session, former: int | None, now: Sequence[Exclusion]) -> list[int]:
    """Of the exclusions that stood in the version ``former`` too those of which something else is said now."""
    if former is None or not now:
        return []
    fields = session.scalar(select(ItemVersion.fields).where(ItemVersion.id == former))
    said = {one.number: one for one in exclusions.of_fields(dict(fields or {}))}
    both = [(one, said[one.number]) for one in now if one.number in said]
    return sorted(one.number for one, was in both if any(getattr(one, n) != getattr(was, n) for n in _TOLD))


def keep(
    session: Session,
    version: ItemVersion,
    found: Sequence[Exclusion],
    since: dict[tuple[int, str], datetime],
    now: datetime,
) -> None:
    """The rows of a version; an exclusion that stood before keeps its first day."""
    for one in found:
        first = since.get((one.number, one.ground), now)
        session.add(
            BulletinExclusion(
                version_id=version.id, number=one.number, item_id=version.item_id, ground=one.ground, since=first,
                year=clock.local(first).year,
            )
        )  # fmt: skip


def _tell(session: Session, actor: Actor, item: Item, version: ItemVersion, verb: str, numbers: Sequence[int]) -> None:
    if numbers:
        facts = {"type": item.type, "version": version.id, "number": version.number, "exclusions": list(numbers)}
        events.record(session, actor, verb, acts.refs(item), audience="public", data=facts)


def gone(written: Written) -> Iterator[Finding]:
    """What an editor is told while writing: an exclusion has lost its place in the text."""
    for one in exclusions.missing(exclusions.of_fields(dict(written.fields)), written.body):
        yield Finding("exclusion_gone", checks.SHOULD, "", {"number": one.number, "scope": one.scope})


@dataclass(frozen=True, slots=True)
class Withheld:
    """An exclusion in force and the item it belongs to."""

    item_id: int
    path: str
    title: str
    version: int
    published_at: datetime
    since: datetime
    what: Exclusion


def query(*, ground: str = "", year: int | None = None) -> Select[Any]:
    """The exclusions in force that everyone may know of, without an order (``ORDER`` is it)."""
    asked = (
        select(
            BulletinExclusion.since, BulletinExclusion.version_id, BulletinExclusion.number, Item.id, Item.path,
            Item.title, ItemVersion.number.label("version"), ItemVersion.published_at, ItemVersion.fields,
        )
        .join(Item, Item.live_version_id == BulletinExclusion.version_id)
        .join(ItemVersion, ItemVersion.id == BulletinExclusion.version_id)
        .where(queries.states_visible(READABLE))
    )  # fmt: skip
    if ground:
        asked = asked.where(BulletinExclusion.ground == ground)
    return asked if year is None else asked.where(BulletinExclusion.year == year)


def before(since: datetime, version_id: int, number: int) -> ColumnElement[bool]:
    """Those that come after the given one in the list."""
    given = (literal(since, Moment()), literal(version_id), literal(number))
    return tuple_(*ORDER) < tuple_(*given)


def told(rows: Sequence[Any]) -> list[Withheld]:
    """Rows of ``query`` with their facts."""
    found = []
    for row in rows:
        for one in exclusions.of_fields(dict(row.fields)):
            if one.number == row.number:
                found.append(Withheld(row.id, row.path, row.title, row.version, row.published_at, row.since, one))
    return found


def counts(session: Session) -> dict[tuple[str, int], int]:
    """(ground, year) → how many exclusions in force began then."""
    asked = (
        select(BulletinExclusion.ground, BulletinExclusion.year, func.count())
        .join(Item, Item.live_version_id == BulletinExclusion.version_id)
        .where(queries.states_visible(READABLE))
        .group_by(BulletinExclusion.ground, BulletinExclusion.year)
    )
    return {(ground, year): number for ground, year, number in session.execute(asked)}
