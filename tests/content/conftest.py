"""A small town's site: a root, one editor, one publisher, one reader with nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portal.accounts.models import Grant, User
from portal.content import actions
from portal.core import actors, clock
from portal.core.actors import SYSTEM, Actor
from portal.core.db import Database


@dataclass(frozen=True)
class People:
    """The standing people of these tests, with fixed rights."""

    editor: Actor
    reviewer: Actor
    publisher: Actor
    citizen: Actor


def add_person(database: Database, login: str, name: str, role: str, path: str = "/") -> Actor:
    with database.transaction() as session:
        user = User(login=login, name=name, kind="staff", created_at=clock.now())
        session.add(user)
        session.flush()
        if role:
            session.add(Grant(path=path, principal=f"user:{user.id}", role=role))
        return actors.user(user.id)


@pytest.fixture
def people(database: Database) -> People:
    return People(
        editor=add_person(database, "ewa", "Ewa Redaktor", "editor"),
        reviewer=add_person(database, "rafal", "Rafał Recenzent", "reviewer"),
        publisher=add_person(database, "piotr", "Piotr Wydawca", "publisher"),
        citizen=add_person(database, "celina", "Celina Mieszkanka", ""),
    )


@pytest.fixture
def site(database: Database) -> Database:
    """A published root with one published section, ``/urzad``."""
    with database.transaction() as session:
        root = actions.create_root(session, SYSTEM, "front_page", "Gmina")
        actions.publish(session, SYSTEM, root.id)
        folder = actions.create_item(session, SYSTEM, "/", "folder", "Urząd", name="urzad")
        actions.publish(session, SYSTEM, folder.id)
    return database
