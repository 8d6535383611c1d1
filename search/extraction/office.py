"""DOCX, XLSX, PPTX (ECMA-376), ODT, ODS (ISO/IEC 26300), HTML and plain XML, by the one safe XML parser."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from portal.core import xml
from search.extraction.limits import MAX_UNPACKED, Package

_BLOCKS = {"p", "h", "tab-stop", "line-break", "br", "cr", "tab", "list-item", "table-cell", "row", "tr"}
_SILENT = {"script", "style", "noscript", "template", "head"}
_HTML_BLOCKS = "p div li br tr h1 h2 h3 h4 h5 h6 td th section article header footer dt dd title"


def _root(package: Package, name: str) -> etree._Element:
    return xml.parse(package.read(name), max_bytes=MAX_UNPACKED).getroot()


def docx(data: bytes) -> list[str]:
    """The body by its page breaks (those Word noted when it last laid the text out), then notes and headers."""
    package = Package(data)
    pages = _word_pages(_root(package, "word/document.xml"))
    extra = [n for n in package.names() if re.fullmatch(r"word/(header|footer|footnotes|endnotes)\d*\.xml", n)]
    more = "\n".join(t for name in sorted(extra) for t in _word_pages(_root(package, name)) if t.strip())
    if more:
        pages[-1] = f"{pages[-1]}\n{more}"
    return pages


def _word_pages(root: etree._Element) -> list[str]:
    pages: list[list[str]] = [[]]
    for element in root.iter():
        name = xml.local(element)
        if name == "t":
            pages[-1].append(element.text or "")
        elif name == "lastRenderedPageBreak" or (name == "br" and "page" in element.attrib.values()):
            pages.append([])
        elif name in {"p", "tab", "br", "cr"}:
            pages[-1].append("\n" if name != "tab" else " ")
    return ["".join(page) for page in pages]


def odt(data: bytes) -> list[str]:
    """Text or cells in order, soft page breaks dividing pages."""
    root = _root(Package(data), "content.xml")
    pages: list[list[str]] = [[]]

    def walk(element: etree._Element) -> None:
        name = xml.local(element)
        if name in {"tracked-changes", "annotation", "scripts"} or not name:
            return
        if name == "soft-page-break":
            pages.append([])
        if name in _BLOCKS:
            pages[-1].append("\n")
        if name == "s":
            pages[-1].append(" ")
        pages[-1].append(element.text or "")
        for child in element:
            walk(child)
            pages[-1].append(child.tail or "")

    walk(root)
    return ["".join(page) for page in pages]


def xlsx(data: bytes) -> list[str]:
    """A page for each sheet: its texts and the numbers of its cells."""
    package = Package(data)
    shared: list[str] = []
    if "xl/sharedStrings.xml" in package:
        shared = ["".join(_texts(item)) for item in _root(package, "xl/sharedStrings.xml")]
    sheets = [n for n in package.names() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
    return ["\n".join(_rows(_root(package, name), shared)) for name in sorted(sheets, key=_number)]


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name) or 0)


def _texts(element: etree._Element) -> Iterator[str]:
    return (e.text or "" for e in element.iter() if xml.local(e) == "t")


def _rows(root: etree._Element, shared: list[str]) -> Iterator[str]:
    for row in (e for e in root.iter() if xml.local(e) == "row"):
        yield " ".join(filter(None, (_cell(cell, shared) for cell in row)))


def _cell(cell: etree._Element, shared: list[str]) -> str:
    value = xml.text(cell, "v")
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    return "".join(_texts(cell)) if cell.get("t") == "inlineStr" else value


def pptx(data: bytes) -> list[str]:
    """A page for each slide."""
    package = Package(data)
    slides = [n for n in package.names() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
    return ["\n".join(_texts(_root(package, name))) for name in sorted(slides, key=_number)]


def html(data: bytes) -> list[str]:
    """What a reader of the page sees. HTML has no entities of its own and is parsed without network."""
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, encoding=_charset(data))
    root = lxml_html.document_fromstring(data, parser=parser)
    made: list[str] = []
    blocks = set(_HTML_BLOCKS.split())
    for event, element in etree.iterwalk(root, events=("start", "end")):
        silent = any(a.tag in _SILENT and a.tag != "head" for a in (element, *element.iterancestors()))
        if event == "start":
            if element.tag in blocks:
                made.append("\n")
            if isinstance(element.tag, str) and not silent:
                made.append(element.text or "")
        else:
            made.append(element.tail or "")
    return ["".join(made)]


def _charset(data: bytes) -> str:
    declared = re.search(rb"charset=[\"']?([\w-]+)", data[:2048])
    if declared:
        return declared[1].decode("ascii")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1250"
    return "utf-8"


def xml_text(data: bytes) -> list[str]:
    """All character data of an XML document (letters to the office are XML)."""
    return ["\n".join(str(t).strip() for t in xml.parse(data).getroot().itertext() if t.strip())]
