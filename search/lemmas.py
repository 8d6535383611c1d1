"""Lemmas of Polish words: Morfeusz 2 where its wheel is installed, the Snowball stemmer where it is not.

Morfeusz gives every reading of a form; we keep the most frequent lemma, measured better than keeping all
(index 5-17 % smaller, never a worse ranking), and a second one only when the two are close: half of
``święta`` are holidays, half are saints. Frequencies come from ``data/lemma_ranks.txt``; readings that
office prose does not use (imperative, vocative, first person) count little.
"""

from __future__ import annotations

import functools
import importlib
import logging
import math
import threading
from collections.abc import Iterable
from importlib import resources
from typing import Any, Protocol

import snowballstemmer

log = logging.getLogger(__name__)

CLOSE = 0.25
"""A second lemma is kept when its weight is at least this part of the first one's."""
MOST = 4
"""Most lemmas of one form. Only rare words, of which frequency says nothing, have so many: names of villages."""
PLACE, NAME = 0.8, 0.3
"""Weight of a reading as a place or as another proper name beside the common word of the same form."""
_RAREST = 700
"""Rank of every lemma that is not in the table: below it a count is chance."""
_TAGS = {
    "impt": 0.02, "depr": 0.05, "adjp": 0.05, "winien": 0.05, "brev": 0.1, "ppas": 0.7, "ger": 0.7,
    "prep": 8.0, "conj": 8.0, "comp": 8.0, "part": 8.0,
}  # fmt: skip


class Lemmatiser(Protocol):
    """Words in, lemmas out. ``name`` and ``dictionary`` make the fingerprint of an index."""

    name: str
    dictionary: str
    degraded: bool

    def lemmas(self, word: str) -> tuple[str, ...]:
        """Lemmas of a word in any case, best first, small letters with diacritics; empty when unknown."""

    def known(self, word: str) -> bool:
        """Is this exactly a form of the dictionary?"""

    def compound(self, chunk: str) -> dict[str, str]:
        """Lemmas of the first parts of a hyphenated word: ``społeczno-`` → ``społeczny``."""


@functools.lru_cache(maxsize=1)
def ranks() -> dict[str, int]:
    """Lemma → 100 × −log10 of its share of running words (smaller is more frequent)."""
    found: dict[str, int] = {}
    text = resources.files("search").joinpath("data/lemma_ranks.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            lemma, rank = line.split("\t")
            found[lemma] = int(rank)
    return found


def tag_weight(tag: str) -> float:
    """How likely office prose means this reading of an ambiguous form (1 = as likely as its lemma)."""
    fields = tag.split(":")
    head = fields[0]
    if head in _TAGS:
        return _TAGS[head]
    if head in {"fin", "bedzie"} and fields[2] in {"pri", "sec"}:
        return 0.05
    if head in {"subst", "adj"} and fields[2] == "voc":
        return 0.02
    return 0.5 if head == "subst" and "pt" in fields[4:] else 1.0


def choose(candidates: dict[str, float]) -> tuple[str, ...]:
    """Order the lemmas of one form by frequency × reading; keep the best, and those close to it."""
    table = ranks()

    def weight(lemma: str) -> float:
        return math.pow(10, -table.get(lemma, _RAREST) / 100) * candidates[lemma]

    ordered = sorted(candidates, key=lambda lemma: (-weight(lemma), lemma))
    return tuple(x for x in ordered[:MOST] if weight(x) >= CLOSE * weight(ordered[0]))


class Morfeusz:
    """Morfeusz 2 with its SGJP dictionary. One native object per thread: it promises no thread safety."""

    name = "morfeusz2"
    degraded = False

    def __init__(self) -> None:
        self._module: Any = importlib.import_module("morfeusz2")
        self._local = threading.local()
        self.dictionary = f"{self._module.__version__.strip()}/{self._native().dict_id()}"

    def _native(self) -> Any:
        if not hasattr(self._local, "morfeusz"):
            self._local.morfeusz = self._module.Morfeusz(generate=False)
        return self._local.morfeusz

    def _readings(self, form: str) -> tuple[dict[str, float], str]:
        """Lemma → weight over all readings of exactly this form, empty when it is unknown; and the place it names."""
        found: dict[str, float] = {}
        place = ""
        for lemma, tag, names in _whole(self._native().analyse(form)):
            cut = lemma.split(":")[0].lower() if len(lemma) > 1 else lemma
            weight = tag_weight(tag)
            if "nazwa_geograficzna" in names:
                weight *= PLACE
                place = place or cut
            elif lemma[0].isupper():
                weight *= NAME
            found[cut] = max(found.get(cut, 0.0), weight)
        return found, place

    def readings(self, word: str) -> dict[str, float]:
        """Lemma → weight. The case typed says nothing (headings, phones), so proper names are always asked too."""
        lowered = word.lower()
        return self._readings(lowered.capitalize())[0] | self._readings(lowered)[0]

    def lemmas(self, word: str) -> tuple[str, ...]:
        """See ``Lemmatiser``. A capitalised word keeps its reading as a place, however rare: ``Zborów``."""
        capitalised, place = self._readings(word.lower().capitalize())
        readings = capitalised | self._readings(word.lower())[0]
        chosen = choose(readings) if len(readings) > 1 else tuple(readings)
        if place and place not in chosen and word[0].isupper() and not word.isupper():
            return (*chosen, place)
        return chosen

    def known(self, word: str) -> bool:
        return bool(self.readings(word))

    def compound(self, chunk: str) -> dict[str, str]:
        return {
            form.lower(): lemma.split(":")[0].lower()
            for _, _, (form, lemma, tag, *_rest) in self._native().analyse(chunk.lower())
            if tag == "adja"
        }


def _whole(edges: list[Any]) -> list[tuple[str, str, list[str]]]:
    """Readings of the whole word out of the graph of its segments, none when it is unknown.

    Past tenses are two segments (``zrobił|em``), of which the first is the word. ``działem`` is both one segment
    (a department) and two.
    """
    last = max((end for _, end, _ in edges), default=0)
    whole = [reading for start, end, reading in edges if (start, end) == (0, last)]
    if not whole and all(reading[2].startswith(("aglt", "part")) for start, _, reading in edges if start):
        whole = [reading for start, _, reading in edges if not start]
    return [(lemma, tag, names) for _, lemma, tag, names, _labels in whole if tag != "ign"]


class NoDictionary:
    """The lemmatiser of an install without Morfeusz: knows no word, so every word goes to the stemmer."""

    name = "snowball"
    dictionary = "polish"
    degraded = True

    def lemmas(self, word: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def known(self, word: str) -> bool:  # noqa: ARG002
        return False

    def compound(self, chunk: str) -> dict[str, str]:  # noqa: ARG002
        return {}


def lemmatiser() -> Lemmatiser:
    """Morfeusz, or loudly the fallback: about 6 of 100 inflected questions are lost without it."""
    try:
        return Morfeusz()
    except ImportError as missing:
        log.warning("search.degraded: morfeusz2 is not installed (%s); stemming only", missing)
        return NoDictionary()


class Stems:
    """The Snowball Polish stemmer behind a lock: its object keeps the current word in itself."""

    def __init__(self) -> None:
        self._stemmer = snowballstemmer.stemmer("polish")
        self._lock = threading.Lock()

    def stem(self, word: str) -> str:
        """The stem of a word the dictionary does not know."""
        with self._lock:
            return str(self._stemmer.stemWord(word.lower()))


def spellings(folded: str, limit: int = 1500) -> Iterable[str]:
    """Ways to put Polish marks back on a word typed without them.

    Only what Polish spelling allows: no soft consonant before a vowel, no ``ą ę`` at the start, no ``ó``
    at the end. ``limit`` bounds the work for long words; beyond it fewer letters are tried.
    """
    choices = [_letters(folded, i) for i in range(len(folded))]
    variants = [""]
    for letters in choices:
        if len(variants) * len(letters) > limit:
            letters = letters[:1]
        variants = [v + c for v in variants for c in letters]
    return (v for v in variants if v != folded)


_VOWELS = frozenset("aeiouyąęó")
_SOFT = {"c": "ć", "s": "ś", "n": "ń"}


def _letters(word: str, i: int) -> str:
    letter, following = word[i], word[i + 1 : i + 2]
    before_vowel = following in _VOWELS and following != ""
    if letter in "ae":
        return letter + ("ą" if letter == "a" else "ę") if i and following not in _VOWELS else letter
    if letter == "o":
        return "oó" if following and following not in _VOWELS else "o"
    if letter == "l":
        return "l" if following == "i" else "lł"
    if letter == "z":
        return "zż" if before_vowel else "zżź"
    if letter in _SOFT:
        return letter if before_vowel else letter + _SOFT[letter]
    return letter
