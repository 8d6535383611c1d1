"""What can be done to the index: ask for a thing to be indexed, build everything anew, compare and repair."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from portal.core import clock, outbox
from portal.core.db import Database
from portal.core.outbox import DONE, DUE, Job
from search import sources
from search.index import Doc, SearchIndex

INDEX, READ, REBUILD = "search.index", "search.read", "search.rebuild"
MANY, HIDE = "search.index_many", "search.hide"
COMPARE, WATCH = "search.compare", "search.watch"
LANE, READ_LANE, REBUILD_LANE = "search", "search.read", "search.rebuild"
"""Three lanes: while long files are read or all is built anew, what is published or withdrawn is known at once."""
BATCH = 200

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


def request_index(session: Session, kind: str, key: str) -> None:
    """Bring the index in step with a thing after this transaction: it is put, or taken out when it may not be found."""
    job = f"{INDEX}:{kind}:{key}:{uuid.uuid4().hex[:12]}"
    outbox.enqueue(session, INDEX, job, {"kind": kind, "key": key}, lane=LANE)


def request_many(session: Session, kind: str, keys: Sequence[str], *, hide: bool = False) -> None:
    """As ``request_index`` for many things at once, part by part, so that what is published meanwhile need not wait.

    ``hide``: all of them are first taken out together, because fewer people may find them from now on. Only then are
    they put again: one after the other, however often taking out must be tried.
    """
    topic = HIDE if hide else MANY
    if keys:
        payload = {"kind": kind, "keys": list(keys)}
        outbox.enqueue(session, topic, f"{topic}:{kind}:{uuid.uuid4().hex}", payload, lane=LANE)


def request_read(session: Session, document_id: int, kind: str, key: str) -> None:
    """Have a file's text read, and then the thing that has it indexed again."""
    payload = {"document": document_id, "kind": kind, "key": key}
    outbox.enqueue(session, READ, f"{READ}:{document_id}:{kind}:{key}", payload, lane=READ_LANE)


def request_rebuild(session: Session) -> bool:
    """Ask the worker to build the whole index anew. Says whether that is news: one waiting job is enough."""
    waiting = select(exists().where(Job.topic == REBUILD, Job.state == DUE))
    if session.scalar(waiting):
        return False
    asked = clock.now().isoformat()
    return outbox.enqueue(session, REBUILD, f"{REBUILD}:{asked}", {"asked": asked}, lane=REBUILD_LANE)


def request_compare(session: Session, *, after: timedelta = timedelta(0)) -> bool:
    """Ask the worker to compare the index with the database and to repair it. Says whether that is news."""
    waiting = select(exists().where(Job.topic == COMPARE, Job.state == DUE))
    if session.scalar(waiting):
        return False
    now = clock.now()
    return outbox.enqueue(
        session, COMPARE, f"{COMPARE}:{now.isoformat()}", {}, lane=REBUILD_LANE, run_after=now + after
    )


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
        overtaken = list(session.scalars(select(Job.id).where(Job.topic == INDEX, Job.state == DUE)))
        keys = sources.all_keys(session)
    progress(0, len(keys))
    unread: list[tuple[int, str, str]] = []
    count = done = 0
    with index.rebuild() as filling:
        for batch in _batched(keys):
            count += filling.fill(partial(_load, database, batch, unread))
            done += len(batch)
            progress(done, len(keys))
    with database.transaction() as session:
        for document_id, kind, key in unread:
            request_read(session, document_id, kind, key)
        settle(session, overtaken)
    return count


def settle(session: Session, jobs: Sequence[int]) -> None:
    """What these jobs waited for has been written by the way: they have nothing left to do."""
    for start in range(0, len(jobs), BATCH):
        waiting = (Job.id.in_(jobs[start : start + BATCH]), Job.state == DUE)
        session.execute(update(Job).where(*waiting).values(state=DONE, ended_at=clock.now()))


def _batched(keys: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _load(database: Database, batch: list[tuple[str, str]], unread: list[tuple[int, str, str]]) -> list[Doc]:
    docs = []
    with database.reading() as session:
        for kind, key in batch:
            loaded = sources.load(session, kind, key)
            if loaded.doc is not None:
                docs.append(loaded.doc)
            unread.extend((file.document_id, kind, key) for file in loaded.unread)
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
