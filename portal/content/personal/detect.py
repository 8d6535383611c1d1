"""Personal data in a text: numbers, addresses, names, and what is known beforehand of the people it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.content.personal import names, numbers
from portal.content.personal.normal import normal

MARK = "(…)"
"""What stands in a text instead of what was removed."""

_VOWELS = "aeiouyąęó"
_ENDINGS = re.compile(r"(?:owie|iego|iemu|ego|emu|ich|ami|ach|iej|ej|ów|om|em|im|ym|ą|ę|ie|a|o|y|i|u|e)\Z")
_ADJECTIVAL = re.compile(r"(?<=[sc])k[iay]\Z")
"""Surnames like Kowalski, Cicha-Nowacka: their *k* turns into *c* (Kowalscy)."""
_POINTS = re.compile(r"\d.*\w|\w.*\d|@|/")
"""A line of an address that points at somebody: with a number, or electronic. A town's name alone does not."""
_LONGEST_ENDING = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one person: words of the name, other strings that point at them."""

    names: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One stretch of a text that may be personal data.

    ``kind``: ``name``, ``known`` or one of ``numbers.PATTERNS``. ``subject`` is the same for all occurrences of one
    person or number. ``public``: the name stands by a public post.
    """

    start: int
    end: int
    kind: str
    subject: str = ""
    public: bool = False


VERSION = 2
"""Raised whenever the same text would give other findings: what was found with older rules is found anew."""


def find(text: str, known: Iterable[Known] = (), officials: Iterable[str] = ()) -> list[Found]:
    """What to decide on in ``text``, in order, overlapping stretches joined into one.

    ``officials``: names that the law wants published (who produced, who answers for it): they are no findings.
    """
    searched = normal(text)
    held = searched.text
    found = [Found(start, end, kind, _subject(held[start:end])) for start, end, kind in numbers.find(held)]
    found += [Found(n.start, n.end, "name", n.lemma, n.public) for n in names.find(held)]
    for party in known:
        for name in party.names:
            found += [Found(m.start(), m.end(), "name", name.lower()) for m in _name(name).finditer(held)]
        for string in party.strings:
            found += [Found(m.start(), m.end(), "known", _subject(string)) for m in _literal(string).finditer(held)]
    joined = _joined(held, sorted(found, key=lambda one: (one.start, -one.end)))
    placed = [Found(*searched.span(one.start, one.end), one.kind, one.subject, one.public) for one in joined]
    return without(placed, text, officials)


def without(found: Iterable[Found], text: str, officials: Iterable[str]) -> list[Found]:
    """The findings in ``text`` but for the names of ``officials``."""
    named = [_name(word) for name in officials for word in re.findall(r"[^\W\d_]{3,}", name.split(",")[0])]
    return [one for one in found if not (one.kind == "name" and _all_named(text[one.start : one.end], named))]


def apply(text: str, found: Iterable[Found], mark: str = MARK) -> str:
    """``text`` with every stretch replaced by the mark."""
    parts, at = [], 0
    for item in found:
        parts += [text[at : item.start], mark]
        at = item.end
    return "".join([*parts, text[at:]])


def known_of(name: str, identifiers: Iterable[str], addresses: Iterable[str], *, is_person: bool) -> Known:
    """What points at a party: a person's name word by word, an organisation's as a whole; lines of its addresses."""
    lines = tuple(line.strip() for text in addresses for line in text.splitlines() if _POINTS.search(line))
    words = tuple(re.findall(r"[^\W\d_]{2,}", name)) if is_person else ()
    whole = () if is_person else (name,)
    return Known(words, (*whole, *identifiers, *lines))


def _subject(written: str) -> str:
    return re.sub(r"[\W_]+", "", written).lower()


def _all_named(written: str, officials: list[re.Pattern[str]]) -> bool:
    """Is every word of this name one of an official's, or an initial?"""
    words = [word for word in re.findall(r"[^\W\d_]+", written) if len(word) > 1]
    return bool(words) and all(any(one.fullmatch(word) for one in officials) for word in words)


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


def _joined(text: str, found: list[Found]) -> list[Found]:
    """Overlapping stretches, and names that only a space or a hyphen parts, become one."""
    joined: list[Found] = []
    for item in found:
        last = joined[-1] if joined else None
        if last and (item.start < last.end or _one_name(text, last, item)):
            longer = last if last.end - last.start >= item.end - item.start or last.kind != item.kind else item
            joined[-1] = Found(last.start, max(last.end, item.end), last.kind, longer.subject, last.public)
        else:
            joined.append(item)
    return joined


def _one_name(text: str, one: Found, two: Found) -> bool:
    return one.kind == two.kind == "name" and text[one.end : two.start] in (" ", "-")
