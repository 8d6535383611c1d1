"""A small town for forms: one citizen, another one, two departments, the published "pismo ogólne"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin
from sqlalchemy.orm import Session

from forms import actions, shipped, views
from forms.office import Office
from portal.accounts.models import Group, User
from portal.core import clock
from portal.core.actors import SYSTEM, Actor, user
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web import folders, setup

OFFICE = Office("Urząd Gminy Wrotkowo", "Wrotkowo", 3.5)


@dataclass(frozen=True)
class Town:
    """Who and what there is."""

    database: Database
    blobs: FolderBlobStore
    anna: Actor
    bogdan: Actor


def _citizen(session: Session, login: str, name: str) -> User:
    made = User(login=login, name=name, kind="citizen", email=f"{login}@poczta.example", created_at=clock.now())
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def town(database: Database, blobs: FolderBlobStore) -> Town:
    with database.transaction() as session:
        anna, bogdan = _citizen(session, "anna", "Anna Maria Nowak"), _citizen(session, "bogdan", "Bogdan Lis")
        session.add(Group(name="Referat Gospodarki Komunalnej", kind="department", symbol="GK"))
        session.add(Group(name="Referat Spraw Obywatelskich", kind="department", symbol="SO"))
        actions.publish_version(
            session, SYSTEM, "pismo-ogolne", "Pismo ogólne do urzędu", shipped.definition("pismo-ogolne")
        )
        return Town(database, blobs, user(anna.id), user(bogdan.id))


class _Visitor(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    def __init__(self, mark: str) -> None:
        self.id = mark


@pytest.fixture
def app(town: Town, tmp_path: Path) -> Flask:
    """The pages of forms alone, with a log-in that believes the session."""
    settings = Settings(data_dir=tmp_path, secret_key="tests", database_url="unused")
    app = Flask("wrota-forms", template_folder=str(folders.TEMPLATES), static_folder=None)
    setup.init(app, Program(settings, town.database, town.blobs, Ports()))
    app.config["WTF_CSRF_ENABLED"] = False
    manager = LoginManager(app)
    manager.user_loader(_Visitor)
    app.register_blueprint(views.blueprint)
    return app


@pytest.fixture
def visit(app: Flask) -> Callable[[Actor | None], FlaskClient]:
    """A browser of ``actor``, or of somebody unknown."""

    def make(actor: Actor | None = None) -> FlaskClient:
        client = app.test_client()
        if actor is not None:
            with client.session_transaction() as session:
                session["_user_id"] = str(actor.user_id)
                session["_fresh"] = True
        return client

    return make
