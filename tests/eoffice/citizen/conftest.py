"""An office with its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core.blobs import BlobStore
from portal.core.db import Database
from tests.eoffice.road import Way, walking
from tests.eoffice.site import Site


@pytest.fixture
def way(database: Database, blobs: BlobStore, tmp_path: Path) -> Iterator[Way]:
    with walking(database, blobs, tmp_path) as made:
        yield made


@pytest.fixture
def site(way: Way, tmp_path: Path) -> Site:
    return Site(way, tmp_path)
