"""How the outbox keeps the index in step: ``search.index`` for one thing, ``search.read`` for the text of a file,
``search.rebuild`` for everything.

Both can be repeated at any point: a thing is read as it is now, and the index ends up saying the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.blobs import BlobStore, MissingBlob
from portal.core.documents import Document
from portal.core.errors import OutsideError, Permanent
from portal.core.outbox import DUE, Effect, Job
from portal.core.ports import Ports
from portal.core.program import Program
from search import actions, engines, sources, upkeep
from search.extract import Extracted, extract
from search.index import IndexUnavailable, SearchIndex
from search.sources import Loaded

log = structlog.get_logger(__name__)

_BROKEN = {"search.missing", "search.damaged", "search.outdated"}
"""What only a rebuild can heal; anything else is tried again."""


def effects(program: Program) -> Sequence[Effect[Any, Any]]:
    """The effects of this package."""
    own = (_index_effect, _many_effect, _hide_effect, _read_effect, _rebuild_effect)
    return (*(one(program) for one in own), *upkeep.effects(program))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of indexing: the things as they were put, and why the whole index must be made anew, if it must."""

    loaded: Sequence[Loaded]
    broken: str = ""


def _index_effect(program: Program) -> Effect[Sequence[Loaded], Outcome]:
    """One thing, and whatever waits behind it: each write of the index costs the same for one and for many."""

    def load(session: Session, payload: dict[str, Any]) -> Sequence[Loaded]:
        waiting = _waiting(session)
        first = _loaded(session, str(payload["kind"]), str(payload["key"]))
        found = {first.key: first}
        for number, kind, key in waiting:
            index_key = sources.index_key(kind, key)
            known = found.get(index_key) or sources.load(session, kind, key)
            found[index_key] = replace(known, jobs=(*known.jobs, number))
        return list(found.values())

    def save(session: Session, _payload: dict[str, Any], outcome: Outcome) -> None:
        _ask_for_more(session, outcome)
        actions.settle(session, [number for one in outcome.loaded for number in one.jobs])

    return Effect(actions.INDEX, load, partial(_put, program), save, gave_up=_gave_up)


def _many_effect(program: Program) -> Effect[Sequence[Loaded], Outcome]:
    """The first part of many things; the rest is a new job, behind whatever was asked for meanwhile."""

    def load(session: Session, payload: dict[str, Any]) -> Sequence[Loaded]:
        kind = str(payload["kind"])
        return [_loaded(session, kind, str(key)) for key in payload["keys"][: actions.BATCH]]

    def save(session: Session, payload: dict[str, Any], outcome: Outcome) -> None:
        _ask_for_more(session, outcome)
        actions.request_many(session, str(payload["kind"]), payload["keys"][actions.BATCH :])

    return Effect(actions.MANY, load, partial(_put, program), save, gave_up=_gave_up)


def _hide_effect(program: Program) -> Effect[Sequence[Loaded], Outcome]:
    """Many things at once are found by nobody, until they are put again with what holds of them now."""

    def load(_session: Session, payload: dict[str, Any]) -> Sequence[Loaded]:
        return [Loaded(sources.index_key(str(payload["kind"]), str(key)), None) for key in payload["keys"]]

    def save(session: Session, payload: dict[str, Any], outcome: Outcome) -> None:
        _ask_for_more(session, outcome)
        actions.request_many(session, str(payload["kind"]), payload["keys"])

    return Effect(actions.HIDE, load, partial(_put, program), save, gave_up=_gave_up)


def _loaded(session: Session, kind: str, key: str) -> Loaded:
    if kind not in sources.SOURCES:
        raise Permanent(f"nobody registered the search source {kind}", code="search.source")
    return sources.load(session, kind, key)


def _put(program: Program, _ports: Ports, loaded: Sequence[Loaded]) -> Outcome:
    return index_all(engines.of(program), loaded)


def _waiting(session: Session) -> list[tuple[int, str, str]]:
    """Number, kind and key of jobs like this one that could run now and were never tried.

    Of one that failed before, nobody knows whether it can be written: it must not take others with it again.
    """
    query = select(Job.id, Job.payload).where(
        Job.topic == actions.INDEX, Job.state == DUE, Job.attempts == 0, Job.run_after <= clock.now()
    )
    rows = session.execute(query.order_by(Job.run_after, Job.id).limit(actions.BATCH)).all()
    named = [(row.id, str(row.payload["kind"]), str(row.payload["key"])) for row in rows]
    return [one for one in named if one[1] in sources.SOURCES]


def _ask_for_more(session: Session, outcome: Outcome) -> None:
    for one in outcome.loaded:
        kind, _, key = one.key.partition(":")
        for file in one.unread:
            actions.request_read(session, file.document_id, kind, key)
    if outcome.broken:
        actions.request_rebuild(session)


def _gave_up(session: Session, _payload: dict[str, Any], _state: str, _error: OutsideError) -> None:
    # Whatever kept it from being written for so long, the comparison finds what is missing once it is over.
    actions.request_compare(session, after=upkeep.REST)


def index_all(index: SearchIndex, loaded: Sequence[Loaded]) -> Outcome:
    """Put or take out things, with what is known of them now. Files nobody has read are read by jobs of their own.

    A long file therefore never delays that its page is found, nor that a withdrawn one is gone.
    """
    gone = [one.key for one in loaded if one.doc is None]
    docs = [one.doc for one in loaded if one.doc is not None]
    try:
        if gone:
            index.delete(gone)
        if docs:
            index.put(docs)
    except IndexUnavailable as problem:
        if problem.code not in _BROKEN:
            raise
        log.warning("search_index_unusable", code=problem.code, reason=problem.reason)
        return Outcome(loaded, broken=problem.code)
    return Outcome(loaded)


def _read_effect(program: Program) -> Effect[str, Extracted | None]:
    """Read the text of a file in a limited process, then bring the index in step with the thing that has it."""

    def load(session: Session, payload: dict[str, Any]) -> str | None:
        row = session.execute(select(Document.sha256, Document.text).where(Document.id == payload["document"])).first()
        if row is None:
            return None
        return "" if row.text is not None else str(row.sha256)

    def call(_ports: Ports, sha256: str) -> Extracted | None:
        return _read(program.blobs, sha256) if sha256 else None

    def save(session: Session, payload: dict[str, Any], found: Extracted | None) -> None:
        number = payload["document"]
        if found is not None:
            values = {"text": found.text.replace("\x00", ""), "text_note": found.note}
            session.execute(update(Document).where(Document.id == number, Document.text.is_(None)).values(values))
            if found.note not in ("ok", "ocr"):
                log.info("document_unread", document=number, note=found.note, kind=found.kind)
        actions.request_index(session, str(payload["kind"]), str(payload["key"]))

    return Effect(actions.READ, load, call, save)


def _read(blobs: BlobStore, sha256: str) -> Extracted:
    try:
        return extract(blobs.get(sha256))
    except MissingBlob:
        return Extracted((), "failed")


def _rebuild_effect(program: Program) -> Effect[bool, int]:
    def load(_session: Session, payload: dict[str, Any]) -> bool | None:
        done = actions.is_built(engines.of(program), datetime.fromisoformat(payload["asked"]))
        return None if done else True

    def call(_ports: Ports, _request: bool) -> int:
        index = engines.of(program)
        count = actions.rebuild(program.database, index)
        upkeep.remember(program, index)
        return count

    def save(_session: Session, _payload: dict[str, Any], count: int) -> None:
        log.info("search_rebuilt", documents=count)

    return Effect(actions.REBUILD, load, call, save, attempts=50)
