"""What a view may reach for: the database, the blobs, the ports, the settings and the acting person.

Views open the transaction and hand its session to actions; actions never import this.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import cast

from flask import current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from portal.core import actors
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.program import Program
from portal.core.settings import Settings

EXTENSION = "wrota"


def install(program: Program) -> None:
    current_app.extensions[EXTENSION] = program


def program() -> Program:
    return cast(Program, current_app.extensions[EXTENSION])


def transaction() -> AbstractContextManager[Session]:
    """One business act."""
    return program().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """A look at the data."""
    return program().database.reading()


def database() -> Database:
    """The engines themselves, for reads that need no session."""
    return program().database


def blobs() -> BlobStore:
    return program().blobs


def settings() -> Settings:
    return program().settings


def actor() -> Actor:
    """Who is asking: the logged-in user, or nobody known."""
    if current_user and current_user.is_authenticated:
        return actors.user(int(current_user.get_id().split(":")[0]))
    return actors.ANONYMOUS
