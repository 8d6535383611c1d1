"""Submission of a document to a box: the checks its owner has set, the queue entry, the receipt (UPP)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lxml import etree

from eoffice.sandbox import directory, mail, receipts
from eoffice.sandbox.directory import Box
from eoffice.sandbox.hub import Sandbox
from eoffice.sandbox.mail import File, Sender, Sending
from eoffice.sandbox.names import DS, q
from eoffice.sandbox.refusals import BadRequest, Refusal


@dataclass(frozen=True, slots=True)
class Lodged:
    """The document's identifier and, if issued at once, the receipt with its own identifier."""

    document: int
    upp_id: int | None = None
    upp: File | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One document on its way into ``box``."""

    file: File
    sender: Sender
    box: Box
    reply_to: str
    operation: str
    extra: bytes = b""
    copies: int = 1
    test: bool = False


def check(file: File, box: Box) -> etree._Element:
    """What the box's owner demands of a document; its root. Raises ``Refusal``."""
    root = mail.well_formed(file.content)
    if box.templates and etree.QName(root).namespace not in box.templates:
        raise Refusal("template_refused", address=box.address)
    if box.signature_required:
        require_signature(root)
    return root


def require_signature(root: etree._Element) -> None:
    """A signature directly below the root, with a value in it. Its content is for the recipient to judge."""
    signatures = [child for child in root if child.tag == q(DS, "Signature")]
    values = [one.findtext(q(DS, "SignatureValue"), "").strip() for one in signatures]
    if not signatures or not all(values):
        raise BadRequest("signature_required")


def lodge(sandbox: Sandbox, submission: Submission) -> Lodged:
    """Put the (checked) document into the box, in one commit with its receipt and the sender's copy."""
    now = sandbox.clock.now()
    file, sender, box = submission.file, submission.sender, submission.box
    with sandbox.store.writing() as db:
        document = mail.keep(db, file, now)
        extra = mail.extra_data(document, submission.extra)
        for _ in range(submission.copies):
            mail.enqueue(
                db, box.address, document, sender, now,
                reply_to=submission.reply_to, extra=extra, test=submission.test,
            )  # fmt: skip
        done = _receipt(sandbox, db, submission, document, now)
        sending = Sending(submission.operation, box.address, submission.reply_to, now, upp=done.upp_id)
        mail.remember_sent(db, document, file.name, sender, sending)
    return done


def _receipt(sandbox: Sandbox, db: sqlite3.Connection, submission: Submission, document: int, now: int) -> Lodged:
    """Issue the UPP as the box is set: with the answer, into the sender's box, or not at all."""
    box = submission.box
    if box.upp == "never":
        return Lodged(document)
    sender = directory.podmiot(sandbox.store, submission.sender.podmiot)
    owner = directory.podmiot(sandbox.store, box.podmiot)
    number = mail.keep(db, File("", "", b""), now)
    file = receipts.upp(number, document, sender, owner, box.address, now, sandbox.keys.seal)
    mail.fill(db, number, file)
    mail.remember_received(db, number, file.name, submission.sender.podmiot)
    if box.upp == "answer":
        return Lodged(document, number, file)
    mail.enqueue(db, submission.reply_to, number, Sender(box.podmiot, system="ePUAP"), now)
    return Lodged(document, number)
