"""Unpacking with a limit: a small archive must not become a large one."""

from __future__ import annotations

import io
import zipfile

MAX_UNPACKED = 64 * 1024 * 1024
"""Most bytes of one part of an archive."""
MAX_PARTS = 5000
MAX_TEXT = 20_000_000
"""Most characters of one file that are kept."""


class TooLarge(Exception):
    """More would come out than we take."""


class Package:
    """A ZIP-based document. Sizes are counted while unpacking; what the archive claims is not believed."""

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        if len(self._zip.infolist()) > MAX_PARTS:
            raise TooLarge

    def names(self) -> list[str]:
        return self._zip.namelist()

    def __contains__(self, name: str) -> bool:
        return name in self._zip.namelist()

    def read(self, name: str) -> bytes:
        """One part. Raises ``TooLarge``."""
        with self._zip.open(name) as part:
            data = part.read(MAX_UNPACKED + 1)
        if len(data) > MAX_UNPACKED:
            raise TooLarge
        return data
