"""Fragments with the matched words marked, in every inflected form, from the body or a page of an attachment.

The same analyser that indexed the text reads it again, so a mark is exactly what matched. The work for one
document and for all of a page is bounded: beyond ``BUDGET`` and ``WHOLE_BUDGET`` characters nothing is looked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search import words
from search.index import Piece
from search.polish import Analyser

WIDTH = 240
"""Length of a fragment in characters, about two lines."""
BUDGET = 600_000
"""Characters of one document that are looked through: some 250 pages."""
WHOLE_BUDGET = 1_500_000
"""Characters of all documents of a page of results that are looked through: a third of a second."""

Groups = frozenset[int]
Mark = tuple[int, int, Groups]
"""Start, end, and which words of the question this chunk is."""
_NONE: Groups = frozenset()


@dataclass(frozen=True, slots=True)
class Fragment:
    """Marked text; ``attachment`` and ``page`` (from 1; 0 where the file has no parts) when it is not from the body.

    ``unit``: what ``page`` counts.
    """

    pieces: tuple[Piece, ...]
    attachment: str = ""
    page: int = 0
    unit: str = "page"


class Marker(dict[str, Groups]):
    """Knows which chunks match one question; remembers each chunk it has seen."""

    def __init__(self, analyser: Analyser, terms: Mapping[str, int]) -> None:
        self._analyser, self._terms = analyser, terms
        self.groups = len(set(terms.values()))
        """How many words the question has."""
        self._left = WHOLE_BUDGET

    def __missing__(self, chunk: str) -> Groups:
        terms = self._terms
        groups = frozenset(terms[t] for t in self._analyser.terms(chunk) if t in terms)
        self[chunk] = groups = groups or _NONE
        return groups

    def marks(self, text: str) -> list[Mark]:
        """Every chunk of ``text`` that matches."""
        if not self._terms:
            return []
        return [(m.start(), m.end(), hit) for m in words.CHUNK.finditer(text) if (hit := self[m.group()])]

    def whole(self, text: str) -> tuple[Piece, ...]:
        """A short text (a title) marked from end to end."""
        return pieces(text, self.marks(text))

    def best(self, body: str, attachments: Sequence[Sequence[Any]]) -> Fragment:
        """The fragment with the most different words of the question; the earlier one wins a tie.

        ``attachments``: name, pages and, where they are not pages, what they are.
        """
        top, chosen, left = 0, Fragment(_beginning(body)), min(BUDGET, self._left)
        for name, number, unit, text in _texts(body, attachments):
            if top == self.groups or left <= 0:
                break
            read = text[:left]
            score, start, stop = self._densest(read)
            left -= len(read)
            self._left -= len(read)
            if score > top:
                top, chosen = score, Fragment(self._cut(text, start, stop), name, number, unit)
        return chosen

    def _densest(self, text: str) -> tuple[int, int, int]:
        """Most different words within ``WIDTH``: how many, start and end. Reads on only until all are together."""
        top = (0, 0, 0)
        near: deque[Mark] = deque()
        for match in words.CHUNK.finditer(text) if self._terms else ():
            hit = self[match.group()]
            if not hit:
                continue
            near.append((match.start(), match.end(), hit))
            while near[-1][1] - near[0][0] > WIDTH and len(near) > 1:
                near.popleft()
            count = len(_NONE.union(*(groups for _, _, groups in near)))
            if count > top[0]:
                top = (count, near[0][0], near[-1][1])
                if count == self.groups:
                    break
        return top

    def _cut(self, text: str, start: int, stop: int) -> tuple[Piece, ...]:
        room = max(0, WIDTH - (stop - start))
        left = _word_start(text, max(0, start - room // 2))
        right = _word_end(text, min(len(text), max(stop, left + WIDTH)))
        cut = list(self.whole(text[left:right]))
        if left > 0:
            cut.insert(0, Piece("… "))
        if right < len(text):
            cut.append(Piece(" …"))
        return _tidy(cut)


def pieces(text: str, found: Iterable[Mark]) -> tuple[Piece, ...]:
    """``text`` cut at the marks."""
    made: list[Piece] = []
    end = 0
    for start, stop, _ in found:
        if start > end:
            made.append(Piece(text[end:start]))
        made.append(Piece(text[start:stop], hit=True))
        end = stop
    if end < len(text):
        made.append(Piece(text[end:]))
    return tuple(made)


def _texts(body: str, attachments: Sequence[Sequence[Any]]) -> Iterator[tuple[str, int, str, str]]:
    yield "", 0, "page", body
    for name, attached, *units in attachments:
        unit = units[0] if units else "page"
        for number, page in enumerate(attached, 1):
            yield name, number if unit else 0, unit, page


def _beginning(text: str) -> tuple[Piece, ...]:
    end = _word_end(text, min(len(text), WIDTH))
    cut = [Piece(text[:end])] if text[:end].strip() else []
    return _tidy([*cut, Piece(" …")] if end < len(text) else cut)


def _word_start(text: str, place: int) -> int:
    if place == 0:
        return 0
    space = text.find(" ", place, place + 40)
    return space + 1 if space >= 0 else place


def _word_end(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, place - 40), place + 1)
    return space if space > 0 else place


def _tidy(made: Iterable[Piece]) -> tuple[Piece, ...]:
    """One line: runs of white space become single spaces."""
    kept = []
    for piece in made:
        text = piece.text
        squeezed = " ".join(text.split())
        before = " " if text[:1].isspace() else ""
        after = " " if squeezed and text[-1:].isspace() else ""
        kept.append(Piece(f"{before}{squeezed}{after}", piece.hit))
    return tuple(kept)
