"""The small program, on an empty town."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import Database
from tests.web.program import make_app


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Flask:
    return make_app(database, tmp_path)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
