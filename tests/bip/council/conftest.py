"""The Bulletin of the tests beside, with a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People, bulletin, people, site
from tests.content.web import make_app

__all__ = ["People", "bulletin", "people", "site"]


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()
