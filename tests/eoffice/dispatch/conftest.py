"""A letter's way, ready to be walked step by step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core.blobs import BlobStore
from portal.core.db import Database
from tests.eoffice.road import Way, walking


@pytest.fixture
def way(database: Database, blobs: BlobStore, tmp_path: Path) -> Iterator[Way]:
    with walking(database, blobs, tmp_path) as made:
        yield made
