"""The database: tables' base, engines, and the only ``commit`` in the product.

Two engines: one for writing, one for reading (SQLite: the same file, deferred reads beside one writer;
PostgreSQL: primary and replica). ``Database.transaction()`` is one business act; ``Database.reading()``
never writes. Work that must happen within the same commit (sealing events) registers ``before_commit``;
work that only makes sense afterwards (ringing the worker's bell) registers ``after_commit``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, MetaData, event, inspect, literal
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as UTC. A naive one is refused: it would be wrong twice a year."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table. ``datetime`` columns are ``Moment``; dictionaries and lists are JSON."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        datetime: Moment(),
        dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        list[Any]: JSON().with_variant(JSONB(), "postgresql"),
    }


Hook = Callable[[Session], None]
_before_commit: list[Hook] = []
_after_commit: list[Hook] = []
_open: ContextVar[int] = ContextVar("open_transactions", default=0)


def before_commit(hook: Hook) -> Hook:
    """Run ``hook`` inside every transaction, last before it commits."""
    _before_commit.append(hook)
    return hook


def after_commit(hook: Hook) -> Hook:
    """Run ``hook`` after every successful commit; the session's ``info`` is still there."""
    _after_commit.append(hook)
    return hook


def require_no_transaction() -> None:
    """Raise when a transaction is open in this context: the outside is never called within one."""
    if _open.get():
        raise RuntimeError("the outside must not be called while a transaction is open")


def engine_options(url: str, *, pool_size: int = 8) -> dict[str, Any]:
    """The options for an engine of ``url``: waiting for locks in seconds, pools, early detection of dead ones."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 30, "check_same_thread": False}, "pool_size": pool_size}
    return {"pool_size": pool_size, "max_overflow": 4, "pool_pre_ping": True}


def prepare(engine: Engine, *, writing: bool) -> Engine:
    """Set up an engine's connections.

    SQLite: WAL, synchronous=FULL (an acknowledged letter survives a power cut), foreign keys, a larger
    checkpoint interval, and BEGIN IMMEDIATE for the writer so that two writers queue instead of failing.
    """
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "wal_autocheckpoint=25000",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


class Database:
    """The engines of one running program."""

    def __init__(self, write: Engine, read: Engine | None = None) -> None:
        self.write = write
        self.read = read or write
        self.disposed = False
        """Closed for good: whoever comes later (a timer) opens nothing anew."""
        self.info: dict[str, object] = {}
        """What sessions of this database start with in their ``info``: switches of packages above."""
        # SQLite has one writer; queueing in the process is fairer than its busy handler's retries.
        self._turn = threading.RLock() if write.dialect.name == "sqlite" else None

    @property
    def is_sqlite(self) -> bool:
        return self.write.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One business act: everything in the block is committed together, or nothing is."""
        with self._turn or nullcontext():
            token = _open.set(_open.get() + 1)
            try:
                with Session(self.write, expire_on_commit=False, info=dict(self.info)) as session:
                    yield session
                    session.flush()
                    for hook in _before_commit:
                        hook(session)
                    session.commit()
            finally:
                _open.reset(token)
        for hook in _after_commit:
            hook(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look at the data; whatever is changed in it is thrown away."""
        token = _open.set(_open.get() + 1)
        try:
            with Session(self.read, expire_on_commit=False, autoflush=False) as session:
                yield session
        finally:
            _open.reset(token)

    def scrub(self, tables: Sequence[str]) -> None:
        """Write the file (PostgreSQL: ``tables``) anew, so that nothing of deleted rows is left in it.

        Deleting only marks the place as free, and even zeroing it (``secure_delete``) leaves the copies that pages
        made when they were split before: only writing anew takes all. Readers go on; writers wait meanwhile.
        """
        require_no_transaction()
        with self._turn or nullcontext():
            connection = self.write.raw_connection()
            try:
                if not self.is_sqlite:
                    connection.driver_connection.autocommit = True  # type: ignore[union-attr]
                cursor = connection.cursor()
                if self.is_sqlite:
                    cursor.execute("VACUUM")
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                for table in () if self.is_sqlite else tables:
                    cursor.execute(f"VACUUM (FULL) {table}")
                cursor.close()
            finally:
                connection.invalidate()

    def dispose(self) -> None:
        self.disposed = True
        self.write.dispose()
        self.read.dispose()


def insert_or_ignore(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless a unique key forbids it. Says whether it was inserted; waits for a rival's commit."""
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    # A returned row says it for certain: psycopg does not count the rows of an insert.
    return session.execute(statement.returning(literal(1))).first() is not None


def insert_missing(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert those of ``rows`` that no unique key forbids."""
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    if rows:
        session.execute(insert(table).on_conflict_do_nothing(), rows)


def insert_or_add(session: Session, table: type[Base], rows: Sequence[dict[str, Any]], column: str) -> None:
    """Insert rows with all their keys; where one exists, ``column`` grows by the row's number. One statement."""
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    statement = insert(table)
    keys = list(inspect(table).primary_key)
    grown = {column: table.__table__.c[column] + statement.excluded[column]}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=grown), rows)
