"""A program with a search index, and things of a kind of their own to be found in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.outbox import Effects
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.registry import Registry
from portal.core.settings import Settings
from portal.core.worker import Presence, Worker
from search import actions, effects, engines, sources
from search.index import PUBLIC, Doc, Query, SearchIndex
from search.sources import Entry

EVERYBODY = frozenset({PUBLIC})
KIND = "fable"


@dataclass
class Fables:
    """What the source of the tests has: key → (document, numbers of its files)."""

    kept: dict[str, Entry] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    """Keys in the order they were read."""

    def put(self, key: str, text: str, *documents: int, readers: frozenset[str] = EVERYBODY) -> None:
        doc = Doc("", "", text, text, url=f"/bajki/{key}", readers=readers, type="page")
        self.kept[key] = Entry(doc, tuple((number, "") for number in documents))


FABLES = Fables()


def _keys(_session: Session) -> Iterable[str]:
    return list(FABLES.kept)


@sources.source(KIND, keys=_keys)
def read(_session: Session, key: str) -> Entry | None:
    FABLES.read.append(key)
    return FABLES.kept.get(key)


@dataclass(frozen=True)
class Searching:
    """A program, its worker and its index."""

    program: Program
    worker: Worker
    presence: Presence

    @property
    def database(self) -> Database:
        return self.program.database

    @property
    def index(self) -> SearchIndex:
        return engines.of(self.program)

    def request(self, *keys: str) -> None:
        with self.database.transaction() as session:
            for key in keys:
                actions.request_index(session, KIND, key)

    def found(self, text: str) -> list[str]:
        page = self.index.search(Query(text, facets=False, fragments=False))
        return sorted(hit.key.partition(":")[2] for hit in page.hits if hit.kind == KIND)


def searching(database: Database, folder: Path, engine: str = "tantivy", url: str = "") -> Searching:
    """A program on ``database`` with an empty, well index."""
    FABLES.kept.clear()
    FABLES.read.clear()
    settings = Settings(data_dir=folder, search_engine=engine, database_url=url)
    program = Program(settings, database, FolderBlobStore(folder / "blobs"), Ports())
    handled: Effects = Registry("effect")
    for effect in effects.effects(program):
        handled.register(effect.topic, effect)
    presence = Presence(folder / "present")
    made = Searching(program, Worker(database, handled, program.ports, presence), presence)
    with made.index.rebuild():
        pass
    return made
