"""The Bulletin and its people, with a worker that opens files in the process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.content.personal import effects
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.outbox import Effects
from portal.core.ports import Ports
from portal.core.registry import Registry
from portal.core.worker import Presence, Worker
from tests.bip.conftest import bulletin
from tests.content.conftest import people, site

__all__ = ["bulletin", "people", "site"]


@pytest.fixture
def work(database: Database, blobs: FolderBlobStore, tmp_path: Path) -> Iterator[Callable[[], int]]:
    """Do what waits for the worker."""
    ready: Effects = Registry("effect")
    for effect in effects.effects(blobs):
        ready.register(effect.topic, effect)
    presence = Presence(tmp_path / "present")
    yield Worker(database, ready, Ports(), presence).drain
    presence.leave()
