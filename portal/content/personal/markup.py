"""The words of an HTML text with the place of each letter in the markup, so that a stretch can be taken out of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

_PIECE = re.compile(r"<!--.*?-->|<[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);|[^<&]|[<&]", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|h[2-6]|li|tr|dt|dd|blockquote|figcaption|caption|pre|ul|ol|table|td|th|br|hr|summary)\b")
_SHOWN = re.compile(r'\b(?:alt|title|href)="([^"]*)"')


class Words:
    """``text`` as it is searched; ``without`` gives the markup with stretches of it replaced."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        letters: list[str] = []
        self._spans: list[tuple[int, int] | None] = []
        for match in _PIECE.finditer(markup):
            piece = match.group()
            if piece.startswith("<") and len(piece) > 1:
                self._tag(piece, match.start(), letters)
                continue
            for char in html.unescape(piece) if piece.startswith("&") else piece:
                letters.append(char)
                self._spans.append(match.span())
        self.text = "".join(letters)

    def _tag(self, piece: str, at: int, letters: list[str]) -> None:
        """A block parts words; what an attribute says (a description, a ``mailto:``) is text too."""
        if _BLOCK.match(piece):
            letters.append("\n")
            self._spans.append(None)
        for said in _SHOWN.finditer(piece):
            letters.append(" ")
            self._spans.append(None)
            for place, char in enumerate(said[1], at + said.start(1)):
                letters.append(char)
                self._spans.append((place, place + 1))
            letters.append(" ")
            self._spans.append(None)

    def where(self, start: int, end: int) -> tuple[int, int] | None:
        """The stretch of the markup in which ``text[start:end]`` stands."""
        spans = [span for span in self._spans[start:end] if span]
        return (spans[0][0], spans[-1][1]) if spans else None

    def without(self, stretches: Iterable[tuple[int, int]], mark: str) -> str:
        """The markup with each stretch of ``text`` (start, end) replaced by ``mark``; tags inside it stay."""
        gone: dict[int, int] = {}
        marked: set[int] = set()
        for start, end in stretches:
            spans = [span for span in self._spans[start:end] if span]
            gone |= dict(spans)
            if spans:
                marked.add(spans[0][0])
        made, at = [], 0
        while at < len(self.markup):
            if at in marked:
                made.append(html.escape(mark))
            if at in gone:
                at = gone[at]
                continue
            made.append(self.markup[at])
            at += 1
        return "".join(made)
