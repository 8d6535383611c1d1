"""Fragments with the matched words marked, in every inflected form, from the body or a page of an attachment.

The same analyser that indexed the text reads it again, so a mark is exactly what matched. The work for one
document is bounded: beyond ``BUDGET`` characters the fragment is the beginning of the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.index import Piece
from search.polish import Analyser

WIDTH = 240
"""Length of a fragment in characters, about two lines."""
BUDGET = 300_000
"""Characters of one document that are looked through."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Marked text; ``attachment`` and ``page`` (from 1) when it is not from the body."""

    pieces: tuple[Piece, ...]
    attachment: str = ""
    page: int = 0


Mark = tuple[int, int, frozenset[str]]


def marks(analyser: Analyser, text: str, terms: frozenset[str]) -> list[Mark]:
    """Start, end and matched terms of every chunk of ``text`` that has one of ``terms``."""
    return [(t.start, t.end, hit) for t in analyser.tokens(text) if (hit := t.terms & terms)]


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


def whole(analyser: Analyser, text: str, terms: frozenset[str]) -> tuple[Piece, ...]:
    """A short text (a title) marked from end to end."""
    return pieces(text, marks(analyser, text, terms))


def best(
    analyser: Analyser, body: str, attachments: Sequence[tuple[str, Sequence[str]]], terms: frozenset[str]
) -> Fragment:
    """The fragment with the most different words of the question; the body wins a tie."""
    chosen: tuple[int, Fragment] | None = None
    left = BUDGET
    for name, number, text in _texts(body, attachments):
        if left <= 0:
            break
        text = text[:left]
        left -= len(text)
        found = marks(analyser, text, terms) if terms else []
        if not found:
            continue
        score, first, last = _densest(found)
        if chosen is None or score > chosen[0]:
            chosen = score, Fragment(_cut(text, found, first, last), name, number)
        if score >= len(terms):
            break
    return chosen[1] if chosen else Fragment(_beginning(body))


def _texts(body: str, attachments: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, int, str]]:
    yield "", 0, body
    for name, attached in attachments:
        for number, page in enumerate(attached, 1):
            yield name, number, page


def _densest(found: list[Mark]) -> tuple[int, int, int]:
    """Most different terms within ``WIDTH``: their number, the first and last mark."""
    top = (0, 0, 0)
    begin = 0
    counts: dict[str, int] = {}
    for place, (_, stop, hit) in enumerate(found):
        for term in hit:
            counts[term] = counts.get(term, 0) + 1
        while stop - found[begin][0] > WIDTH and begin < place:
            for term in found[begin][2]:
                counts[term] -= 1
                if not counts[term]:
                    del counts[term]
            begin += 1
        if len(counts) > top[0]:
            top = (len(counts), begin, place)
    return top


def _cut(text: str, found: list[Mark], first: int, last: int) -> tuple[Piece, ...]:
    start, stop = found[first][0], found[last][1]
    room = max(0, WIDTH - (stop - start))
    left = _word_start(text, max(0, start - room // 2))
    right = _word_end(text, min(len(text), max(stop, left + WIDTH)))
    inside = [(s - left, e - left, hit) for s, e, hit in found if s >= left and e <= right]
    cut = list(pieces(text[left:right], inside))
    if left > 0:
        cut.insert(0, Piece("… "))
    if right < len(text):
        cut.append(Piece(" …"))
    return _tidy(cut)


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
        if squeezed or text:
            before = " " if text[:1].isspace() else ""
            after = " " if squeezed and text[-1:].isspace() else ""
            kept.append(Piece(f"{before}{squeezed}{after}", piece.hit))
    return tuple(kept)
