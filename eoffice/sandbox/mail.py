"""Documents, the queues of the boxes, and the senders' store ("skład")."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from eoffice.sandbox import names
from eoffice.sandbox.refusals import BadRequest
from eoffice.sandbox.store import Store
from eoffice.sandbox.xml import BadXml, parse


@dataclass(frozen=True, slots=True)
class File:
    """``obi:DokumentTyp``: bytes with their name and claimed type."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who lodged it: the podmiot acted for, and the system or the person (login) who did."""

    podmiot: str
    system: str | None = None
    login: str | None = None


def sha1_base64(content: bytes) -> str:
    """The ``skrot`` of ``potwierdzOdebranie``: a queue key, not a protection."""
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def keep(db: sqlite3.Connection, file: File, now: int) -> int:
    """Store the bytes; the document's ePUAP identifier."""
    cursor = db.execute(
        "INSERT INTO document (name, type, content, sha1, sha256, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            file.name,
            file.type,
            file.content,
            sha1_base64(file.content),
            hashlib.sha256(file.content).hexdigest(),
            now,
        ),
    )
    return int(cursor.lastrowid or 0)


def extra_data(document: int, from_sender: bytes = b"") -> bytes:
    """``daneDodatkowe``: what the sender gave, then, always last, the document's own identifier."""
    name = names.q(names.OBI, "DaneDodatkowe")
    root = etree.Element(name, nsmap={"d": names.OBI})
    if from_sender:
        root.append(well_formed(from_sender))
    etree.SubElement(root, names.q(names.OBI, "IdentyfikatorDokumentu")).text = str(document)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def well_formed(content: bytes) -> etree._Element:
    """The root of a document. Raises ``BadRequest`` when it is not safe, well-formed XML."""
    try:
        return parse(content)
    except BadXml as cause:
        raise BadRequest("document_not_xml", reason=cause.reason) from cause


def enqueue(
    db: sqlite3.Connection,
    box: str,
    document: int,
    sender: Sender,
    sent_at: int,
    *,
    reply_to: str | None = None,
    extra: bytes = b"",
    test: bool = False,
) -> None:
    """Put a kept document at the end of a box's queue."""
    db.execute(
        "INSERT INTO queued (box, document, sha1, podmiot, login, system, sent_at, reply_to, test, extra)"
        " SELECT ?, id, sha1, ?, ?, ?, ?, ?, ?, ? FROM document WHERE id = ?",
        (
            box, sender.podmiot, sender.login, sender.system, sent_at, reply_to, test,
            extra or extra_data(document), document,
        ),
    )  # fmt: skip


def waiting(store: Store, box: str) -> int:
    """How many unconfirmed documents stand in the queue."""
    row = (
        store.reading().execute("SELECT count(*) FROM queued WHERE box = ? AND confirmed_at IS NULL", (box,)).fetchone()
    )
    return int(row[0])


def head(store: Store, box: str) -> sqlite3.Row | None:
    """The oldest unconfirmed document, the same again until confirmed; it is marked as having been shown."""
    row: sqlite3.Row | None = (
        store.reading()
        .execute(
            "SELECT q.*, d.name, d.type, d.content FROM queued q JOIN document d ON d.id = q.document"
            " WHERE q.box = ? AND q.confirmed_at IS NULL ORDER BY q.seq LIMIT 1",
            (box,),
        )
        .fetchone()
    )
    if row is not None and not row["served"]:
        with store.writing() as db:
            db.execute("UPDATE queued SET served = 1 WHERE seq = ?", (row["seq"],))
    return row


def confirm(store: Store, box: str, digest: str, now: int, *, keep_it: bool = False) -> str:
    """Take the head off the queue if it was shown and ``digest`` is its own.

    ``confirmed``, ``again`` (a document confirmed before: harmless) or ``wrong``. With ``keep_it`` the
    confirmation is acknowledged and forgotten (a misbehaviour).
    """
    with store.writing() as db:
        row = db.execute(
            "SELECT seq, sha1, served FROM queued WHERE box = ? AND confirmed_at IS NULL ORDER BY seq LIMIT 1",
            (box,),
        ).fetchone()
        if row is not None and row["served"] and row["sha1"] == digest:
            if not keep_it:
                db.execute("UPDATE queued SET confirmed_at = ? WHERE seq = ?", (now, row["seq"]))
            return "confirmed"
        before = db.execute(
            "SELECT 1 FROM queued WHERE box = ? AND sha1 = ? AND confirmed_at IS NOT NULL LIMIT 1", (box, digest)
        ).fetchone()
        return "again" if before else "wrong"


@dataclass(frozen=True, slots=True)
class Sending:
    """What the sender's store keeps of one sending. ``mark`` is the sender's own document id, if any."""

    operation: str
    recipient: str
    reply_to: str
    sent_at: int
    mark: str = ""
    upp: int | None = None


def remember_sent(db: sqlite3.Connection, document: int, name: str, sender: Sender, sending: Sending) -> None:
    """Put a sent document into the folder SENT of the podmiot acted for."""
    db.execute(
        "INSERT INTO stored (document, podmiot, folder, name, operation, system, recipient, reply_to, mark,"
        " sent_at, upp) VALUES (?, ?, 'SENT', ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document, sender.podmiot, name, sending.operation, sender.system, sending.recipient,
            sending.reply_to, sending.mark, sending.sent_at, sending.upp,
        ),
    )  # fmt: skip


def remember_received(db: sqlite3.Connection, document: int, name: str, podmiot: str) -> None:
    """Keep a document in the folder RECEIVED: a receipt whose answer was lost can be fetched from there."""
    db.execute(
        "INSERT INTO stored (document, podmiot, folder, name) VALUES (?, ?, 'RECEIVED', ?)", (document, podmiot, name)
    )


def rows(store: Store, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
    """A plain query, for the pages and the control interface."""
    return store.reading().execute(sql, values).fetchall()


def fill(db: sqlite3.Connection, document: int, file: File) -> None:
    """Give a document its bytes when its number had to be known before them (a receipt names itself)."""
    db.execute(
        "UPDATE document SET name = ?, type = ?, content = ?, sha1 = ?, sha256 = ? WHERE id = ?",
        (
            file.name,
            file.type,
            file.content,
            sha1_base64(file.content),
            hashlib.sha256(file.content).hexdigest(),
            document,
        ),
    )
