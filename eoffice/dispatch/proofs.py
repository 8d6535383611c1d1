"""Proofs of delivery in one vocabulary, whatever channel they came by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from eoffice.channels.epuap import receipts
from portal.core.signatures import SignatureReport


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof says. ``document_id`` is our mark or the channel's; ``genuine`` whether its signature holds."""

    name: str
    document_id: str
    case_sign: str
    received_at: datetime | None
    genuine: bool


Reader = Callable[[bytes, Sequence[SignatureReport]], Proof | None]


def _upd(data: bytes, reports: Sequence[SignatureReport]) -> Proof | None:
    """UPD of ePUAP: signed by its recipient, so an unbroken signature over the whole of it is what can be asked."""
    receipt = receipts.read(data)
    if receipt is None:
        return None
    whole = any(report.valid and report.covers_whole for report in reports)
    return Proof(
        name=receipt.kind.upper(),
        document_id=receipt.document_id,
        case_sign=receipt.case_sign,
        received_at=receipt.received_at,
        genuine=whole and receipt.kind == "upd",
    )


READERS: dict[str, Reader] = {"epuap": _upd}


def read(channel: str, data: bytes, reports: Sequence[SignatureReport]) -> Proof | None:
    """The proof in ``data``, or ``None`` when it is none or the channel sends none."""
    reader = READERS.get(channel)
    return reader(data, reports) if reader else None
