"""Is the Bulletin in the database still what its public log says? For ``wrota verify``: every leaf is looked at.

A leaf against its own hash; the version it is about against the digest; when the version and the item say they were
made available against the moment of their first leaf; the whole, and the moments, against every signed checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import leaves, merkle, tree
from bip.digests import digest, leaf_data
from bip.models import BulletinCheckpoint, BulletinLeaf
from portal.content.models import Item, ItemVersion

Reading = Callable[[], AbstractContextManager[Session]]
BATCH = 1000
PUBLISHED = "published"
DISORDER = timedelta(hours=1)
"""Longer than any act of publication: its leaf takes its moment after the version took its own."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold: a code with a sentence (``verify.bulletin.<code>``), the leaf or size, the item."""

    code: str
    place: int
    item: int = 0


def faults(reading: Reading) -> Iterator[Fault]:
    """Everything that does not hold, in the order of the log. Read in parts, however long the log is."""
    with reading() as session:
        size, signed = tree.size(session), {row.size: row for row in session.scalars(select(BulletinCheckpoint))}
        stored = tree.root(session, size).hex()
    tip, last, known, since = merkle.Range(), -1, _Known(set(), set()), _START
    while True:
        with reading() as session:
            rows = session.scalars(
                select(BulletinLeaf).where(BulletinLeaf.position > last).order_by(BulletinLeaf.position).limit(BATCH)
            ).all()
            found = list(_part(session, rows, known))
        if not rows:
            break
        for row in rows:
            if row.position != last + 1:
                yield Fault("leaf_gone", last + 1)
            if row.at < since - DISORDER:
                yield Fault("order", row.position, row.item_id)
            tip.append(bytes.fromhex(row.hash))
            last = row.position
            if last + 1 in signed:
                since = max(since, signed[last + 1].at)
                if signed[last + 1].root != tip.root().hex():
                    yield Fault("checkpoint", last + 1)
        yield from found
    if last + 1 < max(size, *signed, 0):
        yield Fault("leaf_gone", last + 1)
    elif size == last + 1 and tip.root().hex() != stored:
        yield Fault("nodes", size)


_START = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """Versions and items whose first leaf was met."""

    versions: set[int]
    items: set[int]


def _part(session: Session, rows: Sequence[BulletinLeaf], known: _Known) -> Iterator[Fault]:
    ids, items = {row.version_id for row in rows}, {row.item_id for row in rows}
    versions = {row.id: row for row in session.scalars(select(ItemVersion).where(ItemVersion.id.in_(ids)))}
    began = {row.id: row.published_at for row in session.execute(_BEGAN.where(Item.id.in_(items)))}
    files = leaves.files_of_all(session, ids)
    for row in rows:
        version = versions.get(row.version_id or 0)
        if version is None:
            yield Fault("version_gone", row.position, row.item_id)
            continue
        facts = (row.position, row.act, row.item_id, version.number, row.at, row.path, row.digest)
        if merkle.leaf_hash(leaf_data(*facts)).hex() != row.hash:
            yield Fault("leaf", row.position, row.item_id)
        if row.salt and digest(row.salt, leaves.content(version, files[version.id], row.form)) != row.digest:
            yield Fault("content", row.position, row.item_id)
        if row.act == PUBLISHED and any(
            abs(moment - row.at) > DISORDER for moment in _told(row, version, began, known)
        ):
            yield Fault("published_at", row.position, row.item_id)


_BEGAN = select(Item.id, Item.published_at)


def _told(
    row: BulletinLeaf, version: ItemVersion, began: dict[int, datetime | None], known: _Known
) -> Iterator[datetime]:
    """The moments that must be those of this leaf: the version's and the item's, when it is the first about them."""
    moments: list[datetime | None] = []
    if row.act != PUBLISHED:
        return iter(())
    if version.id not in known.versions:
        known.versions.add(version.id)
        moments.append(version.published_at)
    if row.item_id not in known.items:
        known.items.add(row.item_id)
        moments.append(began.get(row.item_id))
    return (moment for moment in moments if moment is not None)
