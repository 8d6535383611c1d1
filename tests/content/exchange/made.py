"""A source whose entries stand in the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from portal.content.exchange.entries import Beside, Entry, State

LONG_AGO = datetime(2019, 3, 12, 9, 15, tzinfo=UTC)


@dataclass
class Made:
    """The entries and the bytes of their files."""

    entries: list[Entry]
    files: dict[str, bytes] = field(default_factory=dict)
    kind: str = "wrota"
    origin: str = "stary"

    def count(self) -> int:
        return len(self.entries)

    def entry(self, number: int) -> Entry:
        return self.entries[number]

    def file(self, key: str) -> bytes:
        return self.files[key]

    def identity(self, key: str) -> str:
        return key

    def lost(self) -> list[Entry]:
        return []

    def close(self) -> None:
        """Nothing is held open."""


def state(title: str = "Strona", *, public: bool = True, **facts: Any) -> State:
    return State(title=title, published_at=LONG_AGO if public else None, **facts)


def entry(*states: State, **facts: Any) -> Entry:
    given: dict[str, Any] = {"key": "1", "parent": "", "name": "strona", "type": "page"}
    return Entry(states=states, **(given | facts))


def with_files(**files: bytes) -> Made:
    """A page with files; ``_`` in a name stands for its dot."""
    named = {name.replace("_", "."): data for name, data in files.items()}
    return Made([entry(state(files=tuple(Beside(name, name, name) for name in named)))], named)
