"""A schema of one's own in a PostgreSQL database, so that measuring never touches the working index there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url


@contextmanager
def scratch_schema(database: str) -> Iterator[str]:
    """The address that leads to a new, empty schema; it is dropped when the block ends.

    Raises ``psycopg.Error`` when the database cannot be reached or its user may make no schema.
    """
    url = make_url(database).set(drivername="postgresql")
    name = f"wrota_bench_{uuid.uuid4().hex[:10]}"
    admin = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True, connect_timeout=10)
    try:
        admin.execute(f'create schema "{name}"')
        try:
            there = url.update_query_dict({"options": f"-csearch_path={name}"})
            yield there.render_as_string(hide_password=False)
        finally:
            admin.execute(f'drop schema "{name}" cascade')
    finally:
        admin.close()
