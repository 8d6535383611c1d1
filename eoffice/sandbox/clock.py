"""The sandbox's clock, which can be moved forward to see what happens after fourteen days."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from eoffice.sandbox.names import POLISH_TIME
from eoffice.sandbox.store import Store

DAY_MS = 24 * 60 * 60 * 1000
_OFFSET = "clock_offset_ms"


class Clock:
    """Real time plus an offset kept in the store. All moments are milliseconds since 1970 UTC."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> int:
        """The sandbox's present moment."""
        row = self._store.reading().execute("SELECT value FROM meta WHERE key = ?", (_OFFSET,)).fetchone()
        return time.time_ns() // 1_000_000 + (int(row["value"]) if row else 0)

    def advance(self, milliseconds: int) -> int:
        """Move forward (never back: receipts already issued must stay in the past); the new now."""
        if milliseconds < 0:
            raise ValueError("the clock only moves forward")
        with self._store.writing() as db:
            db.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + excluded.value",
                (_OFFSET, milliseconds),
            )
        return self.now()


def polish(moment: int) -> str:
    """The moment as ``xs:dateTime`` in Polish time with milliseconds and zone."""
    return _at(moment).astimezone(ZoneInfo(POLISH_TIME)).isoformat(timespec="milliseconds")


def greenwich(moment: int) -> str:
    """The moment as ``xs:dateTime`` in UTC, as the document store writes its dates."""
    return _at(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
