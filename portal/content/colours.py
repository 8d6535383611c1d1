"""A place's own primary colour: six hexadecimal digits that can be read on white and under white letters."""

from __future__ import annotations

import re

from portal.core.errors import Invalid

LEAST = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def checked(text: str) -> str:
    """``#0B4F6C`` as ``0b4f6c``. Raises ``Invalid`` when it is no colour or too light to be read on white."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise Invalid("content.bad_colour", text=text.strip()[:20])
    digits = match.group(1).lower()
    ratio = contrast_with_white(digits)
    if ratio < LEAST:
        raise Invalid("content.colour_too_light", ratio=f"{int(ratio * 100) / 100:.2f}".replace(".", ","))
    return digits


def contrast_with_white(digits: str) -> float:
    """The contrast of a colour with white: 1 (none) to 21 (black)."""
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def sheet(digits: str) -> str:
    """The style sheet that paints a place in its colour; the dark and the contrast look, read later, undo it."""
    darker = "".join(f"{int(int(digits[at : at + 2], 16) * 0.76):02x}" for at in (0, 2, 4))
    return f":root {{ --w-primary: #{digits}; --w-primary-strong: #{darker}; --w-band: #{digits}; }}\n"
