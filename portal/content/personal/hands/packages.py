"""DOCX, XLSX, PPTX, ODT, ODS: every text of every XML part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from portal.content.personal.hands import camera
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
        *("tooltip", "display", "location", "prompt", "promptTitle", "error", "errorTitle", "string", "formula"),
        *("oddHeader", "label", "alias", "connection", "command", "url", "sourceFile", "from", "to", "subject"),
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
            if _spoken(name, etree.QName(key).localname, str(value)):
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


def _spoken(element: str, attribute: str, value: str) -> bool:
    """Is this attribute something a person wrote, or a program about a person?"""
    if attribute in ("val", "value") and element != "docVar":
        # A cell's number, a name or a label given to a field; elsewhere these are sizes and colours.
        return element in _LABELS or (element.endswith("cell") and sum(c.isdigit() for c in value) >= _LONG)
    return (attribute in _SAID or element == "docVar") and any(c.isalnum() for c in value)


_LABELS = frozenset(("alias", "tag", "default", "docPart", "listItem", "statusText", "helpText"))
_LONG = 7
"""Digits of a number that may point at somebody."""


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
    found: list[Piece] = []
    for number, name, part in parts(package(data)):
        if name.lower().endswith((".svg", ".vml")) and part:
            one = Part(part)
            found.append(Piece("picture_inside", one.text, number, [*one.layers, (0, 0, "picture")]))
        elif _FOREIGN.search(name) and part and not name.endswith(".rels"):
            found.append(Piece("attachment_inside", _printable(part), number, [(0, 0, "picture")]))
        elif re.search(r"(?:media|Pictures)/", name):
            found += _picture(part, number)
        elif re.search(r"\.(?:xml|rels)$", name) and not (_SILENT.search(name) and name != "styles.xml"):
            one = Part(part)
            if any(char.isalnum() for char in one.text):
                found.append(Piece(_place(name), one.text, number, one.layers))
    return found


_FOREIGN = re.compile(r"(?:embeddings|activeX)/|^Object|afchunk|\.(?:html?|mht|mhtml|rtf|txt|docx?|eml|msg|csv)$", re.I)
"""Files inside the file: pasted or linked whole."""


def _picture(data: bytes, number: int) -> list[Piece]:
    """A picture: one large enough is looked at; what is written into it, and into a drawing of Windows, is text."""
    try:
        said = camera.written(data, number)
    except Exception:  # noqa: BLE001 - a vector picture or a broken one
        said = Piece("camera", _printable(data), number)
    large = [Piece("picture_inside", "", number, [(0, 0, "picture")])] if len(data) > _SMALL else []
    return [*large, *([said] if any(char.isalnum() for char in said.text) else [])]


_SMALL = 2_000
"""Bytes of a picture too small to show anybody."""


def _printable(data: bytes) -> str:
    """Words in a binary part."""
    wide = [data[start:].decode("utf-16-le", "replace") for start in (0, 1)] if b"\0" in data else []
    words = (re.findall(r"[0-9A-Za-zÀ-ſ@.,/ _-]{5,}", text) for text in (data.decode("utf-8", "replace"), *wide))
    return "\n".join(one for found in words for one in found)[:20_000]
