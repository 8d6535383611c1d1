"""What can be done to the index: ask for a thing to be indexed, build everything anew, compare and repair."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.core import clock, outbox
from portal.core.db import Database
from portal.core.outbox import DUE, Job
from search import sources
from search.index import Doc, SearchIndex

INDEX, REBUILD = "search.index", "search.rebuild"
LANE, REBUILD_LANE = "search", "search.rebuild"
"""Two lanes: while a long rebuild runs, what is published or withdrawn still reaches the index at once."""
BATCH = 200

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


def request_index(session: Session, kind: str, key: str) -> None:
    """Bring the index in step with a thing after this transaction: it is put, or taken out when it may not be found."""
    job = f"{INDEX}:{kind}:{key}:{uuid.uuid4().hex[:12]}"
    outbox.enqueue(session, INDEX, job, {"kind": kind, "key": key}, lane=LANE)


def request_rebuild(session: Session) -> bool:
    """Ask the worker to build the whole index anew. Says whether that is news: one waiting job is enough."""
    waiting = select(exists().where(Job.topic == REBUILD, Job.state == DUE))
    if session.scalar(waiting):
        return False
    asked = clock.now().isoformat()
    return outbox.enqueue(session, REBUILD, f"{REBUILD}:{asked}", {"asked": asked}, lane=REBUILD_LANE)


def is_built(index: SearchIndex, asked: datetime) -> bool:
    """Is the index well and made since ``asked``?"""
    health = index.check()
    return health.ok and health.built_at is not None and health.built_at >= asked


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def rebuild(database: Database, index: SearchIndex, progress: Progress = _silent) -> int:
    """Fill a new index from all sources beside the old one, then let it answer. Returns how many documents.

    Each batch is read and written with other writers held off, so a change made meanwhile is never overwritten
    by what was read before it. Files nobody has read yet are read afterwards, by jobs of their own. Raises
    ``IndexUnavailable`` (``search.busy``) while another rebuild runs.
    """
    with database.reading() as session:
        keys = sources.all_keys(session)
    progress(0, len(keys))
    unread: list[tuple[str, str]] = []
    count = done = 0
    with index.rebuild() as filling:
        for batch in _batched(keys):
            count += filling.fill(partial(_load, database, batch, unread))
            done += len(batch)
            progress(done, len(keys))
    with database.transaction() as session:
        for kind, key in unread:
            request_index(session, kind, key)
    return count


def _batched(keys: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _load(database: Database, batch: list[tuple[str, str]], unread: list[tuple[str, str]]) -> list[Doc]:
    docs = []
    with database.reading() as session:
        for kind, key in batch:
            loaded = sources.load(session, kind, key)
            if loaded.doc is not None:
                docs.append(loaded.doc)
            if loaded.unread:
                unread.append((kind, key))
    return docs


@dataclass(frozen=True, slots=True)
class Report:
    """How the index differed from the database: keys it lacked, had differently, had though they may not be found."""

    documents: int
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()

    @property
    def in_step(self) -> bool:
        return not (self.missing or self.stale or self.surplus)


def check(database: Database, index: SearchIndex, *, repair: bool = False) -> Report:
    """Compare every document of the index with its source; ``repair`` what differs.

    Raises ``IndexUnavailable`` when there is nothing to compare with: then ``rebuild``.
    """
    indexed = dict(index.digests())
    with database.reading() as session:
        keys = sources.all_keys(session)
    missing, stale, seen = [], [], set[str]()
    for batch in _batched(keys):
        with database.reading() as session:
            loaded = [sources.load(session, kind, key) for kind, key in batch]
        docs = [one.doc for one in loaded if one.doc is not None]
        seen.update(doc.key for doc in docs)
        missing += [doc for doc in docs if doc.key not in indexed]
        stale += [doc for doc in docs if indexed.get(doc.key, doc.digest) != doc.digest]
    surplus = sorted(indexed.keys() - seen)
    report = Report(len(seen), tuple(d.key for d in missing), tuple(d.key for d in stale), tuple(surplus))
    if repair and not report.in_step:
        _repair(database, [*report.missing, *report.stale, *report.surplus])
    return report


def _repair(database: Database, keys: list[str]) -> None:
    """By the ordinary jobs, which read each thing once more: it may have changed since it was compared."""
    with database.transaction() as session:
        for key in keys:
            kind, _, own = key.partition(":")
            request_index(session, kind, own)
