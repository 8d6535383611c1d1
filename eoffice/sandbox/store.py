"""The sandbox's memory: one SQLite file, WAL, every commit on the disk before it is answered."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = Path(__file__).with_name("schema.sql")
_STATE = (
    "queued", "stored", "delivery", "file_taken", "file", "misbehaviour", "signing",
    "document", "certificate", "system", "box", "podmiot", "meta", "sqlite_sequence",
)  # fmt: skip
_FIRST_DOCUMENT = 100_000
_FIRST_ORDER = 500_000


class Store:
    """Readers have a connection per thread; writers take turns on one lock and begin IMMEDIATE."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._turn = threading.RLock()
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._open_lock = threading.Lock()
        with self._turn:
            connection = self.reading()
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA.read_text(encoding="utf-8"))
        with self.writing() as connection:
            if not connection.execute("SELECT 1 FROM sqlite_sequence").fetchone():
                _start_numbers(connection)

    def reading(self) -> sqlite3.Connection:
        """This thread's connection, outside any transaction."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; commits at the end, rolls back when anything is raised."""
        connection = self.reading()
        with self._turn:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything but the tables themselves; numbers begin again."""
        with self.writing() as connection:
            for table in _STATE:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the tuple above
            _start_numbers(connection)

    def close(self) -> None:
        """Close every thread's connection; the store is unusable afterwards."""
        with self._open_lock:
            while self._open:
                self._open.pop().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        with self._open_lock:
            self._open.append(connection)
        return connection


def _start_numbers(connection: sqlite3.Connection) -> None:
    connection.executemany(
        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
        [("document", _FIRST_DOCUMENT), ("delivery", _FIRST_ORDER)],
    )
