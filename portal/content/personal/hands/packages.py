"""DOCX, XLSX, PPTX, ODT, ODS: every text of every XML part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from portal.content.personal.hands.pieces import Piece, TooMuch
from portal.core import xml
from search.extraction.limits import MAX_UNPACKED, Package

BAR = "[dane usunięte]"
KINDS = ("docx", "xlsx", "pptx", "odt", "ods")
_MOST = 200 * 1024 * 1024
"""Bytes a whole package may unpack to."""
_BLOCKS = frozenset(
    [
        "p",
        "h",
        "tr",
        "tc",
        "row",
        "si",
        "c",
        "sp",
        "table-row",
        "table-cell",
        "list-item",
        "annotation",
        "comment",
        "del",
        "ins",
        "cell",
        "br",
        "tab",
        "cr",
    ]
)
_SAID = frozenset(
    (
        *("descr", "title", "alt", "author", "initials", "Target", "href", "lastAuthor", "displayName"),
        *("desc", "instr", "name", "caption", "v", "string-value", "userName"),
    )
)
"""Attributes in which people write, or programs write their names."""
_SILENT = re.compile(
    r"(?:theme|styles|fontTable|webSettings|numbering|printerSettings|tableStyles|presProps|viewProps|slideLayout|slideMaster"
    r"|calcChain|manifest|^settings|stylesWithEffects|current|Configurations2)[^/]*(?:/|\.xml|$)|Content_Types"
)


def package(data: bytes) -> Package:
    """A package none of whose parts is encrypted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(one.flag_bits & 1 for one in archive.infolist()):
            raise ValueError("encrypted part")
    return Package(data)


def parts(package: Package) -> Iterator[tuple[int, str, bytes]]:
    """Every part, numbered in the order of the archive. Raises ``TooMuch`` for a bomb."""
    whole = 0
    for number, name in enumerate(package.names(), 1):
        data = b"" if name.endswith("/") else package.read(name)
        whole += len(data)
        if whole > _MOST:
            raise TooMuch
        yield number, name, data


class Part:
    """An XML part as text, each stretch of which knows its node."""

    def __init__(self, data: bytes) -> None:
        self.root = xml.parse(data, max_bytes=MAX_UNPACKED).getroot()
        self._nodes: list[tuple[etree._Element, str, int, int]] = []
        self._made: list[str] = []
        self._at = 0
        self.layers: list[tuple[int, int, str]] = []
        self._walk(self.root, "")
        self.text = "".join(self._made)

    def _walk(self, element: etree._Element, hidden: str) -> None:
        name = xml.local(element)
        hidden = _hidden(element, name) or hidden
        if name in _BLOCKS:
            self._add(None, "", "\n", "")
        for key, value in element.attrib.items():
            if (etree.QName(key).localname in _SAID or name == "docVar") and any(c.isalnum() for c in str(value)):
                self._add(None, "", "\n", "")
                self._add(element, str(key), str(value), hidden or "attribute")
                self._add(None, "", "\n", "")
        self._add(element, "text", element.text or "", hidden)
        for child in element:
            self._walk(child, hidden)
            self._add(child, "tail", child.tail or "", hidden)

    def _add(self, node: etree._Element | None, where: str, text: str, hidden: str) -> None:
        if not text:
            return
        if node is not None:
            self._nodes.append((node, where, self._at, self._at + len(text)))
            if hidden:
                self.layers.append((self._at, self._at + len(text), hidden))
        self._made.append(text)
        self._at += len(text)

    def cut(self, spans: list[tuple[int, int]]) -> None:
        """Replace each stretch by the bar; a stretch over several runs leaves one bar in the first."""
        for start, end in sorted(spans, reverse=True):
            touched = [one for one in self._nodes if one[2] < end and start < one[3]]
            for place, (node, where, low, _) in reversed(list(enumerate(touched))):
                text = _get(node, where)
                first, last = max(0, start - low), min(len(text), end - low)
                _set(
                    node, where, text[:first] + (BAR if place == 0 and where in ("text", "tail") else "") + text[last:]
                )

    def bytes(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _get(node: etree._Element, where: str) -> str:
    return (node.text if where == "text" else node.tail if where == "tail" else node.get(where)) or ""


def _set(node: etree._Element, where: str, text: str) -> None:
    if where == "text":
        node.text = text
    elif where == "tail":
        node.tail = text
    else:
        node.set(where, text)


def _hidden(element: etree._Element, name: str) -> str:
    """How the text of this element is hidden from a reader, if it is."""
    if name in ("del", "moveFrom", "tracked-changes"):
        return "deleted"
    if name in ("ins", "moveTo"):
        return "inserted"
    if name in ("comment", "annotation"):
        return "comment"
    if name in ("instrText", "hidden-text", "hidden-paragraph"):
        return "hidden"
    if name == "r":
        return hidden_run(element)
    return "hidden" if element.get("state") in ("hidden", "veryHidden") or element.get("show") == "0" else ""


def hidden_run(run: etree._Element) -> str:
    """How a run of Word is hidden, if it is."""
    for child in run.iterchildren():
        if xml.local(child) != "rPr":
            continue
        marks = {
            xml.local(one): next((str(v) for k, v in one.attrib.items() if str(k).endswith("}val")), "")
            for one in child
        }
        if "vanish" in marks and marks["vanish"] not in ("0", "false"):
            return "hidden"
        if marks.get("color", "").upper() == "FFFFFF":
            return "white"
        if marks.get("sz", "").isdigit() and int(marks["sz"]) < 4:
            return "tiny"
    return ""


_PLACES = (
    (r"comments|people|threadedComments|persons|commentAuthors", "comment"),
    (r"footnotes|endnotes", "note"),
    (r"header|footer|^styles\.xml", "header"),
    (r"docProps|meta\.xml", "metadata"),
    (r"customXml", "custom_data"),
    (r"\.rels$", "link"),
)


def _place(name: str) -> str:
    for words, place in _PLACES:
        if re.search(words, name):
            return place
    return "document"


def pieces(data: bytes) -> list[Piece]:
    """Every part with text; pictures and files inside are things to look at."""
    found = []
    for number, name, part in parts(package(data)):
        if re.search(r"(?:embeddings|activeX)/|^Object", name) and part and not name.endswith(".rels"):
            found.append(Piece("attachment_inside", _printable(part), number, [(0, 0, "picture")]))
        elif re.search(r"(?:media|Pictures)/", name) and len(part) > 2_000:
            found.append(Piece("picture_inside", "", number, [(0, 0, "picture")]))
        elif re.search(r"\.(?:xml|rels)$", name) and not (_SILENT.search(name) and name != "styles.xml"):
            one = Part(part)
            if any(char.isalnum() for char in one.text):
                found.append(Piece(_place(name), one.text, number, one.layers))
    return found


def _printable(data: bytes) -> str:
    """Words in a binary part."""
    wide = data.decode("utf-16-le", "replace") if data[1:2] == b"\0" else ""
    return "\n".join(re.findall(r"[\w@.,/ -]{5,}", data.decode("utf-8", "replace") + wide))[:20_000]
