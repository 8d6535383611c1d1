"""The two official receipts, UPP and UPD, in the CRD structure UPO/2008/05/09."""

from __future__ import annotations

from eoffice.sandbox import xades
from eoffice.sandbox.clock import polish
from eoffice.sandbox.directory import Podmiot
from eoffice.sandbox.identity import Identity
from eoffice.sandbox.mail import File
from eoffice.sandbox.texts import render, say
from eoffice.sandbox.xml import clean

_TYPE = "application/xml"


def upp(
    receipt: int, document: int, sender: Podmiot, recipient: Podmiot, address: str, moment: int, seal: Identity
) -> File:
    """A receipt of submission, sealed. ``moment`` is when the document came to the box."""
    text = render(
        "upp.xml",
        receipt=receipt,
        document=document,
        sender=sender,
        recipient=recipient,
        address=address,
        delivered_at=polish(moment),
        issued_at=polish(moment),
    )
    return File(say("upp_name"), _TYPE, xades.sign(text.encode(), seal, moment))


def upd(
    order: int,
    marks: tuple[str, str],
    sender: Podmiot,
    recipient: Podmiot,
    address: str,
    moment: int,
    signer: Identity | None,
) -> File:
    """A receipt of delivery for an order; ``marks`` are the sender's own document and case identifiers.

    Signed by the recipient, or not yet signed (``signer`` is ``None``) when it waits for his own signature.
    """
    text = render(
        "upd.xml",
        order=order,
        document_mark=clean(marks[0]),
        case_mark=clean(marks[1]),
        sender=sender,
        recipient=recipient,
        address=address,
        collected_at=polish(moment),
    )
    data = text.encode()
    return File(say("upd_name"), _TYPE, xades.sign(data, signer, moment) if signer else data)
