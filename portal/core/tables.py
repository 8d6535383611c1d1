"""Bringing a database to the newest schema, and the rows that must exist before the first act."""

from __future__ import annotations

from sqlalchemy import Engine, text

from portal.core.db import Base
from portal.core.events import GENESIS


def create(engine: Engine) -> None:
    """Make all tables that are imported, and their first rows."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            text("insert into event_head (id, seq, hash) values (1, 0, :hash)"), {"hash": GENESIS}
        )
        if "site_version" in Base.metadata.tables:
            connection.execute(text("insert into site_version (id, number) values (1, 1)"))
