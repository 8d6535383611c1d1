"""A program with accounts, content and the Bulletin for tests of pages; people log in and send forms with tokens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import bip.views
import portal.accounts.views
import portal.content.api.views
import portal.content.views
import search.views
from portal.core import clock
from portal.core.actors import Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web import setup
from portal.web.folders import TEMPLATES


def make_app(database: Database, blobs: FolderBlobStore, folder: Path, settings: Settings | None = None) -> Flask:
    """The pages of this part of the program over ``database``."""
    app = Flask("portal", template_folder=str(TEMPLATES), static_folder=None)
    app.config["SECRET_KEY"] = "tests"
    setup.init(app, Program(settings or Settings(data_dir=folder), database, blobs, Ports()))
    app.register_blueprint(portal.accounts.views.blueprint)
    for blueprint in portal.content.api.views.blueprints:
        app.register_blueprint(blueprint)
    for module in (bip.views, search.views, portal.content.views):
        app.register_blueprint(module.blueprint)
    return app


def log_in(client: FlaskClient, person: Actor) -> FlaskClient:
    """A client in which ``person`` is logged in."""
    with client.session_transaction() as session:
        session["_user_id"] = f"{person.user_id}:1"
        session["_fresh"] = True
        session["since"] = int(clock.now().timestamp())
    return client


def post(client: FlaskClient, page: str, url: str, data: dict[str, Any]) -> TestResponse:
    """Send a form that stands on ``page``: with its token, as a browser would."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found, f"no form on {page}"
    return client.post(url, data={**data, "csrf_token": found.group(1)})
