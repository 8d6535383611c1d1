"""Smaller and cropped versions of an image, upright and without the data of camera and place. Knows no database.

A picture is looked at before it is unpacked: one that claims more pixels than allowed is refused unread.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.core.errors import Invalid

FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "png", "WEBP": "webp"}
"""Formats we read → the ending of what is made beside WebP."""
WIDTHS = (320, 640, 960, 1600, 2400)
"""Widths in pixels; none is larger than the image, but the largest one that fits keeps the image's own width."""
CROPS = {"karta": (3, 2, (480, 960)), "naglowek": (3, 1, (960, 1600))}
"""Shape of a crop (width : height) and its widths: cards in lists, the band above a page."""
MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
_QUALITY = 80
_MIDDLE = 50

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True, slots=True)
class Made:
    """One version ready to be kept."""

    name: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of the upright image in pixels."""

    width: int
    height: int


def opened(data: bytes) -> Image.Image:
    """The image, its pixels still packed. Raises ``Invalid`` for what is none, or has too many pixels."""
    try:
        with warnings.catch_warnings():
            # Pillow warns at its limit and refuses at twice that; we refuse at the limit, below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=list(FORMATS))
    except Image.DecompressionBombError as cause:
        raise _too_large() from cause
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as cause:
        raise Invalid("content.image_unreadable") from cause
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise _too_large()
    return image


def _too_large() -> Invalid:
    return Invalid("content.image_too_many_pixels", limit=MAX_PIXELS // 1_000_000, side=MAX_SIDE)


def size_of(data: bytes) -> Size:
    """The size of the upright image without unpacking it. Raises ``Invalid``."""
    image = opened(data)
    try:
        turned = image.getexif().get(0x0112, 1) >= 5
    except (OSError, ValueError, SyntaxError) as cause:  # a PNG keeps it behind its pixels, where it may be cut off
        raise Invalid("content.image_unreadable") from cause
    width, height = image.size
    return Size(height, width) if turned else Size(width, height)


def upright(data: bytes) -> Image.Image:
    """The unpacked image as people hold it. Raises ``Invalid`` when its pixels cannot be read."""
    image = opened(data)
    ending = FORMATS[image.format or "PNG"]
    try:
        image.load()
        turned = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, EOFError) as cause:
        raise Invalid("content.image_unreadable") from cause
    clear = "A" in turned.getbands() or "transparency" in turned.info
    plain = turned.convert("RGBA" if clear and ending != "jpg" else "RGB")
    plain.info.clear()
    return plain


def make(data: bytes, *, focus: tuple[int, int] = (_MIDDLE, _MIDDLE)) -> Iterator[Made]:
    """Every version of the image, one at a time. Raises ``Invalid``."""
    ending = FORMATS[opened(data).format or "PNG"]
    image = upright(data)
    for width in widths_for(image.width):
        yield from _saved(_scaled(image, width), f"w{width}", ending)
    for shape, (across, down, widths) in CROPS.items():
        cut = _cropped(image, across / down, focus)
        for width in widths_for(cut.width, widths):
            yield from _saved(_scaled(cut, width), crop_name(shape, focus, width), ending)


def widths_for(width: int, wanted: tuple[int, ...] = WIDTHS) -> tuple[int, ...]:
    """Which widths are made of an image this wide: never larger than itself."""
    fitting = tuple(one for one in wanted if one < width)
    return fitting if len(fitting) == len(wanted) else (*fitting, width)


def crop_name(shape: str, focus: tuple[int, int], width: int) -> str:
    """``karta-30-60-480``: a crop around another point is another address."""
    return f"{shape}-{focus[0]}-{focus[1]}-{width}"


def _scaled(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _cropped(image: Image.Image, shape: float, focus: tuple[int, int]) -> Image.Image:
    """The largest part of the given shape with the focus as near to its middle as the edges allow."""
    width = min(image.width, max(1, round(image.height * shape)))
    height = min(image.height, max(1, round(image.width / shape)))
    left = min(max(0, round(image.width * focus[0] / 100 - width / 2)), image.width - width)
    top = min(max(0, round(image.height * focus[1] / 100 - height / 2)), image.height - height)
    return image.crop((left, top, left + width, top + height))


def _saved(image: Image.Image, stem: str, ending: str) -> Iterator[Made]:
    for name in dict.fromkeys(("webp", ending)):
        buffer = io.BytesIO()
        if name == "png":
            image.save(buffer, "PNG", optimize=True)
        else:
            image.save(buffer, "WEBP" if name == "webp" else "JPEG", quality=_QUALITY)
        yield Made(f"{stem}.{name}", buffer.getvalue(), image.width, image.height)
