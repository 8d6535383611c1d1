"""``wrota migrate``: the newest schema."""

from __future__ import annotations

from sqlalchemy import create_engine

from portal import models
from portal.core import tables
from portal.core.db import engine_options, prepare
from portal.core.settings import Settings


def migrate(settings: Settings) -> str | None:
    """Bring the database up to date and return its revision."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = prepare(create_engine(settings.database, **engine_options(settings.database)), writing=False)
    try:
        tables.upgrade(engine)
        return tables.current(engine)
    finally:
        engine.dispose()


__all__ = ["migrate", "models"]
