"""Bringing a database to the newest schema. Migrations run forward only, one line of them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from portal.core.db import Base

FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Run what is missing. Safe to call at every start and by several processes at once."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("select pg_advisory_lock(7262)")
            connection.commit()
        command.upgrade(_config(connection), "head")
        connection.commit()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("select pg_advisory_unlock(7262)")
            connection.commit()


def heads() -> list[str]:
    """The newest revisions; more than one means that two lines of migrations have to be joined."""
    return list(ScriptDirectory.from_config(_config()).get_heads())


def current(engine: Engine) -> str | None:
    """The revision the database is at."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def differences(engine: Engine) -> list[object]:
    """What the tables in code have and the migrated database lacks, or the other way round."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def draft(engine: Engine, message: str, number: str) -> None:
    """Write the next migration from the differences (for developers; read it before committing it)."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)
