"""What an incoming item is: read from its bytes, without trusting anything they say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from eoffice.channels.epuap import receipts
from eoffice.channels.epuap.receipts import Receipt
from forms import document as documents
from forms.letter import Contact
from forms.view import Attachment
from portal.core import xml
from portal.core.signatures import SignatureReport

log = structlog.get_logger(__name__)

MAX_TEXT = 200_000
"""Characters of a letter kept for searching."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``kind``: ``letter``, ``upp``, ``upd`` or ``unknown`` (then ``problem`` says why it could not be read)."""

    kind: str
    problem: str = ""
    title: str = ""
    text: str = ""
    sender: Contact | None = None
    letter_date: str = ""
    attachments: tuple[Attachment, ...] = ()
    receipt: Receipt | None = None


def read(data: bytes, reports: Sequence[SignatureReport]) -> Reading:
    """Read an item; never raises on what others sent. ``reports`` are the judged signatures of ``data``."""
    try:
        receipt = receipts.read(data)
        if receipt is not None:
            return Reading(receipt.kind, receipt=replace(receipt, signature=_best(reports)))
        return _letter(data)
    except xml.UnsafeXml as cause:
        return Reading("unknown", problem=f"unreadable.{cause.reason}")
    except Exception:
        # A defect of the reader must not stop the queue: the item is kept and a person looks at it.
        log.exception("reader_defect", size=len(data))
        return Reading("unknown", problem="unreadable.defect")


def _letter(data: bytes) -> Reading:
    view = documents.view(data)
    return Reading(
        "letter",
        title=view.title or view.letter_kind,
        text=view.text[:MAX_TEXT],
        sender=view.sender,
        letter_date=view.created.isoformat() if view.created else "",
        attachments=view.attachments,
    )


def _best(reports: Sequence[SignatureReport]) -> SignatureReport | None:
    return max(reports, key=lambda r: (r.valid and r.covers_whole, r.trusted), default=None)
