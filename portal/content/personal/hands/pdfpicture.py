"""A page made a picture, with its words under it unseen: search and readers of the screen keep them."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from PIL import ImageDraw

from portal.content.personal.hands import pictures
from portal.content.personal.hands.pdfpage import Box, PdfPage

_SCALE = 200 / 72
"""200 dots an inch."""
_LONGEST = 5000
"""Pixels of the longer side: a wall map stays within memory."""
_PAD = 1.0
_KEPT = ("", "ocr", "invisible")
"""Words a reader sees, or that say what a picture shows; other hidden ones do not go on."""


def replace(
    pdf: pikepdf.Pdf, page: pikepdf.Page, seen: PdfPage, places: set[int], letters: list[Box], boxes: list[list[float]]
) -> None:
    """Replace the page's content by its picture with black boxes, and the words not in ``places`` and boxes."""
    scale = min(_SCALE, _LONGEST / max(seen.width, seen.height, 1))
    rotation = int(seen.page.get_rotation()) % 360
    seen.page.set_rotation(0)
    width, height = seen.width, seen.height
    if rotation:
        boxes = [_turned(box, rotation) for box in boxes]
    picture = seen.page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    draw = ImageDraw.Draw(picture)
    for left, bottom, right, top in letters:
        draw.rectangle(
            [
                (left - seen.left - _PAD) * scale,
                (seen.top - top - _PAD) * scale,
                (right - seen.left + _PAD) * scale,
                (seen.top - bottom + _PAD) * scale,
            ],
            fill="black",
        )
    pictures.paint(picture, boxes)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    image = pdf.make_stream(
        out.getvalue(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=picture.width,
        Height=picture.height, ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    words = _words(seen, places, [_points(box, seen) for box in boxes])
    content = b"q %.2f 0 0 %.2f 0 0 cm /Page Do Q\n" % (width, height) + words
    page.obj["/Contents"] = pdf.make_stream(content)
    page.obj["/Resources"] = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Page=image), Font=pikepdf.Dictionary(Unseen=_font(pdf))
    )
    for key in ("/MediaBox", "/CropBox"):
        page.obj[key] = pikepdf.Array([0, 0, width, height])
    for key in ("/BleedBox", "/TrimBox", "/ArtBox", "/StructParents", "/Group", "/UserUnit"):
        if key in page.obj:
            del page.obj[key]


def _turned(box: list[float], rotation: int) -> list[float]:
    """A box drawn on the turned page as a box of the page as it lies in the file."""
    left, top, width, height = box
    if rotation == 180:
        return [100 - left - width, 100 - top - height, width, height]
    if rotation == 90:
        return [top, 100 - left - width, height, width]
    return [100 - top - height, left, height, width]


def _points(box: list[float], seen: PdfPage) -> Box:
    left, top, wide, high = box
    x, y = seen.left + left * seen.width / 100, seen.top - top * seen.height / 100
    return x, y - high * seen.height / 100, x + wide * seen.width / 100, y


def _words(seen: PdfPage, places: set[int], boxes: list[Box]) -> bytes:
    """Text instructions that show nothing, a word at a time where it stood."""
    hidden = {place for low, high, how in seen.layers() if how not in _KEPT for place in range(low, high)}
    made: list[bytes] = []
    word: list[int] = []
    for place in range(seen.count + 1):
        char = seen.text[place] if place < seen.count else " "
        gone = place in places or place in hidden or (place < seen.count and _inside(seen.box(place), boxes))
        if char.isspace() or gone:
            made += [_word(seen, word)] if word else []
            word = []
        else:
            word.append(place)
    return b"BT 3 Tr\n" + b"".join(made) + b"ET\n"


def _inside(box: Box, boxes: list[Box]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(one[0] <= x <= one[2] and one[1] <= y <= one[3] for one in boxes)


def _word(seen: PdfPage, places: list[int]) -> bytes:
    first, last = seen.loose_box(places[0]), seen.loose_box(places[-1])
    size = max(1.0, first[3] - first[1])
    wide = max(1.0, last[2] - first[0])
    text = "".join(seen.text[place] for place in places) + " "
    codes = text.encode("utf-16-be", "replace").hex().encode()
    stretch = 100 * wide / (len(text) * size / 2)
    return b"/Unseen %.2f Tf %.2f Tz 1 0 0 1 %.2f %.2f Tm <%s> Tj\n" % (
        size,
        stretch,
        first[0] - seen.left,
        first[1] - seen.bottom,
        codes,
    )


_CMAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end"""


def _font(pdf: pikepdf.Pdf) -> Any:
    """A font without letters: codes are Unicode, every letter is half as wide as high."""
    system = pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0)
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Unseen, Flags=4,
        FontBBox=pikepdf.Array([0, 0, 500, 1000]),
        ItalicAngle=0, Ascent=1000, Descent=0, CapHeight=1000, StemV=80,
    )  # fmt: skip
    inner = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=pikepdf.Name.Unseen, CIDSystemInfo=system,
        FontDescriptor=pdf.make_indirect(descriptor), DW=500, CIDToGIDMap=pikepdf.Name.Identity,
    )  # fmt: skip
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name.Unseen,
            Encoding=pikepdf.Name("/Identity-H"), DescendantFonts=pikepdf.Array([pdf.make_indirect(inner)]),
            ToUnicode=pdf.make_stream(_CMAP),
        )
    )  # fmt: skip
