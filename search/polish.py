"""The one Polish analyser: the same terms for every engine, for questions and for highlighting.

``text ─ chunks ─ guard (digit, Roman numeral, ACRONYM: as typed) ─ lemma ─ unknown: stem and surface ─ fold``

Documents give three streams of terms: the *bag* (lemmas; what questions match), the *exact* stream (folded
surface, in order; what phrases match) and the *wholes* (signatures and compounds in one piece).
A question word gives weighted alternatives, among them the readings of a word typed without diacritics.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from operator import itemgetter
from typing import NamedTuple, TypeVar

from search import lemmas as _lemmas
from search import words

VERSION = 1
"""Raised whenever the same text would give other terms; part of the fingerprint."""
SECOND = 0.8
"""Weight of a second reading (a near tie, or a spelling restored beside a known one)."""
GUESS = 0.5
"""Weight of the stem of a known word typed bare: in the texts it may be a name the dictionary lacks."""
ACRONYM_LEMMA = 0.5
"""Weight of the common word hidden in an acronym: ``PIT`` asks first for the form, then for bread."""
_CACHE = 300_000


class Entry(NamedTuple):
    """What one chunk gives: space-separated terms of the bag, the exact stream and the wholes."""

    bag: str
    exact: str
    wholes: str


_BAG, _EXACT, _WHOLES = itemgetter(0), itemgetter(1), itemgetter(2)


class Token(NamedTuple):
    """One chunk of a text with its place (characters of the normalised text) and all its terms."""

    start: int
    end: int
    surface: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Streams:
    """The terms of one text, each stream joined by spaces (no term holds a space)."""

    bag: str
    exact: str
    wholes: str


Made = TypeVar("Made")


class _Cache(dict[str, Made]):
    """Text → what is made of it. Emptied when full: numbers and names would grow it for ever."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        self._make = make

    def __missing__(self, text: str) -> Made:
        if len(self) >= _CACHE:
            self.clear()
        entry = self[text] = self._make(text)
        return entry


class Analyser:
    """Terms from Polish texts. Safe to share between threads; keep one per process (its cache is the speed)."""

    def __init__(self, lemmatiser: _lemmas.Lemmatiser | None = None) -> None:
        self.lemmatiser = lemmatiser or _lemmas.lemmatiser()
        self._stems = _lemmas.Stems()
        self._cache = _Cache(self.entry)
        self._runs = _Cache(self._run)
        self._alternatives = functools.lru_cache(maxsize=20_000)(self._find_alternatives)
        self._restored = functools.lru_cache(maxsize=20_000)(self._restore)

    @property
    def degraded(self) -> bool:
        """True without Morfeusz: stems only. The status page says so."""
        return self.lemmatiser.degraded

    @functools.cached_property
    def fingerprint(self) -> str:
        """Analyser, version, dictionary. An index with another one must be rebuilt."""
        ranks = hashlib.sha256(repr(sorted(_lemmas.ranks().items())).encode()).hexdigest()[:8]
        stemmer = metadata.version("snowballstemmer")
        inner = self.lemmatiser
        return f"polish-{VERSION}:{inner.name}:{inner.dictionary}:snowball-{stemmer}:ranks-{ranks}"

    def streams(self, text: str) -> Streams:
        """The three streams of a document's text.

        No chunk reaches over white space, so whole runs are remembered with their commas and brackets: splitting
        at white space is three times as fast as finding chunks.
        """
        entries = list(filter(None, map(self._runs.__getitem__, words.normal(text).split())))
        return Streams(
            " ".join(map(_BAG, entries)),
            " ".join(map(_EXACT, entries)),
            " ".join(sorted(set(filter(None, map(_WHOLES, entries))))),
        )

    def tokens(self, text: str) -> Iterator[Token]:
        """Chunks with offsets; ``text`` must be normal (``words.normal``) for offsets to fit."""
        cache = self._cache
        for start, end, chunk in words.spans(text):
            entry = cache[chunk]
            terms = frozenset(f"{entry.bag} {entry.exact} {entry.wholes}".split())
            yield Token(start, end, chunk, terms)

    def terms(self, chunk: str) -> frozenset[str]:
        """All terms under which one chunk can be found."""
        entry = self._cache[chunk]
        return frozenset(f"{entry.bag} {entry.exact} {entry.wholes}".split())

    def _run(self, run: str) -> Entry | None:
        """The entries of all chunks of a text without white space, as one; nothing when it has no letter."""
        entries = [self._cache[chunk] for chunk in words.CHUNK.findall(run)]
        if len(entries) < 2:
            return entries[0] if entries else None
        return Entry(*(" ".join(filter(None, column)) for column in zip(*entries, strict=True)))

    def entry(self, chunk: str) -> Entry:
        """Analyse one chunk, uncached."""
        pieces = words.parts(chunk)
        hidden = self.lemmatiser.compound(chunk) if "-" in chunk and not words.has_digit(chunk) else {}
        bag: list[str] = []
        for piece in pieces:
            lemma = hidden.get(piece.lower())
            bag.extend([words.fold(lemma)] if lemma else self._part(piece))
        exact = [words.fold(piece) for piece in pieces]
        return Entry(" ".join(bag), " ".join(exact), " ".join(words.wholes(chunk, len(pieces))))

    def _part(self, part: str) -> list[str]:
        """Index terms of one part: as typed, lemmas, or stem and surface."""
        surface = words.fold(part)
        if _as_typed(part):
            return [surface]
        known = [words.fold(lemma) for lemma in self.lemmatiser.lemmas(part)] if len(part) < words.MAX_TERM else []
        terms = known or self._unknown(part)
        return list(dict.fromkeys([surface, *terms] if words.is_acronym(part) else terms))

    def _unknown(self, part: str) -> list[str]:
        surface = words.fold(part)
        if words.is_roman(part.upper()) or len(part) >= words.MAX_TERM:
            return [surface]
        return list(dict.fromkeys([words.fold(self._stems.stem(part)), surface]))

    def alternatives(self, part: str, *, bare: bool) -> Mapping[str, float]:
        """Term → weight for one part of a question. ``bare``: the question was typed without diacritics.

        A known word means its lemmas. Typed bare it may also be any word that looks the same without its
        marks (``zadania``: zadanie, żądanie); an unknown word is always tried with marks put back.
        """
        return self._alternatives(part, bare)

    def _find_alternatives(self, part: str, bare: bool) -> Mapping[str, float]:
        surface = words.fold(part)
        if _as_typed(part) or len(part) >= words.MAX_TERM:
            return {surface: 1.0}
        found: dict[str, float] = {}
        if words.is_acronym(part):
            found[surface] = 1.0
        top = ACRONYM_LEMMA if found else 1.0
        for place, lemma in enumerate(self.lemmatiser.lemmas(part)):
            found.setdefault(words.fold(lemma), top * (SECOND if place else 1.0))
        known = any(term != surface or not words.is_acronym(part) for term in found)
        if not known:
            found |= dict.fromkeys(self._unknown(part), 1.0)
        if bare or not known:
            for lemma in self._restored(surface):
                found[words.fold(lemma)] = 1.0
            found.setdefault(words.fold(self._stems.stem(part)), GUESS)
        return found

    def _restore(self, folded: str) -> tuple[str, ...]:
        """Lemmas of the dictionary words that look like ``folded`` without their marks, likeliest first."""
        if not folded.isascii() or self.degraded:
            return ()
        best: dict[str, int] = {}
        table = _lemmas.ranks()
        for spelling in _lemmas.spellings(folded):
            for lemma in self.lemmatiser.lemmas(spelling):
                best.setdefault(lemma, table.get(lemma, 700))
        return tuple(sorted(best, key=lambda lemma: (best[lemma], lemma)))[:6]


def _as_typed(part: str) -> bool:
    return len(part) == 1 or words.has_digit(part) or words.is_roman(part)


def is_bare(text: str) -> bool:
    """Was this typed without any Polish diacritic?"""
    return not any(c in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ" for c in text)


@functools.lru_cache(maxsize=1)
def analyser() -> Analyser:
    """The process's analyser."""
    return Analyser()
