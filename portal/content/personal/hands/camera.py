"""What cameras and programs write into pictures: words, and where a picture was taken; and a JPEG without any of it."""

from __future__ import annotations

import io
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


def without_notes(data: bytes) -> bytes:
    """A JPEG, pixel for pixel the same, without what was written into it: EXIF, XMP, comments, thumbnails."""
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data) and data[at + 1] != _SCAN:
        mark, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if mark not in _NOTES:
            kept.append(data[at : at + 2 + size])
        at += 2 + size
    return b"".join([*kept, data[at:]])
