"""Files inside a document: decoded, looked at by content, never fetched and never trusted by their label."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from forms import clean, files
from forms.view import Attachment
from portal.core import documents, xml

MAX_ATTACHMENTS = 200
_HOST = "epuap.gov.pl"

Element = etree._Element


def read_enclosures(top: Element) -> tuple[tuple[Attachment, ...], bool]:
    """The files of a document (at most ``MAX_ATTACHMENTS``), and whether there were more."""
    found: list[Attachment] = []
    for item in _items(top):
        if len(found) == MAX_ATTACHMENTS:
            return tuple(found), True
        found.append(_read(item, len(found) + 1))
    return tuple(found), False


def _items(top: Element) -> Iterator[Element]:
    return (item for item in top.iter("{*}Zalacznik") if xml.child(item, "DaneZalacznika") is not None or item.attrib)


def _read(item: Element, number: int) -> Attachment:
    name = clean.line(item.get("nazwaPliku", "")) or clean.line(_string(xml.child(item, "NazwaPliku")))
    claimed = clean.line(item.get("format", ""))
    body = _string(xml.child(item, "DaneZalacznika")).strip()
    note = clean.line(_string(xml.child(item, "OpisZalacznika")))
    found = (
        _linked(body, claimed) if _is_link(item, body) else _embedded(body, name, claimed, item.get("kodowanie", ""))
    )
    return Attachment(
        name=documents.clean_name(name) if name else f"{number}",
        content_type=found.content_type,
        claimed=claimed,
        data=found.data,
        uri=found.uri,
        description=note,
        problem=found.problem,
    )


def _string(element: Element | None) -> str:
    return "" if element is None else str(element.xpath("string()"))


def _is_link(item: Element, body: str) -> bool:
    return item.get("kodowanie", "").upper() == "URI" or body.startswith(("http://", "https://"))


def _linked(uri: str, claimed: str) -> Attachment:
    kind = claimed or "application/octet-stream"
    if not uri:
        return Attachment("", kind, problem="missing")
    return Attachment("", kind, uri=uri, problem="" if is_file_link(uri) else "foreign_uri")


def is_file_link(uri: str) -> bool:
    """Whether a link leads to ePUAP's own file store: the only place big files are fetched from."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    own = host == _HOST or host.endswith(f".{_HOST}")
    return parts.scheme == "https" and own and port in (None, 443) and not parts.username and "fileId=" in parts.query


def _embedded(body: str, name: str, claimed: str, coding: str) -> Attachment:
    unknown = "application/octet-stream"
    if not body:
        return Attachment("", unknown, data=b"", problem="empty")
    if coding.lower() not in ("", "base64"):
        return Attachment("", unknown, problem="encoding")
    try:
        data = base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        return Attachment("", unknown, problem="base64")
    found = files.look(data, name)
    problem = found.problem or ("" if _as_labelled(name, claimed, found.content_type) else "mislabelled")
    return Attachment("", found.content_type, data=data, problem=problem)


_SAME = {
    "text/xml": "application/xml",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "text/rtf": "application/rtf",
}
_SAYS_NOTHING = frozenset({"", "application/octet-stream", "application/x-unknown", "binary/octet-stream"})


def _as_labelled(name: str, claimed: str, found: str) -> bool:
    """Whether a name's ending, or without one the claimed type, agrees with the content.

    Programs that make documents often claim a wrong or no type for a rightly named file: the name decides.
    """
    if files.extension(name) in files.ACCEPTED:
        return files.agrees(name, found)
    claimed = claimed.split(";")[0].strip().lower()
    claimed = _SAME.get(claimed, claimed)
    return claimed in _SAYS_NOTHING or claimed == found or {claimed, found} <= {"text/plain", "text/csv"}
