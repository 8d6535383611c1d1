"""Files people attach: what they are by content, and whether we take them.

The accepted formats are those of the annex on formats in electronic letters (rozporządzenie w sprawie Krajowych
Ram Interoperacyjności, załącznik 2), without those that run: pages, drawings with scripts, macros, programs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from portal.core import documents
from portal.core.errors import Invalid

MAX_FILES = 20
"""Most attachments of one letter."""

_EXTENSIONS = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "xml": "application/xml",
    "xades": "application/xml",
    "zip": "application/zip",
}
ACCEPTED = tuple(_EXTENSIONS)
"""Endings of names we take, for the ``accept`` attribute and for hints."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_TYPES = frozenset(_EXTENSIONS[e] for e in ("doc", "xls", "ppt"))
_TEXTS = frozenset({"text/plain", "text/csv"})
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00", b"dex\n", b"\x00asm",
)  # fmt: skip
_RUNNING_NAMES = frozenset(
    (
        "exe", "com", "scr", "pif", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh",
        "hta", "msi", "msp", "msix", "jar", "class", "sh", "bash", "py", "pyc", "rb", "pl", "php", "lnk", "url",
        "reg", "dll", "sys", "cpl", "ocx", "app", "apk", "dmg", "deb", "rpm", "iso", "img", "html", "htm",
        "xhtml", "mht", "mhtml", "svg", "svgz", "swf", "xsl", "xslt", "docm", "dotm", "xlsm", "xltm", "xlam",
        "pptm", "ppsm", "potm", "chm", "hlp", "inf", "scf", "appimage",
    )
)  # fmt: skip
_RUNNING_TYPES = frozenset({"text/html", "image/svg+xml", "application/x-msdownload", "application/javascript"})
_HTML_MARKS = (b"<script", b"<!doctype html", b"<html", b"<iframe", b"javascript:")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a file: its content type, and a problem's code or an empty text."""

    content_type: str
    problem: str = ""


def extension(name: str) -> str:
    """The ending of a name in small letters, without the dot."""
    return PurePath(name).suffix[1:].lower()


def label(content_type: str) -> str:
    """A short name of a format that needs no translation: ``PDF``, ``DOCX``; empty when there is none."""
    return next((e.upper() for e, kind in _EXTENSIONS.items() if kind == content_type), "")


def _inside_zip(data: bytes) -> Looked:
    """What an archive is; only its list of names is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        return Looked("application/zip", "damaged")
    lower = [name.lower() for name in names]
    kind = _office_kind(lower, data)
    if any(name.endswith("vbaproject.bin") for name in lower):
        return Looked(kind, "macros")
    if kind == "application/zip" and any(extension(name) in _RUNNING_NAMES for name in lower):
        return Looked(kind, "dangerous")
    return Looked(kind)


def _office_kind(names: Sequence[str], data: bytes) -> str:
    if "[content_types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return _EXTENSIONS[kind]
    if "mimetype" in names:
        for kind in ("odt", "ods", "odp"):
            if _EXTENSIONS[kind].encode() in data[:256]:
                return _EXTENSIONS[kind]
    return "application/zip"


def _may_be_text(data: bytes) -> bool:
    """Whether bytes may be a text: older programs' encodings have no mark, but no text holds control characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or 13 < byte < 32 for byte in data)


def look(data: bytes, name: str = "") -> Looked:
    """What the content is, and whether it is empty, damaged, dangerous or holds macros."""
    if not data:
        return Looked("application/octet-stream", "empty")
    if data.startswith(_PROGRAMS) or extension(name) in _RUNNING_NAMES:
        return Looked(documents.content_type_of(data, name), "dangerous")
    if data.startswith(b"PK\x03\x04"):
        return _inside_zip(data)
    if data.startswith(_OLE):
        return Looked(_EXTENSIONS.get(extension(name), "") if _ole_name(name) else "application/msword")
    found = documents.content_type_of(data, name)
    if found == "application/octet-stream" and extension(name) in ("txt", "csv") and _may_be_text(data):
        found = _EXTENSIONS[extension(name)]
    if found in _TEXTS and not _may_be_text(data):
        found = "application/octet-stream"
    if found in _RUNNING_TYPES or (found in _TEXTS and _looks_like_page(data)):
        return Looked(found, "dangerous")
    return Looked(found)


def _ole_name(name: str) -> bool:
    return _EXTENSIONS.get(extension(name), "") in _OLE_TYPES


def _looks_like_page(data: bytes) -> bool:
    head = data[:4096].lower()
    return any(mark in head for mark in _HTML_MARKS)


def agrees(name: str, content_type: str) -> bool:
    """Whether the ending of ``name`` promises what the content is."""
    promised = _EXTENSIONS.get(extension(name), "")
    return promised == content_type or {promised, content_type} <= _TEXTS


def check(name: str, data: bytes) -> str:
    """The content type of a file we take. Raises ``Invalid`` with the sentence's code saying what is wrong."""
    name = documents.clean_name(name)
    found = look(data, name)
    if found.problem:
        raise Invalid(f"attachment.{found.problem}", name=name)
    if extension(name) not in _EXTENSIONS:
        raise Invalid("attachment.not_accepted", name=name, accepted=", ".join(ACCEPTED))
    if not agrees(name, found.content_type):
        says, really = extension(name).upper(), label(found.content_type)
        code = "attachment.mislabelled" if really else "attachment.unknown"
        raise Invalid(code, name=name, says=says, found=really)
    return found.content_type


def check_total(sizes: Iterable[int], limit_mb: float) -> None:
    """Refuse more files than ``MAX_FILES`` or more bytes together than ``limit_mb`` (10^6 bytes each)."""
    kept = list(sizes)
    if len(kept) > MAX_FILES:
        raise Invalid("attachment.too_many", limit=MAX_FILES)
    if sum(kept) > limit_mb * 1_000_000:
        total = f"{sum(kept) / 1_000_000:.1f}".replace(".", ",")
        raise Invalid("attachment.too_large", total=total, limit=f"{limit_mb:g}".replace(".", ","))
