"""A proposal of what to hide in a text before it is published; a person reviews it and decides.

It knows the parties of the case (names in any grammatical case, identifiers, addresses) and the shapes of personal
data. It may propose too much; what it misses is the reviewer's to find, so nothing is published without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from eoffice.cases import patterns

MARK = "(…)"
"""What stands instead of what was hidden."""

_VOWELS = "aeiouyąęó"
_ENDINGS = re.compile(r"(?:owie|iego|iemu|ego|emu|ich|ami|ach|iej|ej|ów|om|em|im|ym|ą|ę|ie|a|o|y|i|u|e)\Z")
_ADJECTIVAL = re.compile(r"(?<=[sc])k[iay]\Z")
"""Surnames like Kowalski, Cicha-Nowacka: their *k* turns into *c* (Kowalscy)."""
_POINTS = re.compile(r"\d.*\w|\w.*\d|@|/")
"""A line of an address that points at somebody: with a number, or electronic. A town's name alone does not."""
_LONGEST_ENDING = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What the case knows of one party: words of the name, other strings that point at it."""

    names: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redaction:
    """One stretch of the text to hide, and why: ``name``, ``known``, or a kind of ``patterns``."""

    start: int
    end: int
    kind: str


def proposal(text: str, known: Iterable[Known]) -> list[Redaction]:
    """What to hide in ``text``, in order, overlapping stretches joined into one."""
    found = [Redaction(*place) for place in patterns.find(text)]
    for party in known:
        for name in party.names:
            found += [Redaction(m.start(), m.end(), "name") for m in _name(name).finditer(text)]
        for string in party.strings:
            found += [Redaction(m.start(), m.end(), "known") for m in _literal(string).finditer(text)]
    return _joined(text, sorted(found, key=lambda r: (r.start, -r.end)))


def apply(text: str, redactions: Iterable[Redaction]) -> str:
    """``text`` with every stretch replaced by the mark."""
    parts, at = [], 0
    for item in redactions:
        parts += [text[at : item.start], MARK]
        at = item.end
    return "".join([*parts, text[at:]])


def known_of(name: str, identifiers: Iterable[str], addresses: Iterable[str], *, is_person: bool) -> Known:
    """What points at a party: a person's name word by word, an organisation's as a whole; lines of its addresses."""
    lines = tuple(line.strip() for text in addresses for line in text.splitlines() if _POINTS.search(line))
    words = tuple(re.findall(r"[^\W\d_]{2,}", name)) if is_person else ()
    whole = () if is_person else (name,)
    return Known(words, (*whole, *identifiers, *lines))


def _name(word: str) -> re.Pattern[str]:
    """The word in any case: its stem (with and without a fleeting *e*) and up to five letters more."""
    stems = {_stem(word)}
    if len(word) > 3 and re.search(r"[^aeiouyąęó]e[^aeiouyąęó]\Z", word.lower()):
        stems.add(word[:-2] + word[-1])
    longest_first = sorted(stems, key=len, reverse=True)
    either_way = "|".join(re.escape(form) for stem in longest_first for form in (stem, stem.upper()))
    return re.compile(rf"\b(?:{either_way})[^\W\d_]{{0,{_LONGEST_ENDING}}}\b")


def _stem(word: str) -> str:
    stem = _ADJECTIVAL.sub("", word) if _ADJECTIVAL.search(word) else _ENDINGS.sub("", word)
    if len(stem) >= 3:
        return stem
    return word[:3] if len(word) > 3 else word.rstrip(_VOWELS) or word


def _literal(string: str) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(part) for part in string.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


def _joined(text: str, found: list[Redaction]) -> list[Redaction]:
    """Overlapping stretches, and names that only a space or a hyphen parts, become one."""
    joined: list[Redaction] = []
    for item in found:
        last = joined[-1] if joined else None
        if last and (item.start <= last.end or _one_name(text, last, item)):
            joined[-1] = Redaction(last.start, max(last.end, item.end), last.kind)
        else:
            joined.append(item)
    return joined


def _one_name(text: str, one: Redaction, two: Redaction) -> bool:
    return one.kind == two.kind == "name" and text[one.end : two.start] in (" ", "-", "\u00a0")
