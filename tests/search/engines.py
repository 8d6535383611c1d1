"""An empty index of each engine, for the tests that run over all three."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from search.backends import ENGINES, open_index
from search.index import Doc, SearchIndex
from search.polish import analyser

Open = Callable[[], SearchIndex]


def new_database(url: str) -> str:
    """A new, empty database on the server of ``url``."""
    admin = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"search_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    admin.dispose()
    return make_url(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def opener(engine: str, request: pytest.FixtureRequest, folder: Path) -> Open:
    """A function that opens one and the same index again and again, as several processes would."""
    url = new_database(request.getfixturevalue("postgres_url")) if engine == "postgres" else ""
    return lambda: open_index(engine, folder, analyser(), database_url=url)


def filled(index: SearchIndex, docs: Iterable[Doc]) -> SearchIndex:
    """``index`` made new with ``docs``."""
    with index.rebuild() as rebuild:
        rebuild.fill(lambda: docs)
    return index


__all__ = ["ENGINES", "Open", "filled", "new_database", "opener"]
