"""What a view may reach for: the database, the blobs, the ports, the settings and the acting person.

Views open the transaction and hand its session to actions; actions never import this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import cast

from flask import current_app, g
from flask_login import current_user
from sqlalchemy.orm import Session

from portal.core import actors
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.program import Program
from portal.core.settings import Settings

EXTENSION = "wrota"
_LOOK = "wrota_look"


def install(program: Program) -> None:
    current_app.extensions[EXTENSION] = program


def program() -> Program:
    return cast(Program, current_app.extensions[EXTENSION])


def transaction() -> AbstractContextManager[Session]:
    """One business act."""
    return program().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """A look at the data."""
    shared: Session | None = g.get(_LOOK)
    return program().database.reading() if shared is None else nullcontext(shared)


@contextmanager
def one_look() -> Iterator[Session]:
    """Everything that looks at the data within the block shares one session: half a page's cost is opening it."""
    with program().database.reading() as session:
        setattr(g, _LOOK, session)
        try:
            yield session
        finally:
            g.pop(_LOOK)


def database() -> Database:
    """The engines themselves, for reads that need no session."""
    return program().database


def blobs() -> BlobStore:
    return program().blobs


def settings() -> Settings:
    return program().settings


def actor() -> Actor:
    """Who is asking: the logged-in user, or nobody known."""
    person = current_user._get_current_object()  # asked for once: each look through the proxy finds them anew
    if person and person.is_authenticated:
        return actors.user(int(person.get_id().split(":")[0]))
    return actors.ANONYMOUS
