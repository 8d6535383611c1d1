"""What is asked of the worker: look into a file, make a redacted copy of it; and files under another name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content.models import ItemFile
from portal.content.personal.models import FAILED, WAITING, FileCheck, Redaction
from portal.core import clock, events, outbox
from portal.core.actors import Actor
from portal.core.db import insert_or_ignore
from portal.core.documents import Document
from portal.core.errors import Conflict

CHECK, REDACT = "personal.check", "personal.redact"
WHOLE = (0.0, 0.0, 100.0, 100.0)
"""The box (left, top, width, height in per cent) of all of a page."""
LANE = "files"
"""One file at a time: reading takes memory."""


def request_check(session: Session, document_id: int) -> None:
    """Ask for the file to be looked into, once for the same bytes; one whose reading timed out is tried again."""
    sha256 = session.scalar(select(Document.sha256).where(Document.id == document_id))
    if sha256 is None:
        return
    row = {"sha256": sha256, "state": WAITING, "note": "", "kind": "", "pieces": []}
    if insert_or_ignore(session, FileCheck, row):
        outbox.enqueue(session, CHECK, f"{CHECK}:{sha256}", {"sha256": sha256}, lane=LANE)
        return
    known = session.get(FileCheck, sha256)
    if known is not None and known.state == FAILED and known.note == "timeout":
        known.state, known.note = WAITING, ""
        outbox.enqueue(session, CHECK, f"{CHECK}:{sha256}", {"sha256": sha256}, lane=LANE, again=True)


def request_unasked(session: Session, version_id: int) -> None:
    """Ask for the files beside a version that was taken over from elsewhere: a person goes on with it."""
    for document_id in session.scalars(select(ItemFile.document_id).where(ItemFile.version_id == version_id)).all():
        request_check(session, document_id)


def whole_pages(targets: Iterable[Mapping[str, Any]]) -> set[int]:
    """The pages that a redaction's targets paint from edge to edge."""
    return {int(one["number"]) for one in targets if tuple(one.get("box") or ()) == WHOLE}


def require_idle(session: Session, item_id: int, document: Document) -> None:
    """Raise ``Conflict`` while a copy of the file is being made: of two made of one original only the first would be
    put in its place."""
    waiting = select(Redaction.id).where(
        Redaction.item_id == item_id, Redaction.original_id == document.id, Redaction.state == WAITING
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise Conflict("personal.still_painting", name=document.name)


def renamed(session: Session, actor: Actor, document: Document, name: str) -> int:
    """The same bytes as a document of another name; the number of it."""
    fresh = Document(
        sha256=document.sha256, size=document.size, content_type=document.content_type, name=name,
        origin=document.origin, created_at=clock.now(), created_by=actor.user_id, text=document.text,
        text_note=document.text_note,
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    facts = {"sha256": fresh.sha256, "size": fresh.size}
    events.record(session, actor, "document.stored", [fresh.ref], audience="system", data=facts)
    return fresh.id
