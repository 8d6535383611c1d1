"""After an erasure what was erased stands nowhere: every table, every file on the disk, every packed one, is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bip import checkpoints, copy_effects, erasing, relations, scrubbing, verify
from bip.models import TermFact
from bip.shelf import FolderShelf, Shelf
from portal.content import actions, searched  # noqa: F401 - registers what can be found
from portal.content.exchange import actions as exchange
from portal.content.exchange import effects as exchange_effects
from portal.content.models import Item
from portal.content.versions import Attachment
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Base, Database
from portal.core.outbox import Effects, Job
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.registry import Registry
from portal.core.settings import Settings
from portal.core.worker import Presence, Worker
from search import actions as search_actions
from search import effects as search_effects
from search import engines
from search.index import Query
from search.models import Asked, BestBet
from tests.bip.test_proofs import checkpoint, fetch
from tests.content.conftest import add_person
from tests.content.web import log_in, make_app

SECRET = "Zenobia Wszędobylska"
REASON = "dane osoby prywatnej"
MARKS = {"publisher": "UG", "produced_by": SECRET, "produced_on": "2026-11-20", "number": "7/2026",
         "adopted_on": "2026-01-02", "in_force": "in_force"}  # fmt: skip


@pytest.fixture
def program(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path, request: pytest.FixtureRequest) -> Program:
    engine = getattr(request, "param", "tantivy")
    settings = Settings(data_dir=tmp_path / "var", bulletin_copies=str(tmp_path / "kopie"), search_engine=engine)
    made = Program(settings, bulletin, blobs, Ports())
    made.ports.bind(Shelf, "default", FolderShelf(tmp_path / "kopie"))
    return made


def work(program: Program) -> None:
    """What the worker does, with everything that keeps words outside the database's rows."""
    ready: Effects = Registry("effect")
    log = program.settings.data_dir / "bip_log_key.pem"
    for effect in (
        *search_effects.effects(program),
        *exchange_effects.effects(program),
        *copy_effects.effects(program, lambda: checkpoints.log_key(log)),
        scrubbing.effect(program.database, program.blobs),
    ):
        ready.register(effect.topic, effect)
    presence = Presence(program.settings.data_dir / "present")
    Worker(program.database, ready, program.ports, presence).drain()
    presence.leave()


def written(database: Database, blobs: FolderBlobStore) -> int:
    """An act that says the secret everywhere; related to by another act, published twice, late, kept, asked for."""
    with database.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=SECRET.encode() * 9, name=f"{SECRET}.txt", origin="content")
        file.text = SECRET
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "resolution", f"Wykaz {SECRET}", name="wykaz", summary=SECRET,
            body=f'<p>{SECRET} <a href="https://obcy.example/{SECRET}">tu</a></p>' * 90, fields=MARKS,
            files=[Attachment(file.id, SECRET)],
        )  # fmt: skip
        actions.publish(session, SYSTEM, item.id)
        other = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "resolution", "Uchwała zmieniająca",
            fields=MARKS | {"produced_by": "A", "number": "8/2026"},
        )  # fmt: skip
        actions.publish(session, SYSTEM, other.id)
        today = clock.today()
        relations.add(session, SYSTEM, other.id, kind="changes", target_id=item.id, since=today)
        relations.add(
            session, SYSTEM, item.id, kind="implements", target_id=other.id, since=today, basis=f"wniosek {SECRET}"
        )
        session.add(TermFact(item_id=item.id, type=item.type, act="kept", at=clock.now(), author="", reason=SECRET))
        session.add(Asked(day=clock.today(), text=SECRET.lower(), asked=3, missed=0))
        session.add(
            BestBet(
                words="wykaz", title=f"Wykaz {SECRET}", url=item.path, key=f"item:{item.id}", changed_at=clock.now()
            )
        )
        return item.id


def rows(database: Database) -> Iterator[tuple[str, str]]:
    """Every row of every table."""
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            yield from ((table.name, repr(row)) for row in session.execute(select(table)))


def holders(database: Database) -> set[str]:
    """The tables with the secret in a row, whole or squeezed as an index writes it."""
    return {name for name, row in rows(database) if "wszędobylska" in row.lower()}


def unpacked(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from (archive.read(name) + name.encode() for name in archive.namelist())


def files(*folders: Path) -> set[str]:
    """The files below with the secret in their bytes or in what they pack."""
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {path.name for path in found if any(SECRET.encode() in part for part in unpacked(path))}


def on_disk(program: Program, blobs: FolderBlobStore, tmp_path: Path) -> set[str]:
    kept = files(tmp_path, blobs.root)
    if program.database.is_sqlite:
        kept |= files(Path(str(program.database.write.url.database)).parent)
    return kept


def run_all(program: Program) -> None:
    """What waits, and the standing jobs."""
    with program.database.transaction() as session:
        copy_effects.ensure(session)
        exchange_effects.ensure(session)
        session.execute(update(Job).where(Job.state == "due").values(run_after=clock.now()))
    work(program)


@pytest.mark.parametrize("program", ["tantivy", "whoosh"], indirect=True)
def test_it_is_nowhere_on_the_disk_and_in_no_table(
    program: Program, bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    number = written(bulletin, blobs)
    ada = add_person(bulletin, "ada", "Ada Administrator", "site_admin", "/")
    program.settings.data_dir.mkdir(exist_ok=True)
    checkpoint(bulletin, program.settings.data_dir)
    with bulletin.transaction() as session:
        exchange.ask_export(session, ada, session.scalars(select(Item.id).where(Item.path == "/bip")).one())
    client = log_in(make_app(bulletin, blobs, tmp_path, program.settings).test_client(), ada)
    earlier = fetch(client, "/bip/dziennik.json")
    index = engines.of(program)
    search_actions.rebuild(bulletin, index)
    run_all(program)
    assert index.search(Query("wszędobylska", readers=frozenset({"everyone"}))).total == 1
    assert {"item_version", "item_note", "bulletin_term_fact", "bulletin_relation", "search_asked"} <= holders(bulletin)
    assert len(on_disk(program, blobs, tmp_path)) >= 3
    segments = {path for path in (program.settings.data_dir / "search").rglob("*") if path.is_file()}
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        with bulletin.transaction() as session:
            scope = erasing.Scope((1,), title=True, marks=True, reasons=True)
            erasing.erase(session, SYSTEM, number, scope, basis="art. 17 ust. 1 lit. d RODO", reason=REASON)
        work(program)
    assert holders(bulletin) == set()
    assert on_disk(program, blobs, tmp_path) == set()
    assert index.search(Query("wszędobylska", readers=frozenset({"everyone"}))).total == 0
    left = {path for path in segments if path.exists() and path.stat().st_size > 200}
    assert {path.suffix for path in left} <= {".json", ".lock"}
    assert REASON in client.get("/bip/ogloszenia/wykaz").text
    assert verify.item(fetch(client, "/bip/ogloszenia/wykaz/dowod.json"), earlier) == []
