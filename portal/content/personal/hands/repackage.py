"""A package rewritten without what must go: bars for what was decided, tracked changes settled, the rest dropped."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from portal.content.personal.hands import pictures, proof
from portal.content.personal.hands.packages import Part, hidden_run, package, parts, pieces
from portal.content.personal.hands.pieces import NotRemoved, Piece, squeezed, values
from portal.core import xml

_DROPPED = re.compile(
    r"^(?:docProps/(?!app|core)|customXml/|word/(?:comments|people|embeddings/|activeX/|glossary/)|xl/(?:comments|threadedComments|persons"
    r"|embeddings/|externalLinks/|revisions/|drawings/vmlDrawing)|ppt/(?:comments|commentAuthors|embeddings/|notesSlides/)"
    r"|.*(?:afchunk|printerSettings|connections\.xml|queryTables/)|.*\.(?:html?|mht|mhtml|rtf|txt|eml|msg|csv)$"
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
        "altChunk",
        "queryTableParts",
    ]
)
_UNWRAPPED = frozenset(("ins", "moveTo"))


def redact(data: bytes, targets: list[dict[str, Any]]) -> tuple[dict[str, Any], bytes]:
    """A fresh package: what is decided replaced by bars, tracked changes settled, comments and properties dropped."""
    before = pieces(data)
    gone = values(before, targets)
    wholly = proof.wholly_gone(before, gone)
    secrets = [squeezed(one) for one in wholly]
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
            archive.writestr(info, _rewritten(name, part, cuts.get(number, []), secrets))
    result = made.getvalue()
    _prove(before, pieces(result), gone)
    proof.no_bytes((part for _, _, part in parts(package(result))), wholly)
    return {"report": {"dropped": len(dropped), "parts": "rewritten"}}, result


def _ordered(parts: Iterator[tuple[int, str, bytes]]) -> Iterator[tuple[int, str, bytes]]:
    """OpenDocument wants its type first; the order is otherwise that of the archive."""
    yield from sorted(parts, key=lambda part: part[1] != "mimetype")


def _rewritten(name: str, part: bytes, spans: list[tuple[int, int]], secrets: list[str]) -> bytes:
    if re.search(r"(?:media|Pictures)/", name) and part and not name.lower().endswith(".svg"):
        # A drawing of Windows can only go as a whole.
        words = any(span[1] > span[0] for span in spans) and not pictures.is_raster(part)
        return pictures.plain(part, painted=words or any(span == (0, 0) for span in spans))
    if not re.search(r"\.(?:xml|rels|svg|vml)$", name, re.I) or not part:
        return part
    one = Part(part)
    one.cut([span for span in spans if span[1] > span[0]])
    if _EMPTIED.search(name):
        for child in list(one.root):
            for inner in list(child) if name == "meta.xml" else [child]:
                inner.getparent().remove(inner)  # type: ignore[union-attr]
    else:
        _settle(one.root)
        _silence(one.root, secrets)
        _forget_parts(name, one.root)
    return one.bytes()


def _settle(root: etree._Element) -> None:
    """Tracked changes as if all were accepted; comments, hidden text and revision marks out."""
    for element in list(root.iter()):
        name = xml.local(element)
        parent = element.getparent()
        if parent is None or not name:
            continue
        if name in _REMOVED or (name == "r" and hidden_run(element) == "hidden"):
            _take_out(parent, element)
        elif name in _UNWRAPPED:
            _unwrap(parent, element)
        else:
            for key in [k for k in element.attrib if re.search(r"}(?:rsid\w*|author|date|initials)$", str(k))]:
                del element.attrib[key]


def _silence(root: etree._Element, secrets: list[str]) -> None:
    """No attribute repeats what went: programs keep a cell's value beside its text."""
    for element in root.iter():
        for key in [k for k, v in element.attrib.items() if any(secret in squeezed(str(v)) for secret in secrets)]:
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
