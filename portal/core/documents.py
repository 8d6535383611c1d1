"""Documents: immutable files with a name, a type found from their content, and a hash in the event log."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import filetype
from sqlalchemy import ForeignKey, String, cast, exists, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import clock, events, outbox, xml
from portal.core.actors import Actor
from portal.core.blobs import BlobStore, MissingBlob, sha256
from portal.core.db import Base
from portal.core.errors import Invalid

MAX_NAME = 200
SCAN = "content.scan_file"
"""Topic of the job that looks for viruses; payload: ``document``."""
WAITING, CLEAN, INFECTED, UNSCANNED = "waiting", "clean", "infected", "unscanned"
QUARANTINED = (WAITING, INFECTED, UNSCANNED)
"""Results of the look for viruses under which nobody gets a file."""
SCANNED = "scan_files"
"""The key of ``Database.info`` that makes every file from outside wait for the look for viruses."""
_OWN = frozenset({"made"})


class Document(Base):
    """One immutable file. The same bytes may stand under several names; they are kept once.

    ``origin`` says how it came (``form``, ``epuap``, ``counter``, ``made``); ``text`` is what could be read
    of it, ``text_note`` why nothing could; ``signatures`` what is known of the signatures inside.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    origin: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str | None]
    text_note: Mapped[str] = mapped_column(String(20), default="")
    signatures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scan: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """Of the look for viruses: empty (none asked for), ``waiting``, ``clean``, ``infected``, ``unscanned`` (the
    scanner does not take it; ``scan_note`` is the code of why)."""
    scan_note: Mapped[str] = mapped_column(String(100), default="", server_default="")

    @property
    def ref(self) -> str:
        return events.ref("document", self.id)


def clean_name(name: str) -> str:
    """A file name that is safe to show and to save: no folders, no control or direction-changing characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip(" .")
    if len(name) <= MAX_NAME:
        return name or "plik"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else name[:MAX_NAME]


def content_type_of(data: bytes, name: str = "") -> str:
    """The content type by content; the name decides only among plain texts, which have no mark of their own."""
    guess = filetype.guess_mime(data)
    if guess:
        return _refine_zip(data, guess)
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if head.startswith(b"<"):
        return _xml_kind(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if not _is_old_text(data, name):
            return "application/octet-stream"
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"


def _is_old_text(data: bytes, name: str) -> bool:
    """Whether it can be a text from before UTF-8 (CP-1250, ISO 8859-2): called one, and without control characters."""
    control = bytes(code for code in range(32) if chr(code) not in "\t\n\f\r")
    return name.lower().endswith((".txt", ".csv")) and not set(control).intersection(data)


def _xml_kind(data: bytes) -> str:
    try:
        _, root = xml.root_name(data)
    except xml.UnsafeXml:
        return "text/plain"
    return "image/svg+xml" if root.lower() == "svg" else "application/xml"


_OPEN_DOCUMENT = {
    b"mimetypeapplication/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}


def _refine_zip(data: bytes, guess: str) -> str:
    if guess == "application/zip":
        for mark, kind in _OPEN_DOCUMENT.items():
            if mark in data[:200]:
                return kind
    return str(guess)


def store(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    *,
    data: bytes,
    name: str,
    origin: str,
    content_type: str = "",
    allow_empty: bool = False,
) -> Document:
    """Keep ``data`` as a new document and note its hash in the event log.

    Where a scanner is configured, what we did not make ourselves waits until it was looked at, whichever way it came.
    Raises ``Invalid("document.empty")`` for zero bytes, unless ``allow_empty`` (what others sent us is kept as it is).
    """
    if not data and not allow_empty:
        raise Invalid("document.empty", name=name)
    digest = blobs.put(data)
    document = Document(
        sha256=digest,
        size=len(data),
        content_type=content_type or content_type_of(data, name),
        name=clean_name(name),
        origin=origin,
        created_at=clock.now(),
        created_by=actor.user_id,
        text=None,
    )
    session.add(document)
    session.flush()
    facts = {"sha256": digest, "size": len(data)}
    events.record(session, actor, "document.stored", [document.ref], audience="system", data=facts)
    if origin not in _OWN and session.info.get(SCANNED):
        await_scan(session, document)
    return document


def await_scan(session: Session, document: Document) -> None:
    """Put the document in quarantine until the worker has looked at it; one it could not look at, once more."""
    document.scan, document.scan_note = WAITING, ""
    key = f"{SCAN}:{document.id}"
    outbox.enqueue(session, SCAN, key, {"document": document.id}, lane="scan", again=True)


def quarantined(session: Session, sums: Iterable[str]) -> set[str]:
    """Of these SHA-256 sums those under which nobody gets a file: all documents with these bytes are held back."""
    wanted = set(sums)
    free = select(Document.sha256).where(Document.sha256.in_(wanted), Document.scan.not_in(QUARANTINED))
    held = select(Document.sha256).where(Document.sha256.in_(wanted), Document.scan.in_(QUARANTINED))
    return set(session.scalars(held)) - set(session.scalars(free))


ERASED = "erased"
"""The note of a document whose bytes had to go."""


def forget(session: Session, actor: Actor, document: Document) -> None:
    """Erase what is known of a document that the law orders erased; its number and hash stay, the log says why."""
    document.name, document.text, document.text_note, document.signatures = ERASED, None, ERASED, {}
    document.scan_note = ""
    events.record(session, actor, "document.erased", [document.ref], audience="system", data={})


def in_use(session: Session, sums: Collection[str]) -> set[str]:
    """Of ``sums``, those under which a document that was not erased still stands."""
    query = select(Document.sha256).where(Document.sha256.in_(sums), Document.text_note != ERASED)
    return set(session.scalars(query))


def erased(session: Session) -> set[int]:
    """The documents whose erasure the log records."""
    query = select(events.Event.refs).where(events.Event.verb == "document.erased")
    return {int(refs[0].split(":")[1]) for refs in session.scalars(query)}


@dataclass(frozen=True, slots=True)
class Damage:
    """A document that is not what it was.

    ``missing`` or ``changed`` bytes, a ``row`` that departs from the log, ``unrecorded``: the log does not know it.
    """

    document_id: int
    what: str


def damaged(session: Session, blobs: BlobStore) -> Iterator[Damage]:
    """Compare every stored document with the event that recorded its hash, and its bytes with that hash.

    The bytes of one that was erased by law may be gone; nothing else of it may be otherwise.
    """
    gone = erased(session)
    stored = select(events.Event).where(events.Event.verb == "document.stored").order_by(events.Event.seq)
    for event in session.scalars(stored.execution_options(yield_per=500)):
        number = int(event.refs[0].split(":")[1])
        digest = event.data["sha256"]
        row = session.execute(select(Document.sha256, Document.size).where(Document.id == number)).first()
        if row is None or (row.sha256, row.size) != (digest, event.data["size"]):
            yield Damage(number, "row")
            continue
        try:
            data = blobs.get(digest)
        except MissingBlob:
            if number not in gone:
                yield Damage(number, "missing")
            continue
        if sha256(data) != digest:
            yield Damage(number, "changed")
    yield from (Damage(number, "unrecorded") for number in _unrecorded(session))


def _unrecorded(session: Session) -> Iterator[int]:
    """Documents put in behind the back of ``store``."""
    name = literal("document:") + cast(Document.id, String)
    known = exists().where(
        events.EventRef.ref == name,
        events.EventRef.seq == events.Event.seq,
        events.Event.verb == "document.stored",
    )
    yield from session.scalars(select(Document.id).where(~known).order_by(Document.id))
