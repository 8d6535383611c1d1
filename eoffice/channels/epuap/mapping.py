"""Their words and ours. Nothing here judges: it reads what a verified answer says, as leniently as is safe."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from lxml import etree

from eoffice.channels.port import File, Handed, Outgoing, Received
from portal.core import xml
from portal.core.clock import WARSAW

SUCCESS: Final = 1
QUEUE_EMPTY: Final = 0
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_XML_TYPES: Final = frozenset({"", "xml", "text/xml", "application/xml"})
_KINDS: Final = {"F": "person", "P": "organisation", "PP": "organisation"}
_NAME = re.compile(r"(.*)\.([A-Za-z0-9]{1,8})", re.DOTALL)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


class Unreadable(ValueError):
    """A verified answer does not say what an answer of its kind must say."""


@dataclass(frozen=True, slots=True)
class Status:
    """``kod`` and ``komunikat``. Other elements of the answer may be missing unless ``code`` is 1."""

    code: int
    text: str


def status(answer: etree._Element) -> Status:
    """The status every answer of the queue services begins with. Raises ``Unreadable``."""
    code = number(xml.text(answer, "status", "kod"))
    if code is None:
        raise Unreadable("no status")
    return Status(code, xml.text(answer, "status", "komunikat"))


def number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


def boolean(text: str) -> bool:
    """``xs:boolean`` in either of its spellings; anything else is false."""
    return text.strip() in {"1", "true"}


def moment(text: str) -> datetime | None:
    """A date and time in UTC. Without a zone it is the time of Warsaw. ``None`` when it is no date."""
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=WARSAW)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def digest(data: bytes, algorithm: Literal["sha1", "sha256"]) -> str:
    """The key by which ``potwierdzOdebranie`` knows a document: of its decoded bytes, as base64."""
    made = hashlib.new(algorithm, data, usedforsecurity=False)
    return base64.b64encode(made.digest()).decode("ascii")


def binary(element: etree._Element | None) -> bytes:
    """The bytes of a base64 element; none for an absent or nil one. Raises ``Unreadable``."""
    if element is None or boolean(element.get(_NIL, "")):
        return b""
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise Unreadable("broken base64") from cause


def file(element: etree._Element) -> File:
    """A ``DokumentTyp``. Its claimed type is kept unless the bytes plainly say XML."""
    data = binary(xml.child(element, "zawartosc"))
    claimed = xml.text(element, "typPliku")
    looks_xml = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
    kind = claimed.lower()
    if looks_xml and kind in _XML_TYPES:
        kind = "application/xml"
    elif "/" not in kind:
        kind = "application/octet-stream"
    return File(xml.text(element, "nazwaPliku"), kind, data)


def handed_to_box(answer: etree._Element) -> Handed:
    """``OdpowiedzSkrytki``: the attachment is the UPP, when the recipient's box issues one."""
    attachment = xml.child(answer, "zalacznik")
    return Handed(
        external_id=xml.text(answer, "identyfikatorDokumentu"),
        receipt=file(attachment) if attachment is not None else None,
        receipt_id=xml.text(answer, "identyfikatorUpp"),
    )


def order(answer: etree._Element) -> Handed:
    """``OdpowiedzDoreczyciela``: only the order was taken; the proof comes later through the queue."""
    return Handed(
        external_id=xml.text(answer, "identyfikatorDokumentu"),
        order_id=xml.text(answer, "identyfikatorZlecenia"),
    )


def received(answer: etree._Element, box: str, algorithm: Literal["sha1", "sha256"]) -> Received:
    """``OdpowiedzPullPobierz`` with status 1. Raises ``Unreadable`` when it holds no document."""
    document = xml.child(answer, "dokument")
    if document is None:
        raise Unreadable("no document")
    taken = file(document)
    extra = binary(xml.child(answer, "daneDodatkowe"))
    external_id = document_id(extra)
    sender = _sender(answer)
    return Received(
        box=box,
        token=f"{digest(taken.data, algorithm)} {external_id}".strip(),
        document=taken,
        external_id=external_id,
        sender_id=xml.text(answer, "danePodmiotu", "identyfikator"),
        sender_name=sender.name,
        sender_kind=sender.kind,
        sender_identifiers=sender.identifiers,
        reply_to=xml.text(answer, "adresOdpowiedzi"),
        sent_at=moment(xml.text(answer, "dataNadania")),
        test=boolean(xml.text(answer, "czyTestowe")),
        extra=extra,
    )


class _Sender(NamedTuple):
    name: str
    kind: str
    identifiers: dict[str, str]


def _sender(answer: etree._Element) -> _Sender:
    def told(name: str) -> str:
        return xml.text(answer, "danePodmiotu", name)

    kind = _KINDS.get(told("typOsoby").upper(), "")
    first, last = told("imieSkrot"), told("nazwiskoNazwa")
    # For an organisation imieSkrot is its short name, and the long one says it all.
    name = (last or first) if kind == "organisation" else f"{first} {last}".strip()
    given = {key: told(key) for key in ("pesel", "nip", "regon")}
    return _Sender(name, kind, {key: value for key, value in given.items() if value})


def waiting(answer: etree._Element) -> int:
    """``OdpowiedzPullOczekujace``. Raises ``Unreadable``."""
    count = number(xml.text(answer, "oczekujace"))
    if count is None or count < 0:
        raise Unreadable("no count")
    return count


def big_file(answer: etree._Element) -> File:
    """``DataDocument`` of the file repository. Raises ``Unreadable``."""
    content = xml.child(answer, "file")
    if content is None:
        raise Unreadable("no file")
    return File(xml.text(answer, "filename"), xml.text(answer, "mimeType"), binary(content))


def stored_id(entry: etree._Element) -> str:
    """ePUAP's id of a document in the store: from its metadata, else the store's own. Raises ``Unreadable``."""
    return document_id(binary(xml.child(entry, "metadane"))) or xml.text(entry, "id")


def stored_file(answer: etree._Element) -> File | None:
    """``pobierzDokumentResponse``; ``None`` when the store has no such document. Raises ``Unreadable``."""
    data = binary(xml.child(answer, "pobierzDokumentResult", "tresc"))
    name = xml.text(answer, "pobierzDokumentResult", "szczegolyDokumentu", "nazwa")
    return File(name, "application/xml", data) if data else None


def document_id(extra: bytes) -> str:
    """ePUAP's id of the document: the last ``IdentyfikatorDokumentu`` in the additional data, else empty."""
    try:
        tree = xml.parse(extra)
    except xml.UnsafeXml:
        return ""
    found = tree.getroot().iterfind(".//{*}IdentyfikatorDokumentu")
    values = [value for element in found if (value := (element.text or "").strip())]
    if xml.local(tree.getroot()) == "IdentyfikatorDokumentu":
        values.append(xml.text(tree.getroot()))
    return values[-1] if values else ""


def mark(key: str) -> str:
    """A short word, always the same for ``key``, by which a sending can be found again among file names.

    It is 80 bits of a hash: it tells a recipient nothing, and nobody hits upon another sending's word.
    """
    return base64.b32encode(hashlib.sha256(key.encode()).digest()[:10]).decode("ascii").lower()


def file_name(outgoing: Outgoing) -> str:
    """The document's name with its mark, in letters every system keeps: ``pismo-<mark>.xml``."""
    named = _NAME.fullmatch(outgoing.document.name)
    stem, ending = named.groups() if named else (outgoing.document.name, "xml")
    clean = _NOT_IN_NAMES.sub("-", stem).strip("-")[:60] or "pismo"
    return f"{clean}-{mark(outgoing.key)}.{ending}"
