"""Regular expressions of a mapping file: written by people, so each has a limit of time, alone and in all.

The standard library's cannot be stopped: ``(a+)+$`` over one long address would hold a worker for ever.
"""

from __future__ import annotations

import time
from typing import cast

import regex

from portal.content.exchange.entries import Broken

ERROR = regex.error
"""Raised for an expression that is none."""
_LONGEST = 1000
_MOST_TEXT = 200_000
"""Letters of a text that are looked through: numbers and days of acts stand at its beginning."""
ONE_SEARCH = 1.0
"""Seconds of work for one text."""
ALL_SEARCHES = 10.0
"""Seconds of work that one reading of a mapping may lose on texts that are slow to look through."""
_SLOW = 0.02


class Pattern:
    """One expression. ``most``: see ``ALL_SEARCHES``."""

    def __init__(self, text: str, *, any_case: bool = False, most: float = ALL_SEARCHES) -> None:
        """Raises ``ValueError`` for one that is too long, ``ERROR`` for one that is none."""
        if len(text) > _LONGEST:
            raise ValueError(f"{text[:40]}…: > {_LONGEST}")
        self._text = text
        self._compiled = regex.compile(text, regex.IGNORECASE if any_case else 0)
        self._lost, self._most = 0.0, most

    def matches(self, text: str) -> bool:
        """Whether the expression stands anywhere in ``text``. Raises ``Broken`` when that takes too long."""
        return self._search(text) is not None

    def first(self, text: str) -> str:
        """What the expression finds first in ``text``: its first group, if it has one. Raises ``Broken``."""
        found = self._search(text)
        if found is None:
            return ""
        return cast(str, (found.group(1) if self._compiled.groups else found.group()) or "")

    def _search(self, text: str) -> regex.Match[str] | None:
        began = time.thread_time()
        try:
            found = self._compiled.search(text[:_MOST_TEXT], timeout=ONE_SEARCH)
        except TimeoutError as cause:
            raise self._too_slow() from cause
        took = time.thread_time() - began
        self._lost += took if took > _SLOW else 0.0
        if self._lost > self._most:
            raise self._too_slow()
        return cast("regex.Match[str] | None", found)

    def _too_slow(self) -> Broken:
        return Broken("import.mapping.slow", pattern=self._text[:100])
