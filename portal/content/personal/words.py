"""What a single word can be: a first name, a surname, a place, a common word. By Morfeusz; without it, by its shape."""

from __future__ import annotations

import importlib
import re
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_SHAPED = re.compile(
    r"(?:[sc]k(?:i|a|iego|iemu|im|iej|ą|ich|imi)|dzk(?:i|a|iego|iemu|im|iej|ą|ich|imi)|(?:owicz|ewicz|czyk|czak|szczak|iuk|czuk)\w{0,4})\Z"
)
"""Endings of surnames that a dictionary may lack."""


@dataclass(frozen=True, slots=True)
class Word:
    """Readings of one form. ``lemma``: of its reading as a surname (else as a first name), in small letters."""

    first: bool = False
    last: bool = False
    place: bool = False
    common: bool = False
    unknown: bool = False
    lemma: str = ""
    lemmas: frozenset[str] = frozenset()
    """All of its readings as a name."""
    adjective: bool = False
    """A surname by its shape alone, and an adjective of the language (``miejski``)."""
    first_cases: frozenset[str] = frozenset()
    last_cases: frozenset[str] = frozenset()
    """Grammatical cases as a first name and as a surname; empty when nothing is known of them."""

    @property
    def surname(self) -> bool:
        """Could it be a surname at all?"""
        return self.last or self.unknown

    @property
    def only_surname(self) -> bool:
        """Is it nothing else?"""
        return self.last and not (self.common or self.place or self.first)


_local = threading.local()
_LONGEST_ENDING = 4


@cache
def data_words(name: str) -> frozenset[str]:
    """The words of a list in ``data``, without its remarks."""
    text = (Path(__file__).parent / "data" / name).read_text("utf-8")
    return frozenset(" ".join(line for line in text.splitlines() if not line.startswith("#")).split())


def _is_foreign(form: str) -> bool:
    lowered = form.lower()
    return any(
        lowered[:length] in data_words("first_names.txt")
        for length in range(max(3, len(form) - _LONGEST_ENDING), len(form) + 1)
    )


def _native() -> Any:
    """One native object per thread: it promises no thread safety. ``None`` where its wheel is not installed."""
    if not hasattr(_local, "morfeusz"):
        try:
            _local.morfeusz = importlib.import_module("morfeusz2").Morfeusz(generate=False)
        except ImportError:
            _local.morfeusz = None
    return _local.morfeusz


def _cases(readings: list[Any], label: str) -> frozenset[str]:
    """Number and case of the readings so labelled (``subst:sg:gen.acc:m1``)."""
    tags = [tag.split(":") for _, _, tag, labels, _ in readings if label in labels]
    known = [fields for fields in tags if len(fields) > 2]
    return frozenset(f"{n}:{case}" for fields in known for n in fields[1].split(".") for case in fields[2].split("."))


@lru_cache(maxsize=100_000)
def word(form: str) -> Word:
    """Readings of ``form`` as it is written; words in capitals are read as names too (``KOWALSKI``)."""
    shown = form.capitalize() if form.isupper() and len(form) > 1 else form
    native = _native()
    readings = [] if native is None else [r for s, e, r in native.analyse(shown) if s == 0]
    found = [reading for reading in readings if reading[2] != "ign"]
    if not found:
        return Word(first=_is_foreign(shown), last=bool(_SHAPED.search(shown)), unknown=True, lemma=shown.lower())
    labels = {label for _, _, _, names, _ in found for label in names}
    shaped = bool(_SHAPED.search(shown)) and shown[0].isupper()
    names = [lemma.split(":")[0] for _, lemma, _, labels_, _ in found if {"nazwisko", "imię"} & set(labels_)]
    surnames = [lemma.split(":")[0] for _, lemma, _, labels_, _ in found if "nazwisko" in labels_]
    return Word(
        first_cases=_cases(found, "imię"),
        last_cases=_cases(found, "nazwisko"),
        first="imię" in labels,
        last="nazwisko" in labels or (not names and shaped),
        adjective="nazwisko" not in labels and shaped and any(tag.startswith("adj") for _, _, tag, *_ in found),
        place="nazwa_geograficzna" in labels,
        common=any(lemma[0].islower() for _, lemma, *_ in found),
        lemmas=frozenset(name.lower() for name in names),
        lemma=(surnames or names or [found[0][1].split(":")[0]])[0].lower(),
    )
