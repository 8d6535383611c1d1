"""Cutting text into chunks, folding letters, and the guard: what must be indexed exactly as typed.

A *chunk* is a run of letters and digits, possibly joined: ``nieruchomości``, ``społeczno-gospodarczy``,
``XLV/312/2021``, ``GK.6220.4.2026``. Its *parts* are the runs between the joints. Everything here is
independent of any dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

JOINTS = "./\\-‐‑–—_@'’"
"""Characters that join parts into one chunk when nothing else stands between them."""
MAX_TERM = 64
"""Longest term in characters; longer words are cut, in documents and in questions alike."""
MAX_PARTS = 16
"""Most parts of one chunk; a longer chain is read as several chunks."""

_WORD = r"[^\W_]+"
CHUNK = re.compile(rf"{_WORD}(?:[{re.escape(JOINTS)}]{_WORD}){{0,{MAX_PARTS - 1}}}")
_SPLIT = re.compile(rf"[{re.escape(JOINTS)}]")
_DASHES = str.maketrans(dict.fromkeys("‐‑–—", "-"))
_L = str.maketrans("łŁ", "lL")
_ROMAN = re.compile(r"(?=.)M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")


def normal(text: str) -> str:
    """The text in composed letters without soft hyphens: what offsets of tokens refer to."""
    return unicodedata.normalize("NFC", text).replace("\u00ad", "")


def fold(word: str) -> str:
    """Small letters without marks: ``Żółć`` → ``zolc``. Cut to ``MAX_TERM`` characters.

    ``ł`` has no decomposition in Unicode, so it is mapped by hand. Folding comes after lemmatising:
    the dictionary needs the diacritics.
    """
    lowered = word[: MAX_TERM * 4].lower()
    if lowered.isascii():
        return lowered[:MAX_TERM]
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_L))
    kept = "".join(c for c in decomposed if c.isalnum()).lower()
    return (kept or lowered)[:MAX_TERM]


def chunks(text: str) -> list[str]:
    """All chunks of ``text`` in order."""
    return CHUNK.findall(text)


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and text of each chunk, in characters of ``text``."""
    for match in CHUNK.finditer(text):
        yield match.start(), match.end(), match.group()


def parts(chunk: str) -> list[str]:
    """The runs of letters and digits of one chunk."""
    return _SPLIT.split(chunk)


def whole(chunk: str) -> str:
    """One chunk as a single term, joints kept: ``XLV/312/2021`` → ``xlv/312/2021``."""
    pieces = re.split(rf"([{re.escape(JOINTS)}])", chunk)
    return "".join(p if i % 2 else fold(p) for i, p in enumerate(pieces)).translate(_DASHES)[: MAX_TERM * 2]


def wholes(chunk: str, count: int) -> list[str]:
    """The terms under which a chunk of ``count`` parts is found in one piece.

    A signature (some part has a digit) is also found by its beginning from the second part on, so
    ``GK.6220.4`` finds ``GK.6220.4.2026``.
    """
    if count < 2:
        return []
    full = whole(chunk)
    if not any(c.isdigit() for c in chunk):
        return [full]
    ends = [m.start() for m in _SPLIT.finditer(full)][1:]
    return [*(full[:end] for end in ends), full]


def signature(text: str) -> str:
    """The normal form of a signature for comparing: ``XLV / 312 / 2021`` → ``xlv/312/2021``."""
    squeezed = re.sub(rf"\s*([{re.escape(JOINTS)}])\s*", r"\1", normal(text).strip())
    return whole("".join(squeezed.split())) if squeezed else ""


def has_digit(word: str) -> bool:
    """Does any character count as a digit?"""
    return any(c.isdigit() for c in word)


def is_roman(word: str) -> bool:
    """Is this a well-formed Roman numeral in capitals?"""
    return word.isascii() and _ROMAN.fullmatch(word) is not None


def is_acronym(word: str) -> bool:
    """Two to four capitals: ``PIT``, ``GOPS``. Longer ones are usually words of a heading in capitals."""
    return 2 <= len(word) <= 4 and word.isupper()
