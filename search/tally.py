"""What people look for and do not find, counted without knowing who they are.

Counts are kept in memory and written together, seldom: a question must not cost a write. Texts that may name a
person (long numbers, e-mail addresses) are never kept.
"""

from __future__ import annotations

import re
import threading
import time
from datetime import date, timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database, insert_or_ignore
from search import words
from search.models import Asked

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between writes, at the earliest."""
MANY = 200
"""Different questions that are written without waiting."""
KEPT = timedelta(days=400)
LEAST = 3
"""A question asked fewer times is reported to nobody: it may be one person's name."""
_PERSONAL = re.compile(r"\d{6,}|@|(?:\d[\s-]*){9,}")
"""Long numbers, also those written in groups (``600-700-800``), and e-mail addresses."""


class Tally:
    """The counts of one process that are not yet in the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[date, str], list[int]] = {}
        self._written_at = time.monotonic()

    def note(self, text: str, *, found: bool) -> None:
        """Count one question. Only its folded words are kept, in the order typed."""
        if _PERSONAL.search(text):
            return
        plain = " ".join(words.fold(chunk) for chunk in words.chunks(text))[:80]
        if not plain:
            return
        with self._lock:
            counts = self._counts.setdefault((clock.today(), plain), [0, 0])
            counts[0] += 1
            counts[1] += not found

    def due(self) -> bool:
        """Is it time to write?"""
        with self._lock:
            waited = time.monotonic() - self._written_at
            return bool(self._counts) and (waited >= EVERY or len(self._counts) >= MANY)

    def write_beside(self, database: Database) -> None:
        """As ``write`` in a thread of its own: a disk that is full or busy with a long write must hold up no answer."""
        with self._lock:
            self._written_at = time.monotonic()
        threading.Thread(target=self._try_to_write, args=(database,), daemon=True).start()

    def _try_to_write(self, database: Database) -> None:
        try:
            self.write(database)
        except DBAPIError as cause:
            log.warning("search_tally_unwritten", cause=type(cause.orig).__name__)

    def write(self, database: Database) -> None:
        """Add the counts to the database, and let go of what is older than ``KEPT``.

        After a failure, which it raises, they wait for the next time.
        """
        with self._lock:
            counts, self._counts = self._counts, {}
            self._written_at = time.monotonic()
        try:
            self._save(database, counts)
        except DBAPIError:
            with self._lock:
                for key, (asked, missed) in counts.items():
                    kept = self._counts.setdefault(key, [0, 0])
                    kept[0], kept[1] = kept[0] + asked, kept[1] + missed
            raise

    def _save(self, database: Database, counts: dict[tuple[date, str], list[int]]) -> None:
        with database.transaction() as session:
            for (day, text), (asked, missed) in counts.items():
                insert_or_ignore(session, Asked, {"day": day, "text": text, "asked": 0, "missed": 0})
                row = session.get_one(Asked, (day, text))
                row.asked, row.missed = row.asked + asked, row.missed + missed
            session.execute(delete(Asked).where(Asked.day < clock.today() - KEPT))


def report(session: Session, *, days: int = 30, missed: bool = True, limit: int = 50) -> list[tuple[str, int, int]]:
    """Questions of the last ``days`` asked at least ``LEAST`` times: text, times asked, times nothing was found.

    ``missed``: only those for which nothing was found.
    """
    asked, nothing = func.sum(Asked.asked), func.sum(Asked.missed)
    query = (
        select(Asked.text, asked, nothing).where(Asked.day > clock.today() - timedelta(days=days)).group_by(Asked.text)
    )
    query = query.having(asked >= LEAST)
    query = query.having(nothing > 0).order_by(nothing.desc()) if missed else query.order_by(asked.desc())
    return [(text, int(a), int(n)) for text, a, n in session.execute(query.limit(limit))]
