"""Readers of each format. Each gives the pages of its text; the format is told by content."""

from __future__ import annotations

import re
from collections.abc import Callable

from search.extraction import office, pdf, rtf
from search.extraction.limits import MAX_TEXT, Package, TooLarge

Pages = list[str]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_HYPHEN = re.compile(r"(?<=[a-ząćęłńóśźż])[-\u00ad]\n(?=[a-ząćęłńóśźż])")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF8")


def kind_of(data: bytes) -> str:
    """The format: a name among ``_READERS``, ``pdf``, ``picture``, or empty for what we cannot read."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK"):
        return _package_kind(data)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(_PICTURES):
        return "picture"
    lowered = head.lower()
    if lowered.startswith((b"<!doctype html", b"<html")) or b"<html" in lowered:
        return "html"
    if head.startswith(b"<"):
        return "xml"
    return "text" if decoded(data) is not None else ""


def _package_kind(data: bytes) -> str:
    names = set(Package(data).names())
    for part, kind in (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx")):
        if part in names:
            return kind
    if "content.xml" in names and "mimetype" in names:
        mime = Package(data).read("mimetype")
        return "ods" if b"spreadsheet" in mime else "odt"
    return ""


def read(kind: str, data: bytes, *, until: float = 0.0) -> tuple[Pages, str]:
    """The pages and how it went. Text in pictures is recognised until ``until`` (monotonic seconds); at 0 not at all.

    Raises ``TooLarge`` and whatever a damaged file provokes.
    """
    recognised = False
    if kind in ("pdf", "picture"):
        read = pdf.pages(data, until=until) if kind == "pdf" else pdf.picture(data, until=until)
        pages, recognised = read.pages, read.recognised
    elif reader := _READERS.get(kind):
        pages = reader(data)
    else:
        return [], "unsupported"
    if sum(map(len, pages)) > MAX_TEXT:
        raise TooLarge
    pages = [_clean(page) for page in pages]
    if not any(page.strip() for page in pages):
        return [], "no_text"
    return pages, "ocr" if recognised else "ok"


def _clean(page: str) -> str:
    """Words divided at the end of a line are joined; controls (the form feed that parts pages above all) go."""
    text = page.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return _CONTROL.sub(" ", _HYPHEN.sub("", text))


def decoded(data: bytes) -> str | None:
    """UTF-8 with or without its mark, else Windows-1250; ``None`` for what is no text in either."""
    for encoding in ("utf-8-sig", "cp1250"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    return None


def _text(data: bytes) -> Pages:
    return [decoded(data) or ""]


_READERS: dict[str, Callable[[bytes], Pages]] = {
    "docx": office.docx,
    "odt": office.odt,
    "ods": office.odt,
    "xlsx": office.xlsx,
    "pptx": office.pptx,
    "rtf": rtf.pages,
    "html": office.html,
    "xml": office.xml_text,
    "text": _text,
}
