"""The paragraphs, list items and table rows of a text, numbered, and a text with some of them replaced by marks.

Knows no database. A text is sanitised HTML (``portal.content.sanitise``), so every element is closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bip.exclusions import MARK
from portal.content import sanitise
from portal.content.personal.markup import Words

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*>")
_BLOCKS = frozenset({"p", "h2", "h3", "h4", "pre", "figure"})
_UNITS = _BLOCKS | {"li", "dt", "dd", "tr"}
_CELL = re.compile(r"<t[dh]\b([^>]*)>")
_SPAN = re.compile(r'\bcolspan="(\d{1,3})"')


@dataclass(frozen=True, slots=True)
class Unit:
    """One paragraph, heading, list item or table row: where it stands in the markup, and what it says."""

    number: int
    kind: str
    start: int
    end: int
    text: str

    def holds(self, other: Unit) -> bool:
        return self.start <= other.start and other.end <= self.end and self is not other


def units(markup: str) -> list[Unit]:
    """All of them in order, numbered from 1; what is withheld already is not among them."""
    spans: list[tuple[int, int, str]] = []
    opened: list[tuple[str, int]] = []
    for match in _TAG.finditer(markup):
        name = match.group(2)
        if name not in _UNITS:
            continue
        if not match.group(1):
            opened.append((name, match.start()))
        elif opened and opened[-1][0] == name:
            spans.append((opened.pop()[1], match.end(), name))
    found: list[Unit] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        whole = [one for one in found if one.kind in ("tr", "figure") and one.end >= end]
        text = " ".join(sanitise.to_text(markup[start:end]).split())
        if not whole and not MARK.fullmatch(text) and (text or kind == "figure"):
            found.append(Unit(0, kind, start, end, text))
    said = [one for one in found if not _repeats(one, found)]
    return [Unit(number, one.kind, one.start, one.end, one.text) for number, one in enumerate(said, 1)]


def _repeats(one: Unit, found: Sequence[Unit]) -> bool:
    """A paragraph that is all its list item says is the item."""
    return any(other.holds(one) and other.text == one.text for other in found)


def cut(markup: str, chosen: Sequence[Unit], first: int) -> tuple[str, list[list[Unit]]]:
    """The text with each run of neighbouring chosen units replaced by one mark, numbered from ``first``; the runs."""
    runs: list[list[Unit]] = []
    outer = [one for one in chosen if not any(other.holds(one) for other in chosen)]
    for one in sorted(outer, key=lambda unit: unit.start):
        last = runs[-1][-1] if runs else None
        if last and _family(last) == _family(one) and not markup[last.end : one.start].strip():
            runs[-1].append(one)
        else:
            runs.append([one])
    made, at = [], 0
    for number, run in enumerate(runs, first):
        made += [markup[at : run[0].start], _mark(run[0], markup, number)]
        at = run[-1].end
    return "".join([*made, markup[at:]]), runs


def _family(one: Unit) -> str:
    return "block" if one.kind in _BLOCKS else one.kind


def _mark(one: Unit, markup: str, number: int) -> str:
    mark = f"<p>[wyłączenie {number}]</p>"
    if one.kind in _BLOCKS:
        return mark
    if one.kind == "tr":
        cells = _CELL.findall(markup[one.start : one.end])
        wide = sum(int(span.group(1)) if (span := _SPAN.search(cell)) else 1 for cell in cells)
        return f'<tr><td colspan="{max(wide, 1)}">{mark}</td></tr>'
    return f"<{one.kind}>{mark}</{one.kind}>"


def cut_words(markup: str, words: str, chosen: Iterable[Unit], number: int) -> tuple[str, int]:
    """The text with ``words`` replaced by the mark ``number`` wherever the chosen units say them (none chosen:
    anywhere), and how often they were found."""
    wanted = re.compile(r"[^\S\n]+".join(map(re.escape, words.split())))
    times = 0
    places = [(one.start, one.end) for one in chosen] or [(0, len(markup))]
    for start, end in sorted(places, reverse=True):
        part = Words(markup[start:end])
        stretches = [match.span() for match in wanted.finditer(part.text)]
        times += len(stretches)
        markup = markup[:start] + part.without(stretches, f"[wyłączenie {number}]") + markup[end:]
    return markup, times
