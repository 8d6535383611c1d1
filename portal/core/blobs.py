"""The port BlobStore and its folder adapter: bytes kept under their SHA-256, never changed.

Bytes first, row second: a crash in between leaves an unreferenced file, never a row without its bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol, runtime_checkable


def sha256(data: bytes) -> str:
    """The name of ``data``: 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


class MissingBlob(LookupError):
    """The store has no bytes under this hash."""


@runtime_checkable
class BlobStore(Protocol):
    """Immutable bytes by hash."""

    def put(self, data: bytes) -> str:
        """Keep ``data`` durably and return its SHA-256. Putting the same bytes again changes nothing."""

    def get(self, digest: str) -> bytes:
        """The bytes. Raises ``MissingBlob``."""

    def holds(self, digest: str) -> bool:
        """Whether there are bytes under ``digest``."""

    def remove(self, digest: str) -> None:
        """Erase the bytes for good, where the law orders it; nothing happens when there are none."""


class FolderBlobStore:
    """A local folder, two levels deep (``ab/cd/abcd…``). A file appears whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest

    def put(self, data: bytes) -> str:
        digest = sha256(data)
        target = self.path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o440)
            Path(temporary).rename(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        return digest

    def get(self, digest: str) -> bytes:
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            raise MissingBlob(digest) from None

    def holds(self, digest: str) -> bool:
        return self.path(digest).exists()

    def remove(self, digest: str) -> None:
        target = self.path(digest)
        if target.exists():
            target.unlink()
            _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
