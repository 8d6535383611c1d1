"""Pictures: pixels painted over are really replaced, and nothing but pixels goes on into the copy."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageOps

from portal.content.personal.hands import camera
from portal.content.personal.hands.pdfpage import PdfPage
from portal.content.personal.hands.pdfread import drawn
from portal.content.personal.hands.pieces import Piece

_MOST_PIXELS = 60_000_000
_PREVIEW = 1000
Image.MAX_IMAGE_PIXELS = _MOST_PIXELS


def _opened(data: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data)))


def pieces(data: bytes) -> list[Piece]:
    """A picture is a thing to look at; what a camera or a program wrote into it is text."""
    return [Piece("page", "", 1, [(0, 0, "scan")]), camera.written(data, 2)]


def is_raster(data: bytes) -> bool:
    """Can the picture be opened here?"""
    try:
        _opened(data)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it cannot
        return False
    return True


def plain(data: bytes, *, painted: bool = False) -> bytes:
    """The same picture without what was written into its file; ``painted``: all of it black."""
    try:
        picture = _opened(data)
        kind = Image.open(io.BytesIO(data)).format or "PNG"
    except Exception:  # noqa: BLE001 - a vector picture or a broken one: kept only when nothing in it has to go
        return b"" if painted else data
    if painted:
        picture.paste(0, (0, 0, *picture.size))
    return _saved(picture, kind)


def redact(data: bytes, targets: list[dict[str, Any]]) -> tuple[dict[str, Any], bytes]:
    """The picture with the boxes of the targets black. Targets without a box take out what is written in the file."""
    picture, kind = _opened(data), Image.open(io.BytesIO(data)).format or "PNG"
    boxes = [box_of(target) for target in targets if "box" in target or target.get("place") == "page"]
    paint(picture, boxes)
    return {"report": {"boxes": len(boxes)}}, _saved(picture, kind)


def box_of(target: dict[str, Any]) -> list[float]:
    """The box a target names; one without a box names all of the page."""
    return list(target.get("box") or [0.0, 0.0, 100.0, 100.0])


def paint(picture: Image.Image, boxes: list[list[float]]) -> None:
    """Paint boxes (left, top, width, height in per cent) black."""
    draw = ImageDraw.Draw(picture)
    black = "black" if picture.mode in ("RGB", "RGBA", "P", "CMYK") else 0
    for left, top, width, height in boxes:
        x, y = left * picture.width / 100, top * picture.height / 100
        draw.rectangle([x, y, x + width * picture.width / 100, y + height * picture.height / 100], fill=black)


def _saved(picture: Image.Image, kind: str) -> bytes:
    """Pixels only: a new picture carries no EXIF, XMP, comment or thumbnail."""
    fresh = Image.new(picture.mode, picture.size)
    if picture.mode == "P" and picture.getpalette():
        fresh.putpalette(picture.getpalette() or [])
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()


def page(kind: str, data: bytes, number: int, marks: list[list[int]]) -> bytes:
    """A page of a PDF, or a picture, as a PNG to look at; ``marks``: stretches of the page's text to point out."""
    if kind == "pdf":
        document = drawn(data)
        sheet: pypdfium2.PdfPage = document[number - 1]
        width, height = sheet.get_size()
        scale = _PREVIEW / max(width, height, 1)
        seen = PdfPage(sheet)
        bars = seen.bars({place for start, end in marks for place in range(start, end)})
        picture = sheet.render(scale=scale).to_pil().convert("RGB")
        if not sheet.get_rotation():
            draw = ImageDraw.Draw(picture)
            for left, bottom, right, top in bars:
                x, y = (left - seen.left) * scale, (seen.top - top) * scale
                end = (x + (right - left) * scale + 2, y + (top - bottom) * scale + 1)
                draw.rectangle([x - 2, y - 1, *end], outline="#a4161a", width=2)
    else:
        picture = _opened(data).convert("RGB")
        picture.thumbnail((_PREVIEW, _PREVIEW))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
