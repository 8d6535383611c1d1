"""Carried out by the worker: looking into files, and making redacted copies, each in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import acts, earlier, versions
from portal.content.models import Item, ItemVersion
from portal.content.personal import detect, process, review
from portal.content.personal.asking import CHECK, REDACT, request_check, whole_pages
from portal.content.personal.models import DONE, FAILED, WAITING, Decision, FileCheck, Redaction
from portal.content.personal.process import Answer
from portal.content.personal.review import KEEP, Finding
from portal.content.workflow import REVIEW, ReviewOf
from portal.core import actors, clock, documents, events
from portal.core.blobs import BlobStore, MissingBlob
from portal.core.documents import Document
from portal.core.errors import DomainError, OutsideError
from portal.core.outbox import Effect
from portal.core.ports import Ports


@dataclass(frozen=True, slots=True)
class Work:
    """A redaction to be made."""

    sha256: str
    targets: list[Any]


@dataclass(frozen=True, slots=True)
class Made:
    """The copy, as stored, and what it is found to hold in its turn."""

    answer: Answer
    sha256: str = ""
    size: int = 0
    again: Answer | None = None


def effects(blobs: BlobStore) -> list[Effect[Any, Any]]:
    """The effects of this room."""

    def look(_ports: Ports, sha256: str) -> Answer:
        try:
            return _found(process.ask("inspect", blobs.get(sha256)))
        except MissingBlob:
            return Answer("broken")

    def make(_ports: Ports, work: Work) -> Made:
        answer = process.ask("redact", blobs.get(work.sha256), targets=work.targets)
        if answer.note != "ok" or not answer.made:
            return Made(answer)
        return Made(answer, blobs.put(answer.made), len(answer.made), _found(process.ask("inspect", answer.made)))

    return [
        Effect(CHECK, _load_check, look, _save_check, attempts=3, gave_up=_check_failed),
        Effect(REDACT, _load_redaction, make, _Saver(blobs), attempts=3, gave_up=_redaction_failed),
    ]


def _found(answer: Answer) -> Answer:
    """The answer with what is found in each piece: looked for once, not at every opening of the page."""
    for piece in (answer.facts or {}).get("pieces", []):
        found = detect.find(piece["text"])
        piece |= {
            "found": [[one.start, one.end, one.kind, one.subject, one.public] for one in found],
            "rules": detect.VERSION,
        }
    return answer


def _load_check(session: Session, payload: dict[str, Any]) -> str | None:
    row = session.get(FileCheck, payload["sha256"])
    return row.sha256 if row is not None and row.state == WAITING else None


def _save_check(session: Session, payload: dict[str, Any], answer: Answer) -> None:
    _note(session.get_one(FileCheck, payload["sha256"]), answer)


def _note(row: FileCheck, answer: Answer) -> None:
    row.state = DONE if answer.note == "ok" else FAILED
    row.note, row.kind, row.checked_at = "" if row.state == DONE else answer.note, answer.kind, clock.now()
    row.pieces = list((answer.facts or {}).get("pieces", []))


def _check_failed(session: Session, payload: dict[str, Any], _state: str, _error: OutsideError) -> None:
    _note(session.get_one(FileCheck, payload["sha256"]), Answer("broken"))


def _load_redaction(session: Session, payload: dict[str, Any]) -> Work | None:
    row = session.get(Redaction, payload["redaction"])
    if row is None or row.state != WAITING:
        return None
    return Work(session.get_one(Document, row.original_id).sha256, list(row.targets))


def _redaction_failed(session: Session, payload: dict[str, Any], _state: str, _error: OutsideError) -> None:
    row = session.get_one(Redaction, payload["redaction"])
    row.state, row.note = FAILED, "broken"


def _beyond(targets: list[Any], made: Made) -> set[int]:
    """The pages with boxes that the file does not have: nothing was painted there."""
    again = (made.again.facts if made.again is not None else None) or {}
    known = {int(piece.get("number") or 0) for piece in again.get("pieces", []) if piece.get("place") == "page"}
    return {int(one["number"]) for one in targets if "box" in one} - known


class _Saver:
    """Keeps the copy as a document and puts it in the working copy in place of the original."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def __call__(self, session: Session, payload: dict[str, Any], made: Made) -> None:
        row = session.get_one(Redaction, payload["redaction"])
        # Whoever saves the page at this moment is waited for, or what they wrote would be missing from the new copy.
        session.refresh(session.get_one(Item, row.item_id), with_for_update=True)
        row.made_at = clock.now()
        if not made.sha256 or made.again is None:
            row.state, row.note = FAILED, made.answer.note
            return
        if _beyond(row.targets, made):
            row.state, row.note = FAILED, "no_page"
            return
        actor = actors.system_for(row.asked_by)
        original = session.get_one(Document, row.original_id)
        copy = documents.store(
            session, self._blobs, actor, data=made.answer.made, name=original.name, origin="redacted",
            content_type=original.content_type,
        )  # fmt: skip
        row.state, row.copy_id, row.report = DONE, copy.id, dict((made.answer.facts or {}).get("report", {}))
        request_check(session, copy.id)
        session.flush()
        _note(session.get_one(FileCheck, copy.sha256), made.again)
        item = session.get_one(Item, row.item_id)
        _carry_over(session, item, original, copy, painted=whole_pages(row.targets))
        facts = {"original": original.id, "copy": copy.id, "places": len(row.targets), "sha256": copy.sha256}
        events.record(session, actor, "content.file_redacted", [item.ref, original.ref, copy.ref], data=facts)
        try:
            _swap(session, item, row, original.id, copy.id)
        except DomainError:
            row.note = "not_attached"


def _swap(session: Session, item: Item, row: Redaction, original: int, copy: int) -> None:
    """A new working copy of the page with the redacted file in place of the original, if that still stands there."""
    last = versions.latest_id(item)
    if item.binned_at is not None or last is None:
        return
    files = versions.files_of(session, last)
    if original not in {file.document_id for file in files}:
        row.note = "not_attached"
        return
    actor = actors.system_for(row.asked_by)
    before = session.get_one(ItemVersion, last)
    swapped = [versions.Attachment(copy if f.document_id == original else f.document_id, f.title) for f in files]
    REVIEW.fire(ReviewOf(item), "save")
    made = versions.add(
        session, actor, item, title=before.title, summary=before.summary, body=before.body, fields=dict(before.fields),
        files=swapped, reason=before.reason,
    )  # fmt: skip
    # A person asked for this state and answers for it: the gate asks about it as about their own.
    made.created_by, made.author = before.created_by or row.asked_by, made.author or before.author
    acts.changed(session, actor, item, "saved", visible=False, data={"number": made.number})
    earlier.close(session, actor, item, follow=before.id)


def _carry_over(session: Session, item: Item, original: Document, copy: Document, *, painted: set[int]) -> None:
    """What was decided to stay in the original stays decided in the copy, though the words around it have changed.

    ``painted``: the pages that are black from edge to edge; there is nothing to see on them. Any other page that
    nobody can read for the editor is asked about, unless it was decided on itself.
    """
    kept: dict[Any, Decision] = {}
    for finding in _findings(session, item, original):
        if finding.decision is not None and finding.decision.act == KEEP:
            kept.setdefault(_subject(finding), finding.decision)
    for finding in _findings(session, item, copy):
        said = kept.get(_subject(finding))
        black = finding.kind == "picture" and finding.place == "page" and finding.number in painted
        if finding.decision is None and (said or black):
            reason = said.reason if said else "false_alarm"
            by = said.made_by if said else None
            session.add(
                Decision(
                    item_id=item.id, source=copy.sha256, mark=finding.mark, act=KEEP, reason=reason, made_by=by,
                    made_at=clock.now(),
                )
            )  # fmt: skip
            session.flush()


def _subject(finding: Finding) -> tuple[Any, ...]:
    """Whom or what a decision is about: a picture's is about its own page only."""
    return (finding.group, finding.place, finding.number) if finding.kind == "picture" else (finding.group,)


def _findings(session: Session, item: Item, document: Document) -> list[Finding]:
    row = session.get(FileCheck, document.sha256)
    rows = session.scalars(select(Decision).where(Decision.item_id == item.id, Decision.source == document.sha256))
    decided = {one.mark: one for one in rows}
    found = [
        f for piece in review.pieces_of(document.sha256, row.pieces if row else []) for f in review.findings(piece)
    ]
    unique = {finding.mark: finding for finding in found}
    return [review.decided(finding, decided.get(mark)) for mark, finding in unique.items()]
