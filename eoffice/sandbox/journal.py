"""The last calls and what came of them, kept in memory: to look at, not to prove anything by."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any, Final

KEPT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One call: ``outcome`` is ``ok`` or the code of the refusal; ``system`` is known once authenticated."""

    id: int
    at: int
    operation: str
    system: str | None
    outcome: str


class Journal:
    """The newest ``KEPT`` lines of this process."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def write(self, at: int, operation: str, system: str | None, outcome: str) -> None:
        """Add a line. ``at`` is the sandbox's time in ms."""
        with self._lock:
            self._lines.appendleft(Line(next(self._numbers), at, operation, system, outcome))

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """The last ``limit`` lines, newest first."""
        with self._lock:
            return [asdict(line) for line in itertools.islice(self._lines, limit)]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._lines.clear()
