"""The port Shelf: where copies of the Bulletin are put, apart from the server's own disk. And the folder that is one.

The folder may be any that the system mounts: a disk of another machine, a tape's cache, a bucket.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from bip.folders import Folder
from portal.core.errors import Temporary

_UNFINISHED = ".part"
SHELF = "shelf"
"""The code of its failures."""


class Shelf(Protocol):
    """Keeps copies by name. Every method raises ``Temporary`` when the shelf is away or full."""

    def names(self) -> list[str]:
        """The finished copies, oldest first by name."""

    def begin(self, copy: str) -> None:
        """Make room for a copy; what another try left unfinished goes."""

    def put(self, copy: str, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Add a file to an unfinished copy; its SHA-256 and length."""

    def take(self, copy: str, name: str, digest: str, earlier: str) -> int | None:
        """Add a file that the finished copy ``earlier`` already has, if its bytes still are those; its length."""

    def finish(self, copy: str) -> None:
        """The copy is whole: from now on it has its name."""

    def open(self, copy: str) -> Mapping[str, bytes]:
        """The files of a finished copy."""

    def remove(self, copy: str) -> None:
        """Take a finished copy away."""


class FolderShelf:
    """A folder; each copy a folder in it. Files that did not change are shared by hard links where the disk can."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        with _failing():
            found = (path for path in self._root.iterdir() if path.is_dir() and not path.name.endswith(_UNFINISHED))
            return sorted(path.name for path in found)

    def begin(self, copy: str) -> None:
        with _failing():
            self._root.mkdir(parents=True, exist_ok=True)
            for left in self._root.glob(f"*{_UNFINISHED}"):
                shutil.rmtree(left)
            self._new(copy).mkdir()

    def put(self, copy: str, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        total, length = sha256(), 0
        with _failing():
            place = self._place(copy, name)
            with place.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                    total.update(piece)
                    length += len(piece)
                file.flush()
                os.fsync(file.fileno())
        return total.hexdigest(), length

    def take(self, copy: str, name: str, digest: str, earlier: str) -> int | None:
        there = self._root / earlier / name
        with _failing():
            if not earlier or not there.is_file() or sha256(data := there.read_bytes()).hexdigest() != digest:
                return None
            with suppress(OSError):
                self._place(copy, name).hardlink_to(there)
                return len(data)
        return None

    def finish(self, copy: str) -> None:
        with _failing():
            self._new(copy).rename(self._root / copy)

    def open(self, copy: str) -> Mapping[str, bytes]:
        return Folder(self._root / copy)

    def remove(self, copy: str) -> None:
        with _failing():
            shutil.rmtree(self._root / copy)

    def _new(self, copy: str) -> Path:
        return self._root / f"{copy}{_UNFINISHED}"

    def _place(self, copy: str, name: str) -> Path:
        place = self._new(copy) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


@contextmanager
def _failing() -> Iterator[None]:
    """What the disk cannot do is the shelf's failure; it may be back later."""
    try:
        yield
    except OSError as error:
        raise Temporary(f"{type(error).__name__}: {error.strerror}", code=SHELF) from error
