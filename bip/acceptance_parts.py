"""The words of the Bulletin's acceptance: parts of points, what was found wrong, pages to open, the rules as data."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bip.reading import UNREACHABLE

OK, WRONG, UNSEEN, EMPTY = "ok", "wrong", "unseen", "empty"
NOTHING = frozenset(
    {"none", "no_changes", "no_exclusions", "nothing_ended", "nothing_stands", "no_recordings", "no_files", "no_days"}
)
"""Reasons for which there is nothing to look at, rather than nobody having looked."""
MOST = 20
"""Problems of one part that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold (``bip.problem.<code>``): at an item or an address; ``detail`` holds no names."""

    code: str
    item_id: int = 0
    address: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a point. ``unseen``: why it was not looked at (``bip.unseen.<code>``); ``of``: how many there are
    when only some were looked at; ``more``: problems beyond those named."""

    code: str
    seen: int = 0
    problems: tuple[Problem, ...] = ()
    unseen: str = ""
    of: int = 0
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.problems) + self.more

    @property
    def verdict(self) -> str:
        if self.problems:
            return WRONG
        return OK if not self.unseen else EMPTY if self.unseen in NOTHING else UNSEEN


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to open. ``kind``: ``frame``, ``section``, ``item``, ``withdrawn``, ``declaration`` or ``old`` (an old
    address); ``type`` of the item; ``expected``: what must stand there, or where it must lead; ``language``."""

    kind: str
    path: str
    item_id: int = 0
    exclusions: int = 0
    interests: int = 0
    expected: str = ""
    language: str = "pl"
    type: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which pages are to be opened (``total``: how many items there are), what the database said, the last event
    before; ``tried``: the status of the attempt that had to be refused, when one was made."""

    wanted: tuple[Wanted, ...]
    total: int
    parts: tuple[Part, ...]
    last_event: int
    tried: int = UNREACHABLE


class Tally:
    """What was looked at and found, part by part."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = defaultdict(int)
        self._problems: dict[str, list[Problem]] = defaultdict(list)

    def saw(self, part: str, wanted: Wanted | None, *wrong: tuple[str, str]) -> None:
        """One thing was looked at for ``part``; ``wrong``: codes of what does not hold, with details."""
        self._seen[part] += 1
        item_id, address = (wanted.item_id, "" if wanted.item_id else wanted.path) if wanted else (0, "")
        self._problems[part] += [Problem(code, item_id, address, detail) for code, detail in wrong]

    def part(self, code: str, *, none: str = "none", of: int = 0) -> Part:
        """The part; with nothing seen it is unseen for the reason ``none``."""
        seen, problems = self._seen[code], self._problems[code]
        return Part(
            code, seen, tuple(problems[:MOST]), "" if seen else none, of if of > seen else 0,
            max(len(problems) - MOST, 0),
        )  # fmt: skip


@cache
def rules() -> dict[str, Any]:
    """The rules as data: obligatory links, menu, marks, ids (``data/acceptance.json``)."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "acceptance.json").read_text("utf-8"))
    return found
