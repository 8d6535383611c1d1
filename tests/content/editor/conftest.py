"""A published page in the section ``/urzad``, and browsers of the people who write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.content import actions
from portal.core.actors import Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.web import log_in, make_app

Come = Callable[[Actor | None], FlaskClient]


@pytest.fixture
def number(site: Database, people: People) -> int:
    with site.transaction() as session:
        item = actions.create_item(session, people.editor, "/urzad", "page", "Godziny", body="<p>Raz</p><p>Dwa</p>")
        actions.publish(session, people.publisher, item.id)
        return item.id


@pytest.fixture
def come(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> Come:
    app = make_app(site, blobs, tmp_path)

    def client(person: Actor | None) -> FlaskClient:
        return log_in(app.test_client(), person) if person else app.test_client()

    return client
