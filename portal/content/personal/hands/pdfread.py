"""Everything a PDF says: its pages with what is hidden on them, and all that is not drawn on any page."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from portal.content.personal.hands import camera
from portal.content.personal.hands.pdfpage import PdfPage
from portal.content.personal.hands.pieces import Locked, Piece
from search.extraction import readers

_KEYS = {
    **dict.fromkeys(("/Contents", "/RC", "/Subj"), "comment"),
    **dict.fromkeys(("/V", "/DV", "/TU", "/Opt"), "form_field"),
    **dict.fromkeys(("/ActualText", "/Alt", "/E"), "accessible_text"),
    **dict.fromkeys(("/F", "/UF", "/Desc"), "attachment_inside"),
    **dict.fromkeys(("/Author", "/Subject", "/Keywords", "/Creator", "/Producer"), "metadata"),
    "/JS": "script",
    "/URI": "link",
}
_NOISE = frozenset(
    f"/{name}"
    for name in (
        *(
            "ID",
            "O",
            "U",
            "OE",
            "UE",
            "Perms",
            "CharSet",
            "Registry",
            "Ordering",
            "DA",
            "Lang",
            "Panose",
            "M",
            "D",
            "Dest",
        ),
        *("CreationDate", "ModDate", "LastModified", "CIDSet", "Style", "NeedAppearances", "OutputConditionIdentifier"),
        *("RegistryName", "Info", "DestOutputProfile", "Lookup", "SN", "BG"),
    )
)
"""Strings that programs write for programs."""
_ENDS = re.compile(rb"%%EOF[\r\n]*")
_MOST_REVISIONS = 5
_LARGEST_PICTURE = 100 * 1024 * 1024


def opened(data: bytes) -> pikepdf.Pdf:
    """The document for editing. Raises ``Locked``."""
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as locked:
        raise Locked from locked


def drawn(data: bytes) -> pypdfium2.PdfDocument:
    """The document for reading and drawing. Raises ``Locked``."""
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as failed:
        if "assword" in str(failed):
            raise Locked from failed
        raise


def pieces(data: bytes, *, inner: bool = False) -> list[Piece]:
    """All pieces; ``inner``: of an earlier revision or a file inside, which is not looked into further."""
    document = drawn(data)
    found = [_page(document[number], number + 1) for number in range(len(document))]
    found += _drawn_over(data)
    with opened(data) as pdf:
        found += said(pdf)
        found += _photographs(pdf)
        if not inner:
            found += _attached(pdf)
    if not inner:
        found += _earlier(data, {piece.text for piece in found})
    return found


def _page(page: pypdfium2.PdfPage, number: int) -> Piece:
    seen = PdfPage(page)
    layers = seen.layers()
    if not seen.text.strip() and seen.covers:
        layers += [(0, 0, "scan"), *([(0, 0, "black")] if seen.black else [])]
    elif seen.garbled or (seen.large_pictures and not any(how == "ocr" for _, _, how in layers)):
        layers.append((0, 0, "picture"))
    return Piece("page", seen.text, number, layers)


def _drawn_over(data: bytes) -> Iterator[Piece]:
    """What remarks and form fields draw on their pages, which is no part of the pages' own text."""
    document = drawn(data)
    document.init_forms()
    for number in range(len(document)):
        page = document[number]
        if not pdfium.FPDFPage_GetAnnotCount(page.raw):
            continue
        before = PdfPage(page).text
        if pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
            continue
        page.close()
        after = PdfPage(document[number]).text
        if after != before:
            text = after.removeprefix(before)
            yield Piece("drawn_over", text, number + 1)


def said(pdf: pikepdf.Pdf) -> list[Piece]:
    """Every string of every object that a person may have written, and the metadata."""
    found: dict[str, list[str]] = {}
    for one in [*pdf.objects, pdf.trailer]:
        for place, text in strings(one):
            found.setdefault(place, []).append(text)
    return [
        Piece(place, "\n\n".join(dict.fromkeys(texts)), number)
        for number, (place, texts) in enumerate(sorted(found.items()))
    ]


def jpeg(one: Any) -> bytes:
    """The JPEG of a stream that holds one, whatever it is packed in besides; empty for any other object."""
    if not isinstance(one, pikepdf.Stream):
        return b""
    packed = one.get("/Filter")
    filters = [str(name) for name in packed] if isinstance(packed, pikepdf.Array) else [str(packed)]
    if filters[-1] != "/DCTDecode" or any(name != "/FlateDecode" for name in filters[:-1]):
        return b""
    data = one.read_raw_bytes()
    try:
        for _ in filters[:-1]:
            data = zlib.decompressobj().decompress(data, _LARGEST_PICTURE)
    except zlib.error:
        return b""
    return data


def packed(one: Any) -> bytes:
    """The bytes of a stream that is a JPEG 2000 or JBIG2 picture; empty for any other object."""
    filters = one.get("/Filter") if isinstance(one, pikepdf.Stream) else None
    return one.read_raw_bytes() if filters in (pikepdf.Name.JPXDecode, pikepdf.Name.JBIG2Decode) else b""


def _photographs(pdf: pikepdf.Pdf) -> Iterator[Piece]:
    """What cameras and programs wrote into the pictures on the pages; each with something to say once."""
    known: set[str] = set()
    for one in pdf.objects:
        data, other = jpeg(one), packed(one)
        if not data and not other:
            continue
        number = 1 + len(known)
        piece = _written(data, number) if data else Piece("camera", camera.words_in(other), number)
        if any(char.isalnum() for char in piece.text) and piece.text not in known:
            known.add(piece.text)
            yield piece


def _written(data: bytes, number: int) -> Piece:
    try:
        return camera.written(data, number)
    except Exception:  # noqa: BLE001 - a broken picture says nothing; it is drawn or not all the same
        return Piece("camera", "", number)


def strings(one: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The strings of an object and of what lies directly inside it."""
    if depth > 12:
        return
    if isinstance(one, pikepdf.Array):
        for item in one:
            if isinstance(item, pikepdf.Object) and not item.is_indirect:
                yield from strings(item, depth + 1)
    elif isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
        if isinstance(one, pikepdf.Stream) and one.get("/Type") == "/Metadata":
            yield "metadata", re.sub(r"<[^>]*>", " ", one.read_bytes().decode("utf-8", "replace"))
        signature = one.get("/Type") == "/Sig" or "/ByteRange" in one
        for key, value in one.items():
            if key not in _NOISE and not (signature and key == "/Contents"):
                yield from _said_under(key, value, one, depth)


def _said_under(key: str, value: Any, holder: pikepdf.Object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, pikepdf.String):
        text = str(value)
    elif isinstance(value, pikepdf.Array) and key != "/Limits":
        text = "\n".join(str(item) for item in value if isinstance(item, pikepdf.String))
    else:
        text = ""
    if any(char.isalnum() for char in text):
        yield _place(key, holder), text
    if isinstance(value, pikepdf.Object) and not value.is_indirect:
        yield from strings(value, depth + 1)


def _place(key: str, holder: pikepdf.Object) -> str:
    if key == "/Title":
        return "bookmark" if "/Parent" in holder else "metadata"
    if key == "/T":
        return "comment" if holder.get("/Subtype") not in (None, "/Widget") else "form_field"
    return _KEYS.get(key, "other")


def raw(data: bytes) -> Iterator[bytes]:
    """The bytes of every object and every stream of a file, unpacked: what a curious reader finds in it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for one in [*pdf.objects, pdf.trailer]:
            if isinstance(one, pikepdf.Stream):
                yield one.stream_dict.unparse()
                yield one.read_raw_bytes() if jpeg(one) or packed(one) else _unpacked(one)
            elif isinstance(one, pikepdf.Object):
                yield one.unparse()


def _unpacked(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return stream.read_raw_bytes()


def _attached(pdf: pikepdf.Pdf) -> Iterator[Piece]:
    """Files inside the file; one we cannot read is a thing to look at."""
    number = 0
    for one in pdf.objects:
        if not isinstance(one, pikepdf.Dictionary) or not isinstance(one.get("/EF"), pikepdf.Dictionary):
            continue
        for stream in one["/EF"].values():
            number += 1
            if isinstance(stream, pikepdf.Stream):
                yield _inner_file(stream.read_bytes(), 100 + number)


def _inner_file(data: bytes, number: int) -> Piece:
    try:
        text, note = readers.read(readers.kind_of(data), data)
    except Exception:  # noqa: BLE001 - whatever a file inside provokes means that a person must look at it
        text, note = [], "failed"
    layers = [] if note == "ok" else [(0, 0, "picture")]
    return Piece("attachment_inside", "\n\n".join(text), number, layers)


def _earlier(data: bytes, present: set[str]) -> Iterator[Piece]:
    """What earlier saved states of the same file said and the present one does not: its bytes are still inside."""
    ends = [match.end() for match in _ENDS.finditer(data)][:-1]
    if b"/Linearized" in data[:2048]:
        ends = ends[1:]
    for number, end in enumerate(ends[-_MOST_REVISIONS:], 1):
        try:
            before = pieces(data[:end], inner=True)
        except Exception:  # noqa: BLE001 - a beginning that is no document says nothing to a reader either
            before = []
        fresh = [piece.text for piece in before if piece.text.strip() and piece.text not in present]
        if fresh:
            present.update(fresh)
            yield Piece("earlier_revision", "\n\n".join(fresh), number)
