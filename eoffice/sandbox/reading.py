"""A document of any kind made readable for the page, without stylesheets: its kind, its texts, its files."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from lxml import etree

from eoffice.sandbox.names import DS, UPO, q
from eoffice.sandbox.xml import BadXml, elements, parse

_LONG = 2_000
_FILE = "DaneZalacznika"


@dataclass(slots=True)
class Readable:
    """``kind`` is letter, upp, upd or other; ``lines`` are (element, text); ``files`` (name, type, bytes or URI)."""

    kind: str = "other"
    root: str = ""
    signatures: int = 0
    lines: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str, bytes | str]] = field(default_factory=list)


def readable(content: bytes) -> Readable | None:
    """``None`` when the bytes are not XML we would read."""
    try:
        root = parse(content)
    except BadXml:
        return None
    found = Readable(root=root.tag, signatures=len(root.findall(q(DS, "Signature"))))
    receipt = next((etree.QName(child).localname for child in elements(root)), "")
    if etree.QName(root).namespace == UPO:
        found.kind = receipt.lower() if receipt in {"UPP", "UPD"} else "other"
    elif etree.QName(root).localname == "Dokument":
        found.kind = "letter"
    _walk(root, found)
    return found


def _walk(element: etree._Element, found: Readable) -> None:
    for child in elements(element):
        if child.tag == q(DS, "Signature"):
            continue
        local = etree.QName(child).localname
        if local == _FILE:
            _add_file(child, found)
        elif len(child) == 0:
            text = (child.text or "").strip()
            if text:
                found.lines.append((local, text[:_LONG]))
        else:
            _walk(child, found)


def _add_file(data: etree._Element, found: Readable) -> None:
    holder = data.getparent()
    facts = {} if holder is None else dict(holder.items())
    name, kind = str(facts.get("nazwaPliku", "?")), str(facts.get("format", "?"))
    text = "".join((data.text or "").split())
    if facts.get("kodowanie") == "URI":
        found.files.append((name, kind, text))
        return
    try:
        found.files.append((name, kind, base64.b64decode(text, validate=True)))
    except binascii.Error:
        found.files.append((name, kind, b""))
