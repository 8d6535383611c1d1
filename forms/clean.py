"""Making typed text fit for keeping: what XML cannot carry and eyes cannot see is dropped."""

from __future__ import annotations

import re
import unicodedata

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Zero-width and direction-changing characters: they come by pasting and make two equal texts differ."""


def _legal(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _ILLEGAL.sub("", text)))


def line(text: str) -> str:
    """One line: every run of white space is one space."""
    return " ".join(_legal(text).split())


def block(text: str) -> str:
    """Several lines: ends of lines as one character, no white space at the ends of lines or of the text."""
    text = _legal(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(part.rstrip() for part in text.split("\n")).strip("\n")
