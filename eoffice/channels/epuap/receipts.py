"""Receipts of ePUAP: UPP (of submission) and UPD (of delivery), and what else the office's queue may bring.

The queue carries everything alike: letters, answers, receipts. Only the namespace of the root tells them apart
(urzędowe poświadczenie odbioru, schema UPO/2008/05/09).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from lxml import etree

from eoffice.channels.epuap import document_signature, mapping
from eoffice.channels.epuap.names import DS, UPO, q
from portal.core import xml
from portal.core.signatures import SignatureReport

Kind = Literal["letter", "upp", "upd", "unknown"]

TEMPLATES: Final = ("http://crd.gov.pl/wzor/", "http://epuap.gov.pl/fe-model-web/wzor_lokalny/")
"""Beginnings of the namespaces of document templates: the central repository's and those local to an office."""

_KINDS: Final[dict[str, Literal["upp", "upd"]]] = {q(UPO, "UPP"): "upp", q(UPO, "UPD"): "upd"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A party of a receipt as ePUAP names it."""

    name: str = ""
    identifier: str = ""
    identifier_type: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it reads; whether to believe it, ``genuine`` says.

    ``received_at`` is the moment with legal effect (``DataDoreczenia`` of a UPP, ``DataOdbioru`` of a UPD), UTC.
    ``issuer`` of a UPP is nobody by name: ePUAP's seal stands for it. ``signature`` is ``None`` until verified,
    and when there is no signature.
    """

    kind: Literal["upp", "upd"]
    receipt_id: str
    document_id: str
    case_sign: str = ""
    received_at: datetime | None = None
    issued_at: datetime | None = None
    issuer: Subject = Subject()
    sender: Subject = Subject()
    recipient: Subject = Subject()
    notes: tuple[str, ...] = ()
    signature: SignatureReport | None = None

    @property
    def genuine(self) -> bool:
        """A UPP needs a pinned seal. A UPD is signed by its recipient, so any unbroken signature over the whole
        will do, and a person compares ``signature.signer`` (or ``claimed``) with the recipient.
        """
        report = self.signature
        if report is None or not (report.valid and report.covers_whole):
            return False
        return report.trusted or self.kind == "upd"


def classify(document: bytes) -> Kind:
    """What the queue brought. Never raises: what cannot be read is ``unknown`` and waits for a person."""
    try:
        root = xml.parse(document).getroot()
    except xml.UnsafeXml:
        return "unknown"
    if (inner := _inner(root)) is not None:
        return _KINDS[inner.tag]
    namespace = etree.QName(root).namespace or ""
    return "letter" if namespace.startswith(TEMPLATES) else "unknown"


def read(document: bytes) -> Receipt | None:
    """The receipt in ``document``, not verified; ``None`` when it is none or cannot be read."""
    try:
        root = xml.parse(document).getroot()
    except xml.UnsafeXml:
        return None
    inner = _inner(root)
    if inner is None:
        return None
    return _upp(inner) if inner.tag == q(UPO, "UPP") else _upd(inner)


def verify(document: bytes, trusted: Collection[bytes]) -> Receipt | None:
    """The receipt with the best of its signatures judged. ``trusted``: pinned seals, DER."""
    receipt = read(document)
    if receipt is None:
        return None
    reports = document_signature.verify_document(document, trusted)
    best = max(reports, key=lambda r: (r.valid and r.covers_whole, r.trusted), default=None)
    return replace(receipt, signature=best)


def _inner(root: etree._Element) -> etree._Element | None:
    """``pos:UPP`` or ``pos:UPD`` when the document is exactly that and signatures."""
    if root.tag != q(UPO, "Dokument"):
        return None
    content = [child for child in root.iterchildren(etree.Element) if child.tag != q(DS, "Signature")]
    return content[0] if len(content) == 1 and content[0].tag in _KINDS else None


def _upp(inner: etree._Element) -> Receipt:
    return Receipt(
        kind="upp",
        receipt_id=_text(inner, "IdentyfikatorPoswiadczenia"),
        document_id=_text(inner, "IdentyfikatorDokumentu"),
        received_at=mapping.moment(_text(inner, "DataDoreczenia")),
        issued_at=mapping.moment(_text(inner, "DataWytworzeniaPoswiadczenia")),
        sender=_subject(inner, "Nadawca"),
        recipient=_subject(inner, "Adresat"),
        notes=_notes(inner),
    )


def _upd(inner: etree._Element) -> Receipt:
    return Receipt(
        kind="upd",
        receipt_id=_text(inner, "IdentyfikatorPoswiadczenia"),
        document_id=_text(inner, "IdentyfikatorDokumentu"),
        case_sign=_text(inner, "IdentyfikatorSprawy"),
        received_at=mapping.moment(_text(inner, "DataOdbioru")),
        issued_at=mapping.moment(_text(inner, "DataUtworzeniaPoswiadczenia")),
        issuer=_subject(inner, "PodmiotWystawiajacyPoswiadczenie"),
        recipient=_subject(inner, "Adresat"),
        notes=_notes(inner),
    )


def _text(element: etree._Element, name: str) -> str:
    found = element.find(q(UPO, name))
    return (found.text or "").strip() if found is not None else ""


def _notes(inner: etree._Element) -> tuple[str, ...]:
    found = inner.iterfind(q(UPO, "InformacjaUzupelniajaca"))
    return tuple(" ".join("".join(str(text) for text in note.itertext()).split()) for note in found)


def _subject(inner: etree._Element, name: str) -> Subject:
    element = inner.find(q(UPO, name))
    if element is None:
        return Subject()
    identifier = element.find(q(UPO, "IdentyfikatorPodmiotu"))
    return Subject(
        name=_text(element, "Nazwa"),
        identifier=_text(element, "IdentyfikatorPodmiotu"),
        identifier_type=_attribute(identifier, "TypIdentyfikatora") if identifier is not None else "",
    )


def _attribute(element: etree._Element, name: str) -> str:
    """An attribute with or without namespace: both were seen, and no schema was ever found."""
    return (element.get(name) or element.get(q(UPO, name)) or "").strip()
