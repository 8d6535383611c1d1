"""DOCX, XLSX, PPTX, ODT, ODS: every text of every XML part, and a rewritten package without what must go."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from portal.content.personal.hands import pictures
from portal.content.personal.hands.pieces import NotRemoved, Piece, TooMuch, squeezed, values
from portal.core import xml
from search.extraction.limits import MAX_UNPACKED, Package

KINDS = ("docx", "xlsx", "pptx", "odt", "ods")
BAR = "[dane usunięte]"
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
_DROPPED = re.compile(
    r"^(?:docProps/(?!app|core)|customXml/|word/(?:comments|people|embeddings/|activeX/|glossary/)|xl/(?:comments|threadedComments|persons"
    r"|embeddings/|externalLinks/|revisions/|drawings/vmlDrawing)|ppt/(?:comments|commentAuthors|embeddings/|notesSlides/)"
    r"|Thumbnails/|Object|ObjectReplacements/|_xmlsignatures/|META-INF/documentsignatures|.*vbaProject|VersionList|Versions/)"
)
"""Parts a redacted copy does not carry: comments, files inside, custom data, thumbnails, the original's signatures."""
_EMPTIED = re.compile(r"^(?:docProps/(?:core|app)\.xml|meta\.xml)$")
_REMOVED = frozenset(
    [
        "del",
        "moveFrom",
        "delText",
        "rPrChange",
        "pPrChange",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "sectPrChange",
        "numberingChange",
        "cellDel",
        "commentRangeStart",
        "commentRangeEnd",
        "commentReference",
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
        "tracked-changes",
        "annotation",
        "annotation-end",
        "change",
        "change-start",
        "change-end",
        "hidden-text",
        "hidden-paragraph",
        "object",
        "OLEObject",
        "legacyDrawing",
        "oleObjects",
        "docVars",
        "attachedTemplate",
        "mailMerge",
        "rsids",
    ]
)
_UNWRAPPED = frozenset(("ins", "moveTo"))
_TIDY_ONLY = re.compile(r"\.xml$")


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
        return _hidden_run(element)
    return "hidden" if element.get("state") in ("hidden", "veryHidden") or element.get("show") == "0" else ""


def _hidden_run(run: etree._Element) -> str:
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


def redact(data: bytes, targets: list[dict[str, Any]]) -> tuple[dict[str, Any], bytes]:
    """A fresh package: what is decided replaced by bars, tracked changes settled, comments and properties dropped."""
    before = pieces(data)
    gone = values(before, targets)
    cuts: dict[int, list[tuple[int, int]]] = {}
    for target in targets:
        cuts.setdefault(int(target["number"]), []).append((target.get("start", 0), target.get("end", 0)))
    made, dropped = io.BytesIO(), []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, name, part in _ordered(parts(package(data))):
            if _DROPPED.search(name) and not name.startswith("Objects"):
                dropped.append(name)
                continue
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, _rewritten(name, part, cuts.get(number, [])))
    result = made.getvalue()
    _prove(before, pieces(result), gone)
    return {"report": {"dropped": len(dropped), "parts": "rewritten"}}, result


def _ordered(parts: Iterator[tuple[int, str, bytes]]) -> Iterator[tuple[int, str, bytes]]:
    """OpenDocument wants its type first; the order is otherwise that of the archive."""
    yield from sorted(parts, key=lambda part: part[1] != "mimetype")


def _rewritten(name: str, part: bytes, spans: list[tuple[int, int]]) -> bytes:
    if re.search(r"(?:media|Pictures)/", name) and part:
        return pictures.plain(part, painted=any(span == (0, 0) for span in spans))
    if not re.search(r"\.(?:xml|rels)$", name) or not part:
        return part
    one = Part(part)
    one.cut([span for span in spans if span[1] > span[0]])
    if _EMPTIED.search(name):
        for child in list(one.root):
            for inner in list(child) if name == "meta.xml" else [child]:
                inner.getparent().remove(inner)  # type: ignore[union-attr]
    else:
        _settle(one.root)
        _forget_parts(name, one.root)
    return one.bytes()


def _settle(root: etree._Element) -> None:
    """Tracked changes as if all were accepted; comments, hidden text and revision marks out."""
    for element in list(root.iter()):
        name = xml.local(element)
        parent = element.getparent()
        if parent is None or not name:
            continue
        if name in _REMOVED or (name == "r" and _hidden_run(element) == "hidden"):
            _take_out(parent, element)
        elif name in _UNWRAPPED:
            _unwrap(parent, element)
        else:
            for key in [k for k in element.attrib if re.search(r"}(?:rsid\w*|author|date|initials)$", str(k))]:
                del element.attrib[key]


def _take_out(parent: etree._Element, element: etree._Element) -> None:
    """Remove an element and keep what follows it."""
    tail, previous = element.tail or "", element.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _unwrap(parent: etree._Element, element: etree._Element) -> None:
    place = parent.index(element)
    for child in list(element):
        parent.insert(place, child)
        place += 1
    _take_out(parent, element)


def _forget_parts(name: str, root: etree._Element) -> None:
    """No relation, content type or manifest line to a part that is gone."""
    folder = name.rsplit("/_rels/", 1)[0] + "/" if "/_rels/" in name else ""
    for child in list(root):
        said = next(
            (
                str(v)
                for k, v in child.attrib.items()
                if str(k).rsplit("}", 1)[-1] in ("Target", "PartName", "full-path")
            ),
            "",
        )
        if re.search(r"/(?:attachedTemplate|mailMerge\w*)$", child.get("Type", "")):
            root.remove(child)
        elif said and child.get("TargetMode") != "External":
            path = said.lstrip("/") if said.startswith("/") or not folder else _joined(folder, said)
            if _DROPPED.search(path):
                root.remove(child)


def _joined(folder: str, target: str) -> str:
    steps = [*folder.strip("/").split("/")]
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        else:
            steps.append(step)
    return "/".join(steps)


def _prove(before: list[Piece], after: list[Piece], gone: list[str]) -> None:
    """Raise ``NotRemoved`` when a value taken out stands in the copy more often than it was left."""
    was, now = (" ".join(squeezed(piece.text) for piece in part) for part in (before, after))
    for value in {squeezed(one) for one in gone}:
        left = was.count(value) - sum(squeezed(one) == value for one in gone)
        if now.count(value) > max(0, left):
            raise NotRemoved
