"""A town that packs and brings in, with its worker's jobs carried out here."""

from __future__ import annotations

import weakref
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import actions as content
from portal.content.exchange import actions, effects, ties
from portal.content.exchange.archive import Archive
from portal.content.exchange.bring import Bringing
from portal.content.exchange.entries import Note, Source
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.packing import Packing
from portal.content.exchange.plan import Line, lines
from portal.content.models import Item
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.outbox import DONE, DUE, Job
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from tests.content.conftest import People, add_person, people, site

__all__ = ["People", "add_person", "people", "site"]
LIMIT = 50 * 2**20


@dataclass
class Town:
    """The program and short ways to use it."""

    program: Program
    folder: Path
    runs: int = 0

    @property
    def database(self) -> Database:
        return self.program.database

    def packed(self, path: str, name: str = "a.zip") -> Path:
        """The archive of the subtree at ``path``."""
        file = self.folder / name
        packing = Packing(self.database.reading, self.program.blobs, path, "https://stary.example", file)
        order, step = packing.order(), 0
        while step < len(order):
            step = packing.pack(step, order)
        packing.close(order)
        return file

    def item(self, path: str) -> Item:
        with self.database.reading() as session:
            return session.scalars(select(Item).where(Item.path == path)).one()

    def planned(self, source: Source, path: str) -> list[Line]:
        with self.database.reading() as session:
            return lines(session, SYSTEM, source, self.item(path), lambda _step, _total: None)

    def bringing(self, source: Source, path: str) -> Bringing:
        return Bringing(
            self.database, self.program.blobs, source, self.item(path).id, SYSTEM, SYSTEM, whom=self.same(source)
        )

    def same(self, source: Source) -> dict[str, str]:
        """Everybody's roles to who bears the same name here."""
        bearers = {one.who for number in range(source.count()) for one in source.entry(number).rights}
        with self.database.reading() as session:
            return {who: ties.named(session, who) for who in bearers}

    def brought(self, source: Source, path: str) -> list[Line]:
        """What came of bringing ``source`` under ``path``, line by line."""
        work, count = self.bringing(source, path), source.count()
        found: dict[int, Line] = {}

        def more(_session: Session, number: int, notes: Sequence[Note]) -> None:
            found[number] = replace(found[number], notes=(*found[number].notes, *notes), outcome="partly")

        work = replace(work, keep=lambda _session, line: found.update({line.number: line}), more=more)
        for act in (work.place, work.fill, work.tie):
            for number in range(count):
                act(number)
        return list(found.values())

    def run(self) -> int:
        """Carry out the jobs of exchange until there are none; how many there were."""
        done = 0
        while self.run_one():
            done += 1
        return done

    def dies_after_the_work(self) -> None:
        """What a worker that is killed leaves of the next job: its work, and no word that it was done."""
        self.run_one(saves=False)

    def run_one(self, *, saves: bool = True) -> bool:
        """Carry out the next job, whatever it is put off to. Says whether there was one."""
        topics = {effect.topic: effect for effect in effects.effects(self.program)}
        with self.database.transaction() as session:
            job = session.scalars(
                select(Job).where(Job.topic == actions.WORK, Job.state == DUE).order_by(Job.id).limit(1)
            ).first()
            if job is None:
                return False
            job.state, payload, effect = (DONE if saves else DUE), job.payload, topics[job.topic]
        with self.database.reading() as session:
            request = effect.load(session, payload)
        if request is not None:
            result = effect.call(self.program.ports, request)
            if saves:
                with self.database.transaction() as session:
                    effect.save(session, payload, result)
        return True

    def sweep(self) -> None:
        """Delete what has had its time."""
        effect = next(one for one in effects.effects(self.program) if one.topic == actions.SWEEP)
        with self.database.reading() as session:
            request = effect.load(session, {})
        if request is not None:
            result = effect.call(self.program.ports, request)
            with self.database.transaction() as session:
                effect.save(session, {}, result)

    def transfer(self, number: int) -> Transfer:
        with self.database.reading() as session:
            return session.get_one(Transfer, number)

    def report(self, number: int) -> list[TransferLine]:
        with self.database.reading() as session:
            query = select(TransferLine).where(TransferLine.transfer_id == number).order_by(TransferLine.number)
            return list(session.scalars(query))


@pytest.fixture
def town(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> Town:
    return Town(Program(Settings(data_dir=tmp_path), site, blobs, Ports()), tmp_path)


@pytest.fixture
def elsewhere(another_database: Database, tmp_path: Path) -> Town:
    """Another, empty installation with a root and ``/urzad``."""
    with another_database.transaction() as session:
        root = content.create_root(session, SYSTEM, "front_page", "Inna gmina")
        content.publish(session, SYSTEM, root.id)
        content.publish(session, SYSTEM, content.create_item(session, SYSTEM, "/", "folder", "Urząd", name="urzad").id)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    blobs = FolderBlobStore(folder / "blobs")
    return Town(Program(Settings(data_dir=folder), another_database, blobs, Ports()), folder)


def opened(file: Path) -> Archive:
    """The archive, closed when nobody needs it any more."""
    source = Archive(file, limit=LIMIT)
    weakref.finalize(source, source._zip.close)
    return source


def contents(file: Path) -> dict[str, bytes]:
    """The archive's members but for what names the moment and the place."""
    with zipfile.ZipFile(file) as packed:
        names = [name for name in packed.namelist() if name.startswith(("items/", "files/"))]
        return {name: packed.read(name) for name in names}


def rewritten(file: Path, changes: dict[str, Any], *, name: str = "b.zip") -> Path:
    """A copy of the archive with members replaced (``None``: left out)."""
    target = file.parent / name
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.namelist():
            if member not in changes:
                after.writestr(member, before.read(member))
        for member, data in changes.items():
            if data is not None:
                after.writestr(member, data)
    return target
