"""Patrons of streets, schools, prizes and books: their names are nobody's personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

_PATRONS = re.compile(
    r"(?i)\b(?:ul|al|pl|os|im|św|bł|skw|r-d)\.\s*$|\b(?:ulic\w+|alej\w*|plac\w*|osiedl\w+|rond\w+|skwer\w*|park\w*"
    r"|most\w*|bulwar\w*"
    r"|imieni(?:a|em)|pomnik\w*|święt\w+|błogosławion\w+|zespoł\w+ szkół|szkoł\w+ podstawow\w+|parafi\w+|kościo\w+"
    r"|kaplic\w+|cmentarz\w*"
    r"|nagrod\w+|medal\w*|królow?\w*|cesarz\w*|papież\w*|twórczoś\w+|dzieł\w*|utwor\w*|powieś\w+"
    r"|wiersz\w*)[:\s]\s*(?:\w{2,4}\.\s*)?$"
)
_AND = re.compile(r"\s*(?:,|i|oraz|,? (?:ul|al|pl|os)\.)\s*")
"""What stands between two names in a list of streets."""
_ROMAN = re.compile(r"\s[IVX]+\b")


def by_place(text: str, start: int, end: int) -> bool:
    """Does the name at this stretch stand after ``ul.``, ``im.``, ``pomnik`` …, or before a king's number?"""
    return bool(_PATRONS.search(text[max(0, start - 40) : start])) or bool(_ROMAN.match(text, end))


def in_a_row(text: str, end: int, start: int) -> bool:
    """Do a patron's name that ends at ``end`` and one that begins at ``start`` stand in one list?"""
    return bool(_AND.fullmatch(text, end, start))


def remembered(read: Sequence[Iterable[str]]) -> bool:
    """Is it somebody known whom hardly a living person shares the name with? ``read``: lemmas of each part."""
    parts = [frozenset(lemmas) for lemmas in read]
    return any(
        len(person) == len(parts) and all(one in lemmas for one, lemmas in zip(person, parts, strict=True))
        for person in _known()
    )


@cache
def _known() -> frozenset[tuple[str, ...]]:
    lines = (Path(__file__).parent / "data" / "patrons.txt").read_text("utf-8").splitlines()
    return frozenset(tuple(line.lower().split()) for line in lines if line and not line.startswith("#"))
