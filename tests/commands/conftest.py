"""The demo gmina, filled once for all tests of a module that only look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.commands import migrate, seed
from portal.commands.opened import opened
from portal.core.program import Program
from portal.core.settings import Settings
from tests.conftest import POSTGRES

NewTown = Callable[[str], Settings]


@pytest.fixture(scope="module")
def new_town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewTown:
    """The settings of a town of this name, migrated and empty."""

    def make(name: str) -> Settings:
        url = ""
        if POSTGRES:
            admin: Engine = request.getfixturevalue("postgres_admin")
            database = f"{request.module.__name__.rpartition('.')[2]}_{name}"
            with admin.connect() as connection:
                connection.exec_driver_sql(f"create database {database}")
            url = admin.url.set(database=database).render_as_string(hide_password=False)
        settings = Settings(data_dir=Path(tmp_path_factory.mktemp(name)), database_url=url)
        migrate.migrate(settings)
        return settings

    return make


@pytest.fixture(scope="module")
def filled_settings(new_town: NewTown) -> Settings:
    settings = new_town("filled")
    assert seed.seed(settings)
    return settings


@pytest.fixture(scope="module")
def filled(filled_settings: Settings) -> Iterator[Program]:
    """The program of the filled town."""
    with opened(filled_settings) as program:
        yield program
