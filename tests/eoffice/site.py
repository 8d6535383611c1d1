"""The pages of clerks and citizens on a small town, asked as a browser would ask."""

from __future__ import annotations

import dataclasses
import re
import secrets
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import eoffice.citizen.views
import eoffice.desk.views
import forms.views
import portal.accounts.views
from portal.core import clock
from portal.core.actors import Actor
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web import setup
from portal.web.folders import TEMPLATES
from tests.eoffice import outside
from tests.eoffice.road import LETTERHEAD, Way

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PAGES = (portal.accounts.views, forms.views, eoffice.citizen.views, eoffice.desk.views)


class Site:
    """A program over a ``Way``; ``as_`` gives a browser of somebody logged in."""

    def __init__(self, way: Way, folder: Path) -> None:
        self.way = way
        settings = dataclasses.replace(Settings(), data_dir=folder, secret_key=LETTERHEAD.secret)
        self.app = Flask("portal", template_folder=str(TEMPLATES), static_folder=None)
        setup.init(self.app, Program(settings, way.database, way.blobs, outside.ports(way.post, way.seal)))
        for module in PAGES:
            self.app.register_blueprint(module.blueprint)

    def as_(self, actor: Actor | None) -> Browser:
        """A browser in which ``actor`` (or nobody) is logged in."""
        client = self.app.test_client()
        if actor is not None:
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = f"{actor.user_id}:1", True
                cookie["since"], cookie["mark"] = int(clock.now().timestamp()), secrets.token_hex(16)
        return Browser(client)


class Browser:
    """Fetches pages and sends their forms with their tokens."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return answer.text

    def post(self, page: str, path: str, status: int = 302, **fields: object) -> TestResponse:
        """Open ``page``, send ``fields`` to ``path`` with the page's token."""
        token = _TOKEN.search(self.get(page))
        assert token is not None, page
        answer = self.client.post(path, data={"csrf_token": token[1], **fields})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:3000])
        return answer
