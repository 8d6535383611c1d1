"""A text as it is searched: one kind of space, dash and digit, words whole; each character knows where it came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
"""Soft hyphens and marks without width: in a text to fool a search, or left by a word processor."""
_DASHES = frozenset("‐‑‒–—−")
_LOWER = "a-ząćęłńóśźż"
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?: [^\W\d_]){3,}(?!\w)")
"""A word written with spaces between its letters; capitals begin another one."""
_DIVIDED = re.compile(rf"(?<=[{_LOWER}])-[ ]?\n[ ]?(?=[{_LOWER}])")


@dataclass(frozen=True, slots=True)
class Normal:
    """The searched text and, for each of its characters, the place in the original."""

    text: str
    places: tuple[int, ...]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the searched text as a stretch of the original."""
        last = self.places[end - 1] + 1 if end > start else self.places[start]
        return self.places[start], min(last, self.length)


def normal(text: str) -> Normal:
    """The searched form of ``text``: as long as it or shorter, but for ligatures and wide characters."""
    kept: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for one in _of(char):
            if unicodedata.combining(one) and kept:
                joined = unicodedata.normalize("NFC", kept[-1] + one)
                if len(joined) == 1:
                    kept[-1] = joined
                    continue
            kept.append(one)
            places.append(place)
    return _whole_words("".join(kept), places, len(text))


def _of(char: str) -> str:
    if char.isascii() and char not in "\r\t\x0b\x0c":
        return char
    if char in _DROPPED:
        return ""
    if char in _DASHES:
        return "-"
    if char.isspace():
        return "\n" if char in "\r\x0b\x0c\u2028\u2029" else " "
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return unicodedata.normalize("NFKC", char)


def _whole_words(text: str, places: list[int], length: int) -> Normal:
    """Words divided at the end of a line, or written with spaces between their letters, are joined."""
    gone = [match.span() for match in _DIVIDED.finditer(text)]
    for match in _SPACED.finditer(text):
        inside = range(match.start() + 1, match.end() - 1, 2)
        gone += [(place, place + 1) for place in inside if not text[place + 1].isupper() or match.group().isupper()]
    out: list[str] = []
    kept: list[int] = []
    at = 0
    for start, end in sorted(gone):
        out.append(text[at:start])
        kept += places[at:start]
        at = end
    out.append(text[at:])
    kept += places[at:]
    return Normal("".join(out), tuple(kept), length)
