"""Answers in several parts (MTOM/XOP), as the file repository may send big files.

The binary part is put back into the envelope as base64 before the signature is checked: the signature is made
over the document as if it had never been taken apart (XOP, section 4), and only so does it cover the file.
"""

from __future__ import annotations

import base64
from email.message import Message
from urllib.parse import unquote

from lxml import etree

from eoffice.channels.epuap.names import XOP, q
from portal.core import xml

MAX_PARTS = 16


class BadMultipart(ValueError):
    """The parts do not make one envelope."""


def parse(content_type: str, body: bytes, *, max_envelope: int) -> etree._ElementTree:
    """The envelope of an answer, whole. Raises ``xml.UnsafeXml`` or ``BadMultipart``."""
    header = Message()
    header["Content-Type"] = content_type
    if header.get_content_type() != "multipart/related":
        return xml.parse(body, max_bytes=max_envelope)
    parts = _parts(body, str(header.get_param("boundary", "")))
    if not parts:
        raise BadMultipart("no parts")
    start = str(header.get_param("start", "")).strip("<>")
    root = parts.pop(start) if start in parts else parts.pop(next(iter(parts)))
    tree = xml.parse(root, max_bytes=max_envelope)
    for include in list(tree.getroot().iter(q(XOP, "Include"))):
        _put_back(include, parts)
    return tree


def _parts(body: bytes, boundary: str) -> dict[str, bytes]:
    """Content-ID to bytes, in order. Each part may be used once, so a part never counts twice."""
    if not boundary:
        raise BadMultipart("no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"), MAX_PARTS + 2)
    if len(pieces) > MAX_PARTS + 2 or not pieces[-1].startswith(b"--"):
        raise BadMultipart("too many parts, or no end")
    found: dict[str, bytes] = {}
    for piece in pieces[1:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        identifier = _content_id(head)
        if not gap or identifier in found:
            raise BadMultipart("a part without head, or twice the same")
        found[identifier] = content
    return found


def _content_id(head: bytes) -> str:
    for line in head.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-id":
            return value.strip().strip("<>")
    return ""


def _put_back(include: etree._Element, parts: dict[str, bytes]) -> None:
    parent = include.getparent()
    identifier = unquote(include.get("href", "").removeprefix("cid:"))
    if parent is None or len(parent) != 1 or (parent.text or "").strip() or identifier not in parts:
        raise BadMultipart("a reference to no part")
    parent.remove(include)
    parent.text = base64.b64encode(parts.pop(identifier)).decode("ascii")
