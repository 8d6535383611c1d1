"""Alembic's door: it is given an open connection and compares it with the tables that are imported.

Run through ``portal.core.tables.upgrade``; there is no ``alembic.ini``.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from portal.core.db import Base

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"


def run(connection: Connection) -> None:
    """One migration at a time, giving up early rather than blocking the town's work."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"set statement_timeout = '{STATEMENT_TIMEOUT}'"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="db.",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
