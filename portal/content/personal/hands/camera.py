"""What cameras and programs write into pictures: words, and where a picture was taken; and a JPEG without any of it."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image

from portal.content.personal.hands.pieces import Piece

_SCAN = 0xDA
_DETAILS, _GPS = 0x8769, 0x8825
"""Parts of EXIF: what the camera wrote about the picture, and where it was taken."""
_NOTES = frozenset({0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE})
"""Segments of a JPEG with words; those of colours (2) and of Adobe's transform (14) are needed to show it."""


def written(data: bytes, number: int) -> Piece:
    """What a camera or a program wrote into a picture: words, and where it was taken as a finding of its own."""
    picture = Image.open(io.BytesIO(data))
    notes = [str(v) for v in picture.info.values() if isinstance(v, str)]
    notes += [str(v) for v in picture.getexif().values() if isinstance(v, str)]
    notes += [
        v.decode("utf-8", "replace")
        for k, v in picture.info.items()
        if isinstance(v, bytes) and k in ("comment", "xmp")
    ]
    notes += [str(v) for v in picture.getexif().get_ifd(_DETAILS).values() if isinstance(v, str)]
    said, place = "\n\n".join(notes), _location(picture)
    text = f"{said}\n\n{place}" if place and said else said or place
    return Piece("camera", text, number, [(len(text) - len(place), len(text), "location")] if place else [])


def _location(picture: Image.Image) -> str:
    """Where the picture was taken: latitude and longitude in degrees; that it is said somewhere in XMP; or nothing."""
    gps = picture.getexif().get_ifd(_GPS)
    try:
        sides = [(_degrees(gps[key]) * (-1 if gps.get(key - 1) in ("S", "W") else 1)) for key in (2, 4)]
        return ", ".join(f"{side:.5f}" for side in sides)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        pass
    written = [v for k, v in picture.info.items() if k == "xmp" and isinstance(v, bytes)]
    return "GPS" if gps or any(b"GPSLatitude" in one for one in written) else ""


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


_BOXES_WITH_WORDS = (b"xml ", b"uuid", b"uinf", b"jp2i")
"""Boxes of JPEG 2000 (ISO/IEC 15444-1 annex I) in which programs write of the picture."""
_TEXT_SEGMENT = 62
"""The extension segment of JBIG2 (ITU-T T.88, 7.2.3): comments."""
_UNKNOWN_LENGTH = 0xFFFFFFFF


def jpeg2000_boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """The boxes of a JPEG 2000 file: kind and all of it; empty for a bare code stream or a broken file."""
    found, at = [], 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        size = size or len(data) - at
        if size < 8 or at + size > len(data):
            return []
        found.append((kind, data[at : at + size]))
        at += size
    return found if found and found[0][0] == b"jP  " else []


def jbig2_segments(data: bytes) -> list[tuple[int, bytes]]:
    """The segments of a JBIG2 stream as a PDF holds it (kind, all of it); empty when it cannot be followed."""
    found, at = [], 0
    while at + 11 <= len(data):
        number, flags, referred = int.from_bytes(data[at : at + 4], "big"), data[at + 4], data[at + 5] >> 5
        if referred == 7:
            return []
        head = 6 + referred * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 0x40 else 1)
        size = int.from_bytes(data[at + head : at + head + 4], "big")
        if size == _UNKNOWN_LENGTH or at + head + 4 + size > len(data):
            return []
        found.append((flags & 0x3F, data[at : at + head + 4 + size]))
        at += head + 4 + size
    return found


def words_in(data: bytes) -> str:
    """What is written into a JPEG 2000 or JBIG2 stream beside the picture."""
    noted = [box for kind, box in jpeg2000_boxes(data) if kind in _BOXES_WITH_WORDS]
    noted += [one for kind, one in jbig2_segments(data) if kind == _TEXT_SEGMENT] if not noted else []
    said = (re.sub(r"<[^>]*>", " ", re.sub(rb"[\x00-\x1f]+", b" ", one).decode("utf-8", "replace")) for one in noted)
    return "\n\n".join(" ".join(re.findall(r"[\w@.,:/+ -]{3,}", one)) for one in said)


def without_words(data: bytes) -> bytes:
    """A JPEG 2000 or JBIG2 stream without what is written beside the picture."""
    if boxes := jpeg2000_boxes(data):
        return b"".join(box for kind, box in boxes if kind not in _BOXES_WITH_WORDS)
    if segments := jbig2_segments(data):
        return b"".join(one for kind, one in segments if kind != _TEXT_SEGMENT)
    return data


def without_notes(data: bytes) -> bytes:
    """A JPEG, pixel for pixel the same, without what was written into it: EXIF, XMP, comments, thumbnails."""
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data) and data[at + 1] != _SCAN:
        mark, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if mark not in _NOTES:
            kept.append(data[at : at + 2 + size])
        at += 2 + size
    return b"".join([*kept, data[at:]])
