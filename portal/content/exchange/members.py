"""The files of a source that came as a ZIP or a folder, read one by one and never unpacked."""

from __future__ import annotations

import json
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Any

from portal.content.exchange.archive import MAX_JSON, MAX_RATIO
from portal.content.exchange.entries import Broken

_BOMB_FROM = 2**20


class Members:
    """Names to bytes. ``limit``: bytes of everything unpacked. Raises ``Broken``."""

    def __init__(self, path: Path, limit: int) -> None:
        self._folder = path if path.is_dir() else None
        self._zip: zipfile.ZipFile | None = None
        if self._folder is not None:
            self._sizes = {
                p.relative_to(path).as_posix(): p.stat().st_size
                for p in path.rglob("*")
                if p.is_file() and not p.is_symlink()
            }
            return
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as cause:
            raise Broken("import.no_zip") from cause
        infos = self._zip.infolist()
        self._sizes = {info.filename: info.file_size for info in infos if not info.is_dir()}
        try:
            self._check(infos, limit)
        except Broken:
            self.close()
            raise

    def _check(self, infos: list[zipfile.ZipInfo], limit: int) -> None:
        for info in infos:
            link = stat.S_ISLNK(info.external_attr >> 16)
            if link or info.filename.startswith(("/", "\\")) or ".." in info.filename.replace("\\", "/").split("/"):
                raise Broken("import.strange_name", name=info.filename[:100])
            if info.flag_bits & 0x1:
                raise Broken("import.encrypted")
            if info.file_size > _BOMB_FROM and info.file_size > info.compress_size * MAX_RATIO:
                raise Broken("import.bomb")
        if sum(info.file_size for info in infos) > limit:
            raise Broken("import.too_large", limit=limit // 2**20)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._sizes)

    def read(self, name: str) -> bytes:
        """The bytes. Raises ``KeyError`` for an unknown name, ``Broken`` for damaged ones."""
        size = self._sizes[name]
        try:
            if self._zip is None:
                return (Path(str(self._folder)) / name).read_bytes()
            with self._zip.open(name) as file:
                data = file.read(size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError) as cause:
            raise Broken("import.part_damaged", name=name) from cause
        if len(data) > size:
            raise Broken("import.part_damaged", name=name)
        return data

    def json(self, name: str) -> Any:
        """What the file says. Raises ``KeyError``, ``Broken``."""
        if self._sizes[name] > MAX_JSON:
            raise Broken("import.bad_json", name=name, where="–")
        try:
            return json.loads(self.read(name))
        except (ValueError, RecursionError) as cause:
            raise Broken("import.bad_json", name=name, where="–") from cause

    def close(self) -> None:
        if self._zip is not None:
            self._zip.close()
