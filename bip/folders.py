"""Files of a copy or a bundle by their names, each read when it is asked for; needs nothing else of ours."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

LONGEST = 200 * 1024 * 1024
"""Bytes of one file inside a ZIP; a longer one would be a bomb."""


class Folder(Mapping[str, bytes]):
    """The files below a folder. What is no plain file (a link, a device) counts as absent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _names(self) -> dict[str, Path]:
        found = (path for path in sorted(self._root.rglob("*")) if path.is_file() and not path.is_symlink())
        return {path.relative_to(self._root).as_posix(): path for path in found}

    def __getitem__(self, name: str) -> bytes:
        return self._names[name].read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


class Zipped(Mapping[str, bytes]):
    """The files of a ZIP. Raises ``zipfile.BadZipFile`` for what is none, ``OverflowError`` for one too long."""

    def __init__(self, place: Path) -> None:
        self._package = zipfile.ZipFile(place)
        self._sizes = {entry.filename: entry.file_size for entry in self._package.infolist() if not entry.is_dir()}

    def __getitem__(self, name: str) -> bytes:
        if self._sizes[name] > LONGEST:
            raise OverflowError(name)
        return self._package.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def __contains__(self, name: object) -> bool:
        return name in self._sizes
