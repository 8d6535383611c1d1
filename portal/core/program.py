"""The running program, as composed in ``portal.app``: what effects and views work with."""

from __future__ import annotations

from dataclasses import dataclass

from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.ports import Ports
from portal.core.settings import Settings


@dataclass(frozen=True)
class Program:
    """Settings, database, files and the outside of one installation."""

    settings: Settings
    database: Database
    blobs: BlobStore
    ports: Ports
