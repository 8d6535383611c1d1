"""How the outbox keeps the index in step: ``search.index`` for one thing, ``search.rebuild`` for everything.

Both can be repeated at any point: a thing is read as it is now, and the index ends up saying the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.core.blobs import BlobStore, MissingBlob
from portal.core.documents import Document
from portal.core.errors import Permanent
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.core.program import Program
from search import actions, engines, sources
from search.extract import Extracted, extract
from search.index import Attachment, IndexUnavailable, SearchIndex
from search.sources import Loaded, Unread

log = structlog.get_logger(__name__)

_BROKEN = {"search.missing", "search.damaged", "search.outdated"}
"""What only a rebuild can heal; anything else is tried again."""


@dataclass(frozen=True)
class Outcome:
    """What came of indexing: texts read from files, and whether the whole index must be made anew."""

    texts: dict[int, Extracted] = field(default_factory=dict)
    broken: str = ""


def effects(program: Program) -> Sequence[Effect[Any, Any]]:
    """The effects of this package."""
    return (_index_effect(program), _rebuild_effect(program))


def _index_effect(program: Program) -> Effect[Loaded, Outcome]:
    def load(session: Session, payload: dict[str, Any]) -> Loaded:
        kind, key = str(payload["kind"]), str(payload["key"])
        if kind not in sources.SOURCES:
            raise Permanent(f"nobody registered the search source {kind}", code="search.source")
        return sources.load(session, kind, key)

    def call(_ports: Ports, loaded: Loaded) -> Outcome:
        return index_one(engines.of(program), program.blobs, loaded)

    def save(session: Session, _payload: dict[str, Any], outcome: Outcome) -> None:
        for number, found in outcome.texts.items():
            values = {"text": found.text.replace("\x00", ""), "text_note": found.note}
            session.execute(update(Document).where(Document.id == number, Document.text.is_(None)).values(values))
        if outcome.broken:
            actions.request_rebuild(session)

    return Effect(actions.INDEX, load, call, save)


def index_one(index: SearchIndex, blobs: BlobStore, loaded: Loaded) -> Outcome:
    """Put or take out one thing; first with what is known, then with the text of files read just now.

    A long file therefore never delays that its page is found, nor that a withdrawn one is gone.
    """
    try:
        if loaded.doc is None:
            index.delete([loaded.key])
            return Outcome()
        index.put([loaded.doc])
        texts = {one.document_id: _read(blobs, one) for one in loaded.unread}
        if any(found.pages for found in texts.values()):
            index.put([replace(loaded.doc, attachments=_with(loaded, texts))])
    except IndexUnavailable as problem:
        if problem.code not in _BROKEN:
            raise
        log.warning("search_index_unusable", code=problem.code, reason=problem.reason)
        return Outcome(broken=problem.code)
    return Outcome(texts)


def _read(blobs: BlobStore, file: Unread) -> Extracted:
    try:
        found = extract(blobs.get(file.sha256))
    except MissingBlob:
        found = Extracted((), "failed")
    if found.note != "ok":
        log.info("document_unread", document=file.document_id, note=found.note, kind=found.kind)
    return found


def _with(loaded: Loaded, texts: dict[int, Extracted]) -> tuple[Attachment, ...]:
    """The attachments with the new texts, exactly as the source will give them next time."""
    if loaded.doc is None:
        return ()
    pages = {n: tuple(t.text.split(sources.PAGE_BREAK)) if t.text else () for n, t in texts.items()}
    return tuple(
        replace(a, pages=pages[number]) if number in pages else a
        for a, number in zip(loaded.doc.attachments, loaded.numbers, strict=True)
    )


def _rebuild_effect(program: Program) -> Effect[bool, int]:
    def load(_session: Session, payload: dict[str, Any]) -> bool | None:
        done = actions.is_built(engines.of(program), datetime.fromisoformat(payload["asked"]))
        return None if done else True

    def call(_ports: Ports, _request: bool) -> int:
        return actions.rebuild(program.database, engines.of(program))

    def save(_session: Session, _payload: dict[str, Any], count: int) -> None:
        log.info("search_rebuilt", documents=count)

    return Effect(actions.REBUILD, load, call, save, attempts=50)


def ensure(session: Session, program: Program) -> None:
    """At the start of a worker: an index that is missing, damaged or made by another analyser is built anew."""
    index = engines.of(program)
    if not index.check().ok:
        actions.request_rebuild(session)
