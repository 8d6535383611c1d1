"""The archive of a subtree: a ZIP with one JSON for each item, files by their hash, and checksums of it all.

``manifest.json`` says what it is; ``items/000001.json`` … stand in the order of the tree, parents first;
``files/ab/<sha256>`` are the files; ``checksums.txt`` is what ``sha256sum -c`` reads. Nothing in it is ever unpacked
to a disk.
"""

from __future__ import annotations

import json
import re
import stat
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal.content.exchange.entries import Beside, Broken, Entry, Right, State, Tie
from portal.core.blobs import sha256

FORMAT = "wrota-content"
MANIFEST, CHECKSUMS = "manifest.json", "checksums.txt"
_ITEM = re.compile(r"items/\d{6,9}\.json")
_FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}")
MAX_JSON = 20 * 2**20
MAX_RATIO = 200
"""How much smaller than its content a large member may be; more is a bomb."""
_BOMB_FROM = 2**20

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, Field(max_length=1000)]
Parsed = TypeVar("Parsed", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileRow(_Strict):
    """A file beside a state."""

    sha256: Hash
    name: Annotated[str, Field(min_length=1, max_length=300)]
    title: Annotated[str, Field(max_length=300)]


class StateRow(_Strict):
    """One saved state. Moments are those at which it was first entered and made available, wherever that was."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    summary: Annotated[str, Field(max_length=600)] = ""
    body: Annotated[str, Field(max_length=2_000_000)] = ""
    fields: dict[str, Any] = {}
    reason: Annotated[str, Field(max_length=500)] = ""
    author: Short = ""
    created_at: datetime | None = None
    published_at: datetime | None = None
    published_by: Short = ""
    files: list[FileRow] = []


class TieRow(_Strict):
    """A tie to another item, in the archive (``key``) or not (``address``)."""

    kind: Annotated[str, Field(max_length=40)]
    key: Annotated[str, Field(pattern=r"^[0-9]{0,9}$")] = ""
    address: Annotated[str, Field(max_length=400)] = ""
    facts: dict[str, Any] = {}


class RightRow(_Strict):
    """A role given here."""

    role: Annotated[str, Field(max_length=30)]
    kind: Literal["user", "group", "everyone", "authenticated"]
    name: Annotated[str, Field(max_length=200)] = ""


Life = Literal["unpublished", "published", "archived", "withdrawn", "retired"]
Review = Literal["none", "draft", "pending"]


class EntryRow(_Strict):
    """One item."""

    key: Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]
    parent: Annotated[str, Field(pattern=r"^[0-9]{0,9}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    type: Annotated[str, Field(max_length=40)]
    state: Life
    review: Review
    taken_off: Short = ""
    language: Annotated[str, Field(max_length=5)] = "pl"
    position: Annotated[int, Field(ge=0, lt=2**31)] = 0
    in_menu: bool = False
    protected: bool = False
    settings: dict[str, Any] = {}
    publish_at: datetime | None = None
    expires_at: datetime | None = None
    redirects: list[Annotated[str, Field(max_length=400)]] = []
    scheduled: Annotated[int, Field(ge=0, le=10_000)] = 0
    ties: Annotated[list[TieRow], Field(max_length=10_000)] = []
    rights: Annotated[list[RightRow], Field(max_length=10_000)] = []
    states: Annotated[list[StateRow], Field(max_length=10_000)]

    def entry(self) -> Entry:
        """As every source gives it."""
        states = tuple(
            State(
                title=row.title, summary=row.summary, body=row.body, fields=row.fields, reason=row.reason,
                author=row.author, created_at=row.created_at, published_at=row.published_at,
                published_by=row.published_by, files=tuple(Beside(f.sha256, f.name, f.title) for f in row.files),
            )
            for row in self.states
        )  # fmt: skip
        return Entry(
            key=self.key, parent=self.parent, name=self.name, type=self.type, states=states, state=self.state,
            review=self.review, taken_off=self.taken_off, language=self.language, position=self.position,
            in_menu=self.in_menu, protected=self.protected, settings=self.settings, publish_at=self.publish_at,
            expires_at=self.expires_at, redirects=tuple(self.redirects), scheduled=self.scheduled,
            ties=tuple(Tie(row.kind, row.key, row.address, row.facts) for row in self.ties),
            rights=tuple(Right(row.role, row.kind, row.name) for row in self.rights),
        )  # fmt: skip


class Manifest(_Strict):
    """What the archive is."""

    format: Literal["wrota-content"]
    version: Literal[1, 2]
    """2 has also ``scheduled``, ``ties`` and ``rights``; both are read."""
    origin: Annotated[str, Field(min_length=1, max_length=300)]
    root: Annotated[str, Field(max_length=400)]
    exported_at: datetime
    items: Annotated[int, Field(ge=0, lt=10**9)]
    places: list[Annotated[str, Field(max_length=400)]] = []
    """Of each item in their order: its path below ``root``, by which it is known again in a later archive."""


def member(number: int) -> str:
    """The name of an item's JSON; ``number`` from 0."""
    return f"items/{number + 1:06}.json"


def file_member(digest: str) -> str:
    """The name of a file."""
    return f"files/{digest[:2]}/{digest}"


class Archive:
    """An archive as a source of entries. Everything is checked when it is opened, before anything is believed."""

    kind = "wrota"

    def __init__(self, path: Path, *, limit: int) -> None:
        """``limit``: bytes of everything unpacked. Raises ``Broken`` naming what is wrong."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as cause:
            raise Broken("import.no_zip") from cause
        try:
            self.origin = self._look_through(limit)
        except Broken:
            self.close()
            raise

    def _look_through(self, limit: int) -> str:
        self._members = {info.filename: info for info in self._zip.infolist()}
        self._check_members(limit)
        manifest = self._parsed(Manifest, MANIFEST)
        self._items = sorted(name for name in self._members if _ITEM.fullmatch(name))
        if self._items != [member(number) for number in range(manifest.items)]:
            raise Broken("import.items_missing", wanted=manifest.items, found=len(self._items))
        self._sums = self._checksums()
        self._places = manifest.places
        # Archives of the first version named their items by number alone.
        return manifest.origin if manifest.version == 1 else f"{manifest.origin}\n{manifest.root}"

    def count(self) -> int:
        return len(self._items)

    def identity(self, key: str) -> str:
        at = int(key) - 1 if key.isdecimal() else -1
        return self._places[at] if 0 <= at < len(self._places) else key

    def entry(self, number: int) -> Entry:
        return self._parsed(EntryRow, self._items[number]).entry()

    def file(self, key: str) -> bytes:
        if file_member(key) not in self._members:
            raise KeyError(key)
        data = self._read(file_member(key), self._members[file_member(key)].file_size)
        if sha256(data) != key:
            raise Broken("import.checksum", name=file_member(key))
        return data

    def lost(self) -> list[Entry]:
        return []

    def close(self) -> None:
        self._zip.close()

    def check_all(self) -> None:
        """Read and compare every file. Raises ``Broken``."""
        for name in self._members:
            if _FILE.fullmatch(name):
                self.file(name.rpartition("/")[2])

    def _check_members(self, limit: int) -> None:
        total = 0
        if len(self._members) != len(self._zip.infolist()):
            raise Broken("import.name_twice")
        for name, info in self._members.items():
            if not (name in (MANIFEST, CHECKSUMS) or _ITEM.fullmatch(name) or _FILE.fullmatch(name)):
                raise Broken("import.strange_name", name=name[:100])
            if stat.S_ISLNK(info.external_attr >> 16):
                raise Broken("import.strange_name", name=name[:100])
            if info.flag_bits & 0x1:
                raise Broken("import.encrypted")
            total += info.file_size
            if info.file_size > _BOMB_FROM and info.file_size > info.compress_size * MAX_RATIO:
                raise Broken("import.bomb")
        if total > limit:
            raise Broken("import.too_large", limit=limit // 2**20)

    def _read(self, name: str, most: int) -> bytes:
        if name not in self._members:
            raise Broken("import.part_missing", name=name)
        try:
            with self._zip.open(name) as file:
                data = file.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError) as cause:
            raise Broken("import.part_damaged", name=name) from cause
        if len(data) > most:
            raise Broken("import.part_damaged", name=name)
        return data

    def _parsed(self, model: type[Parsed], name: str) -> Parsed:
        data = self._read(name, MAX_JSON)
        if name not in (MANIFEST, CHECKSUMS) and self._sums.get(name) != sha256(data):
            raise Broken("import.checksum", name=name)
        try:
            return model.model_validate_json(data)
        except (ValidationError, RecursionError, ValueError) as cause:
            where = ""
            if isinstance(cause, ValidationError):
                where = ".".join(str(part) for part in cause.errors()[0]["loc"])
            raise Broken("import.bad_json", name=name, where=where or "–") from cause

    def _checksums(self) -> dict[str, str]:
        text = self._read(CHECKSUMS, MAX_JSON * 4).decode("utf-8", "replace")
        rows = (line.split("  ", 1) for line in text.splitlines() if line)
        sums = {row[1]: row[0] for row in rows if len(row) == 2}
        if sums.get(MANIFEST) != sha256(self._read(MANIFEST, MAX_JSON)):
            raise Broken("import.checksum", name=MANIFEST)
        return sums


def dumped(model: BaseModel) -> bytes:
    """JSON that is the same for the same facts, and that people can read."""
    plain = model.model_dump(mode="json")
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True).encode()
