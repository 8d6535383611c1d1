"""Two people changed the same text: what each did, and one text out of both where they did not touch the same place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*?(/?)>", re.IGNORECASE)
_VOID = frozenset({"br", "hr", "img", "col"})


@dataclass(frozen=True, slots=True)
class Merged:
    """``blocks`` of one text; ``clashes``: how many places both changed differently (there both stand, mine first)."""

    blocks: tuple[str, ...]
    clashes: int


def blocks_of(markup: str) -> list[str]:
    """The outermost elements of a text, in order: paragraphs, headings, lists, tables."""
    found: list[str] = []
    depth = start = 0
    for match in _TAG.finditer(markup):
        closing, name, closed = match.group(1), match.group(2).lower(), match.group(3)
        if name in _VOID or closed:
            continue
        depth += -1 if closing else 1
        if depth == 0 and closing:
            found.append(markup[start : match.end()].strip())
            start = match.end()
    rest = markup[start:].strip()
    return [*found, rest] if rest else found


def three_way(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Merged:
    """``mine`` and ``theirs``, both made from ``base``, as one."""
    to_mine, to_theirs = _kept(base, mine), _kept(base, theirs)
    out: list[str] = []
    clashes = 0
    i = a = b = 0
    stops = [k for k in range(len(base)) if k in to_mine and k in to_theirs]
    for k, m, t in [*((k, to_mine[k], to_theirs[k]) for k in stops), (len(base), len(mine), len(theirs))]:
        part, clash = _settle(base[i:k], mine[a:m], theirs[b:t])
        out += part
        clashes += clash
        if k < len(base):
            out.append(base[k])
        i, a, b = k + 1, m + 1, t + 1
    return Merged(tuple(out), clashes)


def one_line(base: str, mine: str, theirs: str) -> tuple[str, bool]:
    """A short field: whoever changed it wins; mine when both did, and ``True`` then."""
    if mine in (base, theirs):
        return theirs, False
    return mine, theirs != base


def _settle(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], int]:
    if list(mine) == list(base) or list(mine) == list(theirs):
        return list(theirs), 0
    if list(theirs) == list(base):
        return list(mine), 0
    return [*mine, *theirs], 1


def _kept(base: Sequence[str], other: Sequence[str]) -> dict[int, int]:
    """Where each unchanged block of ``base`` stands in ``other``."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return {
        block.a + offset: block.b + offset for block in matcher.get_matching_blocks() for offset in range(block.size)
    }
