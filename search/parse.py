"""Reading what a person typed. Anything is a question: this never fails.

``słowo`` must be there, ``"słowo za słowem"`` exactly so, ``-słowo`` must not. An unclosed quote closes at
the end. Everything else (``* ? ( ) : ~ \\ ' ; --``) has no meaning and no danger: only letters and digits count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search import words

MAX_CHARACTERS = 1000
MAX_CHUNKS = 24
"""Longer questions are answered by their beginning; ``Question.shortened`` says so."""

_QUOTES = str.maketrans("„”“‟«»″＂", '""""""""')
_PHRASE = re.compile(r'(?P<minus>(?<!\S)[-−–])?"(?P<inside>[^"]*)"?')
_MINUS = re.compile(r"(?<!\S)[-−–](?=\w)")


@dataclass(frozen=True, slots=True)
class Question:
    """``words`` are chunks in order; ``phrases`` and ``without_phrases`` are lists of chunks."""

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    without_phrases: tuple[tuple[str, ...], ...] = ()
    shortened: bool = False

    @property
    def empty(self) -> bool:
        return not (self.words or self.phrases or self.without or self.without_phrases)


def parse(text: str) -> Question:
    """Read a question. Quotes of every kind are alike; a quoted single word is a phrase of one."""
    clean = words.normal(text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()).translate(_QUOTES)
    phrases: list[tuple[str, ...]] = []
    without_phrases: list[tuple[str, ...]] = []

    def take(match: re.Match[str]) -> str:
        found = tuple(words.chunks(match["inside"]))
        if found:
            (without_phrases if match["minus"] else phrases).append(found)
        return " "

    rest = _PHRASE.sub(take, clean)
    plain: list[str] = []
    without: list[str] = []
    for run in rest.split():
        chunks = words.chunks(run)
        (without if _MINUS.match(run) else plain).extend(chunks)
    count = len(plain) + len(without) + sum(map(len, phrases)) + sum(map(len, without_phrases))
    return Question(
        text=" ".join(clean.split()),
        words=tuple(plain[:MAX_CHUNKS]),
        phrases=tuple(p[:MAX_CHUNKS] for p in phrases[:4]),
        without=tuple(without[:MAX_CHUNKS]),
        without_phrases=tuple(p[:MAX_CHUNKS] for p in without_phrases[:4]),
        shortened=len(text) > MAX_CHARACTERS or count > MAX_CHUNKS,
    )
