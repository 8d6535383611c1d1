"""Files on their way in: what they really are, whether they may be kept, and the look for viruses.

Everything here is decided by the bytes; the name is only compared with them.
"""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree
from sqlalchemy.orm import Session

from portal.content import renditions
from portal.core import documents, xml
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.documents import Document
from portal.core.errors import Invalid

IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
MAX_IMAGE_MB = 20
MAX_UNPACKED = 1_000_000_000
MAX_RATIO = 200
"""How many times larger than itself an archive may become; office documents reach some 30."""
_SMALL = 10_000_000
"""What unpacks to less than this is no bomb, whatever its ratio."""

_ZIPPED = {"docx", "xlsx", "pptx", "odt", "ods", "odp", "zip", "epub"}
_ENDINGS: dict[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "png": ("image/png",),
    "gif": ("image/gif",),
    "webp": ("image/webp",),
    "svg": ("image/svg+xml",),
    "rtf": ("application/rtf", "text/rtf"),
    "mp3": ("audio/mpeg",),
    "mp4": ("video/mp4", "video/x-m4v"),
    "html": ("text/html",),
    "htm": ("text/html",),
    "xml": ("application/xml", "image/svg+xml", "text/html"),
    "txt": ("text/plain", "text/csv"),
    "csv": ("text/plain", "text/csv"),
}
"""Endings of names that promise something → the contents that keep the promise."""
_REFERENCE = re.compile(r"\s*(#|data:image/(?:png|jpeg|gif|webp);)", re.IGNORECASE)
_FORBIDDEN = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler", "set", "animate"})


def keep(
    session: Session, blobs: BlobStore, actor: Actor, *, data: bytes, name: str, origin: str, kind: str = ""
) -> Document:
    """Store a file that somebody sent, or that comes from another system: the one gate for all ways into content.

    ``kind`` is the type of item it is for; an image must be one. Raises ``Invalid`` with a sentence. Where a scanner
    is configured it waits until the worker has looked for viruses (``documents.store``).
    """
    check(data, name, kind=kind)
    return documents.store(session, blobs, actor, data=data, name=name, origin=origin)


def check(data: bytes, name: str, *, kind: str = "") -> None:
    """Raise ``Invalid`` when the bytes are not what the name says, or are something nobody should keep."""
    if not data:
        raise Invalid("document.empty", name=documents.clean_name(name))
    name = documents.clean_name(name)
    content_type = documents.content_type_of(data, name)
    _refuse_lies(data, name, content_type)
    if kind == "image" and content_type not in IMAGES:
        raise Invalid("content.image_unreadable")
    if content_type in IMAGES:
        if len(data) > MAX_IMAGE_MB * 1024 * 1024:
            raise Invalid("content.image_too_heavy", limit=MAX_IMAGE_MB)
        renditions.size_of(data)
    if content_type == "image/svg+xml":
        _refuse_active_svg(data)
    if data.startswith(b"PK"):
        _refuse_bombs(data, name)


def _refuse_lies(data: bytes, name: str, content_type: str) -> None:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    promised = _ENDINGS.get(ending)
    honest = content_type in promised if promised else ending not in _ZIPPED or data.startswith(b"PK")
    program = data.startswith((b"MZ", b"\x7fELF", b"#!"))
    if program:
        raise Invalid("content.file_program", name=name)
    if not honest:
        raise Invalid("content.file_lies", name=name, ending=f".{ending}")


def _refuse_active_svg(data: bytes) -> None:
    try:
        root = xml.parse(data)
    except xml.UnsafeXml as cause:
        raise Invalid("content.svg_active") from cause
    for element in root.iter("*"):
        if etree.QName(element).localname.lower() in _FORBIDDEN:
            raise Invalid("content.svg_active")
        for attribute, value in element.attrib.items():
            short = etree.QName(attribute).localname.lower()
            if short.startswith("on") or (short in ("href", "src") and not _REFERENCE.match(str(value))):
                raise Invalid("content.svg_active")
            if "url(" in str(value) and "url(#" not in str(value).replace(" ", "").replace("'", "").replace('"', ""):
                raise Invalid("content.svg_active")


def _refuse_bombs(data: bytes, name: str) -> None:
    """By what the archive says of itself; whoever unpacks it counts again (``search.extraction.limits``)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as cause:
        raise Invalid("content.zip_damaged", name=name) from cause
    unpacked = sum(entry.file_size for entry in entries)
    # Entries that overlap claim more packed bytes than there are.
    overlapping = sum(entry.compress_size for entry in entries) > len(data)
    if unpacked > MAX_UNPACKED or overlapping or (unpacked > _SMALL and unpacked > MAX_RATIO * len(data)):
        raise Invalid("content.zip_bomb", name=name)
