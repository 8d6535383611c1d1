"""Near words for one with a typing error, by optimal string alignment over the vocabulary of the texts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

FRESH = 300.0
"""Seconds a vocabulary is kept; a little age is harmless, every offer is checked against the index."""
_FIRST = 4
_LONG = 6
"""Shorter words are taken for one error only."""


class Speller:
    """Keeps the vocabulary of an index in memory, sorted into word lengths."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._by_length: dict[int, list[str]] = {}
        self._counts: Mapping[str, int] = {}

    def near(self, word: str, vocabulary: Callable[[], Mapping[str, int]]) -> list[str]:
        """At most five words of the vocabulary, the nearest and then the commonest first."""
        if len(word) < _FIRST or len(word) > 40:
            return []
        self._refresh(vocabulary)
        allowed = 1 if len(word) < _LONG else 2
        counts = self._counts
        choices = [w for n in range(len(word) - allowed, len(word) + allowed + 1) for w in self._by_length.get(n, ())]
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=40)
        ordered = sorted(found, key=lambda f: (f[1], f[0][0] != word[0], -counts.get(f[0], 0), f[0]))
        return [w for w, distance, _ in ordered if distance][:5]

    def _refresh(self, vocabulary: Callable[[], Mapping[str, int]]) -> None:
        with self._lock:
            if self._counts and time.monotonic() - self._read_at < FRESH:
                return
            self._counts = vocabulary()
            self._by_length = {}
            for word in self._counts:
                if word.isalpha():
                    self._by_length.setdefault(len(word), []).append(word)
            self._read_at = time.monotonic()
