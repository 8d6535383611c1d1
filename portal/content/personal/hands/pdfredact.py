"""A redacted PDF: letters really gone, hidden places empty, a fresh file without its earlier states.

Page by page: where the letters can be taken out of the content stream with certainty they are, and the page is
compared with its old self; else the page becomes a picture with its other words under it, for search and readers.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from portal.content.personal.hands import camera, pdfedit, pdfpicture, pdfread, pictures, proof
from portal.content.personal.hands.pdfpage import Box, PdfPage
from portal.content.personal.hands.pdfread import strings
from portal.content.personal.hands.pieces import NotRemoved, Piece, squeezed, values

BAR = "[dane usunięte]"
_PART = 4
"""Letters from which a string that is a part of what goes goes too."""
_PAD = 1.0
"""Points around letters that go black with them."""
_PROOF = 60 / 72
"""Scale at which an edited page is compared with its old self."""
_DRAWN = (
    "/Widget",
    "/FreeText",
    "/Stamp",
    "/Ink",
    "/Square",
    "/Circle",
    "/Line",
    "/Polygon",
    "/PolyLine",
    "/Redact",
    "/Watermark",
)
"""Annotations that belong to what a reader sees: their page is made a picture with them in it."""
_EVERYWHERE = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AA",
    "/AF",
    "/Thumb",
    "/SpiderInfo",
    "/JS",
    "/EF",
    "/Alternates",
    "/OPI",
)
_DOCUMENT = ("/OpenAction", "/AcroForm", "/Collection", "/Extensions", "/Legal", "/Perms", "/DSS", "/Threads")


@dataclass
class _Sheet:
    """What goes from one page: places of letters, boxes in per cent."""

    places: set[int] = field(default_factory=set)
    boxes: list[list[float]] = field(default_factory=list)
    drawn_over: bool = False
    """Does something a remark or a field draws here have to go?"""


def redact(data: bytes, targets: list[dict[str, Any]]) -> tuple[dict[str, Any], bytes]:
    """The copy, and how each page was made. Raises ``NotRemoved`` when a proof fails."""
    before = pdfread.pieces(data)
    gone = values(before, targets)
    sheets = _sheets(targets)
    document = pdfread.drawn(data)
    document.init_forms()
    how: dict[str, str] = {}
    with pdfread.opened(data) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            seen = PdfPage(document[number - 1])
            sheet = sheets.get(number, _Sheet())
            made = _page(pdf, page, seen, sheet, gone)
            if made:
                how[str(number)] = made
        _strip(pdf, [squeezed(one) for one in gone])
        result = _saved(pdf)
    _prove(before, result, gone)
    proof.no_bytes(pdfread.raw(result), proof.wholly_gone(before, gone))
    return {"report": {"pages": how}}, result


def _sheets(targets: list[dict[str, Any]]) -> dict[int, _Sheet]:
    found: dict[int, _Sheet] = {}
    for target in targets:
        place = target.get("place", "page")
        sheet = found.setdefault(int(target["number"]), _Sheet()) if place in ("page", "drawn_over") else _Sheet()
        if place == "drawn_over":
            sheet.drawn_over = True
        elif "box" in target or target.get("end") == 0:
            sheet.boxes.append(pictures.box_of(target))
        else:
            sheet.places.update(range(target["start"], target["end"]))
    return found


def _page(pdf: pikepdf.Pdf, page: pikepdf.Page, seen: PdfPage, sheet: _Sheet, gone: list[str]) -> str:
    """Make one page anew; empty when it stays as it was."""
    drawn_over = [
        one
        for one in page.get("/Annots", [])
        if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") in _DRAWN and "/Rect" in one
    ]
    cropped = seen.cropped_pictures
    if not sheet.places and not sheet.boxes and not drawn_over and not cropped:
        return ""
    boxes = seen.bars(sheet.places) + _rectangles(drawn_over, [squeezed(one) for one in gone], sheet.drawn_over)
    if not sheet.boxes and not drawn_over and not cropped and not _over_pictures(seen, boxes):
        try:
            _edit(pdf, page, seen, sheet.places, boxes, gone)
        except pdfedit.Uncertain:
            pass
        else:
            return "edited"
    pdfpicture.replace(pdf, page, seen, sheet.places, boxes, sheet.boxes)
    return "picture"


def _rectangles(drawn_over: Sequence[pikepdf.Object], secrets: list[str], any_of_them: bool) -> list[Box]:
    """Where remarks and fields draw what has to go; all of them when it cannot be told which."""
    guilty = [one for one in drawn_over if any(secret in _said(one) for secret in secrets)]
    found = []
    for one in guilty or (drawn_over if any_of_them else []):
        left, bottom, right, top = (float(side) for side in one["/Rect"])
        found.append((min(left, right), min(bottom, top), max(left, right), max(bottom, top)))
    return found


def _said(one: pikepdf.Object) -> str:
    """What a remark says, or a field by itself or through its parent."""
    holders = [holder for holder in (one, one.get("/Parent")) if holder is not None]
    return squeezed("".join(text for holder in holders for _, text in strings(holder)))


def _over_pictures(seen: PdfPage, boxes: list[Box]) -> bool:
    """Does a picture show what the letters say? Then letters alone are not enough."""
    pictured = [cover.box for cover in seen.covers if cover.picture]
    return any(p[0] < b[2] and b[0] < p[2] and p[1] < b[3] and b[1] < p[3] for p in pictured for b in boxes)


def _edit(
    pdf: pikepdf.Pdf, page: pikepdf.Page, seen: PdfPage, places: set[int], boxes: list[Box], gone: list[str]
) -> None:
    """Edit the content stream, put black bars, and compare. Raises ``Uncertain`` and leaves the page as it was."""
    instructions = pdfedit.without(page, seen, places, gone)
    bars = b"".join(_bar(box) for box in boxes)
    body = pikepdf.unparse_content_stream(instructions)
    content = pdf.make_stream(b"q\n" + body + b"\nQ\nq 0 g\n" + bars + b"Q\n")
    old = page.obj["/Contents"]
    page.obj["/Contents"] = content
    if not _same_elsewhere(page, seen, places, boxes):
        page.obj["/Contents"] = old
        raise pdfedit.Uncertain


def _bar(box: Box) -> bytes:
    """The letters are gone already: the bar only says where, and leaves the lines above and below alone."""
    left, bottom, right, top = box
    height = top - bottom
    return b"%.2f %.2f %.2f %.2f re f\n" % (left - _PAD, bottom + 0.08 * height, right - left + 2 * _PAD, 0.8 * height)


def _same_elsewhere(page: pikepdf.Page, seen: PdfPage, places: set[int], boxes: list[Box]) -> bool:
    """The other letters are the same, and so is the picture of the page outside the bars."""
    out = io.BytesIO()
    with pikepdf.new() as alone:
        alone.pages.append(page)
        alone.save(out)
    document = pypdfium2.PdfDocument(out.getvalue())
    after = PdfPage(document[0])
    wanted = squeezed("".join(char for place, char in enumerate(seen.text) if place not in places))
    if squeezed(after.text) != wanted:
        return False
    pair = [one.page.render(scale=_PROOF, grayscale=True, may_draw_forms=False).to_pil() for one in (seen, after)]
    if pair[0].size != pair[1].size:
        return False
    for picture in pair:
        draw = ImageDraw.Draw(picture)
        for left, bottom, right, top in boxes:
            x, y = (left - seen.left) * _PROOF, (seen.top - top) * _PROOF
            draw.rectangle([x - 4, y - 4, x + (right - left) * _PROOF + 4, y + (top - bottom) * _PROOF + 4], fill=0)
    return _differing(pair[0], pair[1]) < 0.0005


def _differing(one: Image.Image, two: Image.Image) -> float:
    counts = ImageChops.difference(one, two).histogram()
    return sum(counts[48:]) / max(1, sum(counts))


def _strip(pdf: pikepdf.Pdf, secrets: list[str]) -> None:
    """Everything that is on no page: dropped, or without what was decided."""
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for key in (*_DOCUMENT, *_EVERYWHERE):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Names" in pdf.Root:
        for key in ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions"):
            if key in pdf.Root["/Names"]:
                del pdf.Root["/Names"][key]
    for page in pdf.pages:
        _strip_annotations(page)
    for one in pdf.objects:
        _strip_object(one, secrets, 0)
        if photograph := pdfread.jpeg(one):
            one.write(camera.without_notes(photograph), filter=pikepdf.Name.DCTDecode)
        elif picture := pdfread.packed(one):
            kind: Any = one["/Filter"]
            asked: Any = one.get("/DecodeParms")
            one.write(camera.without_words(picture), filter=kind, decode_parms=asked)


def _strip_annotations(page: pikepdf.Page) -> None:
    kept = [
        one for one in page.get("/Annots", []) if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Link"
    ]
    for link in kept:
        for key in ("/Contents", "/T", "/NM", "/RC", "/Subj", "/AP"):
            if key in link:
                del link[key]
    if "/Annots" in page.obj:
        del page.obj["/Annots"]
    if kept:
        page.obj["/Annots"] = pikepdf.Array(kept)


def _strip_object(one: Any, secrets: list[str], depth: int) -> None:
    """Strings with a secret, and what programs write into any object, go; what lies directly inside too."""
    if depth > 12 or not isinstance(one, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
        return
    if isinstance(one, pikepdf.Array):
        for place, value in enumerate(one):
            if _says(value, secrets):
                one[place] = pikepdf.String(BAR)
            elif isinstance(value, pikepdf.Object) and not value.is_indirect:
                _strip_object(value, secrets, depth + 1)
        return
    for key in _EVERYWHERE:
        if key in one:
            del one[key]
    for key in list(one.keys()):
        value = one[key]
        if _says(value, secrets):
            if key == "/Title":
                one[key] = pikepdf.String(BAR)
            else:
                del one[key]
        elif isinstance(value, pikepdf.Object) and not value.is_indirect:
            _strip_object(value, secrets, depth + 1)


def _says(value: Any, secrets: list[str]) -> bool:
    """Does a string say a secret, or nothing but a part of one (programs describe a line word by word)?"""
    if not isinstance(value, pikepdf.String):
        return False
    said = squeezed(str(value))
    return any(one in said or (len(said) >= _PART and said in one) for one in secrets)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    """A fresh file: only what the pages still reach, no earlier states, a new identity."""
    pdf.remove_unreferenced_resources()
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, encryption=False)
    return out.getvalue()


def _prove(before: list[Piece], result: bytes, gone: list[str]) -> None:
    """Raise ``NotRemoved`` when a value stands in the copy more often than it was left."""
    was = " ".join(squeezed(piece.text) for piece in before)
    now = " ".join(squeezed(piece.text) for piece in pdfread.pieces(result))
    for value in {squeezed(one) for one in gone}:
        left = was.count(value) - sum(squeezed(one) == value for one in gone)
        if now.count(value) > max(0, left):
            raise NotRemoved
