"""Delivery orders: the document waits until the recipient signs the receipt of delivery (UPD), or it lapses.

Nothing runs in the background: ``settle`` is called by everything that looks, and does what has become due.
Sources: ustawa o doręczeniach elektronicznych art. 41-42 (fourteen days), art. 147(4) (UPO of ePUAP).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from eoffice.sandbox import directory, mail, receipts
from eoffice.sandbox.clock import DAY_MS
from eoffice.sandbox.directory import Box
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.mail import File, Sender, Sending
from eoffice.sandbox.refusals import Refusal

COLLECTION_DAYS = 14
_AT_ONCE = 200
"""How many orders one look settles at most: a look must stay quick."""


@dataclass(frozen=True, slots=True)
class Order:
    """What ``dorecz`` asks for. ``due`` (ms) ends the wait earlier or later than fourteen days."""

    file: File
    sender: Sender
    box: Box
    reply_to: str
    document_mark: str
    case_mark: str
    due: int | None = None
    extra: bytes = b""


def place(sandbox: Sandbox, order: Order, *, never: bool = False) -> tuple[int, int]:
    """Accept an order; the document's and the order's identifiers. ``never`` plays an absent recipient."""
    now = sandbox.clock.now()
    collects = order.box.collect == "auto" and not never
    with sandbox.store.writing() as db:
        document = mail.keep(db, order.file, now)
        cursor = db.execute(
            "INSERT INTO delivery (document, box, podmiot, system, reply_to, document_mark, case_mark, extra,"
            " arrived_at, lapses_at, collect_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document, order.box.address, order.sender.podmiot, order.sender.system, order.reply_to,
                order.document_mark, order.case_mark, mail.extra_data(document, order.extra), now,
                order.due or now + COLLECTION_DAYS * DAY_MS,
                now + order.box.collect_after_ms if collects else None,
            ),
        )  # fmt: skip
        number = int(cursor.lastrowid or 0)
        sending = Sending("dorecz", order.box.address, order.reply_to, now, order.document_mark)
        mail.remember_sent(db, document, order.file.name, order.sender, sending)
        if order.box.collect == "self" and not never:
            _ask_for_signature(sandbox, db, number, now)
    return document, number


def settle(sandbox: Sandbox) -> int:
    """Do what is due now: automatic collections and lapses; how many orders changed."""
    now = sandbox.clock.now()
    query = (
        "SELECT id, collect_at, lapses_at FROM delivery WHERE state = 'waiting'"
        " AND (collect_at <= ?1 OR lapses_at <= ?1) ORDER BY id LIMIT ?2"
    )
    due = mail.rows(sandbox.store, query, (now, _AT_ONCE))
    for row in due:
        if row["collect_at"] is not None and row["collect_at"] <= row["lapses_at"]:
            collect(sandbox, row["id"], at=row["collect_at"])
        else:
            _close(sandbox, row["id"], "lapsed", row["lapses_at"])
    return len(due)


def collect(sandbox: Sandbox, number: int, *, at: int | None = None, signed: File | None = None) -> bool:
    """The recipient signs: UPD to the sender's reply box, the document into his own. ``False`` if settled.

    ``signed`` is the UPD when the recipient's own software signed it. A lapsed order can still be collected.
    """
    moment = sandbox.clock.now() if at is None else at
    with sandbox.store.writing() as db:
        row = _open_order(db, number)
        if row is None:
            return False
        box = directory.box(sandbox.store, row["box"])
        file = signed or _upd(sandbox, row, box, moment, sign=True)
        receipt = mail.keep(db, file, moment)
        mail.enqueue(db, row["reply_to"], receipt, Sender(box.podmiot, login=box.podmiot), moment, reply_to=box.address)
        sender = Sender(row["podmiot"], row["system"])
        mail.enqueue(
            db, box.address, row["document"], sender, row["arrived_at"], reply_to=row["reply_to"], extra=row["extra"]
        )
        db.execute(
            "UPDATE delivery SET state = 'collected', settled_at = ?, upd = ? WHERE id = ?", (moment, receipt, number)
        )
    return True


def refuse(sandbox: Sandbox, number: int) -> bool:
    """The recipient will not sign; nothing is sent. ``False`` if the order is settled already."""
    return _close(sandbox, number, "refused", sandbox.clock.now())


def find(sandbox: Sandbox, number: int) -> sqlite3.Row:
    """The order of that number. Raises ``Refusal``."""
    found = mail.rows(sandbox.store, "SELECT * FROM delivery WHERE id = ?", (number,))
    if not found:
        raise Refusal("unknown_order")
    return found[0]


def _close(sandbox: Sandbox, number: int, state: str, moment: int) -> bool:
    with sandbox.store.writing() as db:
        changed = db.execute(
            "UPDATE delivery SET state = ?, settled_at = ? WHERE id = ? AND state = 'waiting'",
            (state, moment, number),
        )
        return changed.rowcount == 1


def _open_order(db: sqlite3.Connection, number: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM delivery WHERE id = ? AND state IN ('waiting', 'lapsed')", (number,)
    ).fetchone()
    return row


def _ask_for_signature(sandbox: Sandbox, db: sqlite3.Connection, number: int, now: int) -> None:
    """Recipients with software of their own get the unsigned UPD by pull and answer with ``odbierz``."""
    row = _open_order(db, number)
    if row is not None:
        box = directory.box(sandbox.store, row["box"])
        unsigned = mail.keep(db, _upd(sandbox, row, box, now, sign=False), now)
        sender = Sender(row["podmiot"], row["system"])
        mail.enqueue(db, box.address, unsigned, sender, now, reply_to=row["reply_to"])


def _upd(sandbox: Sandbox, row: sqlite3.Row, box: Box, moment: int, *, sign: bool) -> File:
    recipient = directory.podmiot(sandbox.store, box.podmiot)
    return receipts.upd(
        row["id"],
        (row["document_mark"], row["case_mark"]),
        directory.podmiot(sandbox.store, row["podmiot"]),
        recipient,
        box.address,
        moment,
        sandbox.keys.client(recipient.id) if sign else None,
    )
