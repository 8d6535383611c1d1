"""What the law orders erased is gone from the database's file and the store; entries and proofs stay whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bip import actions as bip
from bip import erasing, journal, relations, scrubbing, verify
from bip.erasing import Scope
from bip.models import BulletinLeaf
from portal.commands.verify import verify as verify_all
from portal.commands.verify_bip import verify_bip
from portal.content import actions
from portal.content.models import Item, ItemFile, ItemNote, ItemVersion
from portal.content.versions import Attachment
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.outbox import Job
from portal.core.ports import Ports
from tests.bip.conftest import People
from tests.bip.test_proofs import checkpoint, fetch
from tests.bip.test_relations import act
from tests.content.conftest import add_person
from tests.content.web import log_in, make_app, post

SECRET = "Zenobia Wszędobylska"
ITEM = "/bip/ogloszenia/wykaz"
WORDS = {"basis": "art. 17 ust. 1 lit. d RODO", "reason": "dane osoby prywatnej"}
ALL = Scope((1, 2), title=True, marks=True, reasons=True)


def publish(database: Database, blobs: FolderBlobStore) -> int:
    """Two states of an item; the secret is in the text, the summary, a field, the reason and a file of both."""
    with database.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=SECRET.encode() * 9, name=f"{SECRET}.txt", origin="content")
        file.text = SECRET
        marks = {"publisher": "UG", "produced_by": SECRET, "produced_on": "2026-11-20", "case_sign": SECRET}
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "notice", f"Wykaz {SECRET}", name="wykaz", summary=SECRET,
            body=f"<p>{SECRET}</p>" * 400, fields=marks, files=[Attachment(file.id, SECRET)],
        )  # fmt: skip
        actions.publish(session, SYSTEM, item.id)
        bip.correct(session, SYSTEM, item.id, reason=f"Omyłka: {SECRET}", body_html=f"<p>Jednak {SECRET}</p>")
        return item.id


def erase(database: Database, number: int, scope: Scope = ALL) -> None:
    with database.transaction() as session:
        erasing.erase(session, SYSTEM, number, scope, **WORDS)


def scrub(database: Database, blobs: FolderBlobStore) -> None:
    """Run the worker's part."""
    effect = scrubbing.effect(database, blobs)
    with database.reading() as session:
        payload = session.scalars(select(Job.payload).where(Job.topic == scrubbing.SCRUB)).one()
        asked = effect.load(session, payload)
    assert asked is not None
    done = effect.call(Ports(), asked)
    with database.transaction() as session:
        effect.save(session, payload, done)


@pytest.fixture
def number(bulletin: Database, blobs: FolderBlobStore) -> int:
    return publish(bulletin, blobs)


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def everything(database: Database) -> str:
    """All rows of all tables as text (PostgreSQL has no one file to read)."""
    with database.reading() as session:
        tables = erasing.Base.metadata.sorted_tables
        return "\n".join(repr(row) for table in tables for row in session.execute(select(table)))


def files_with_it(database: Database, blobs: FolderBlobStore) -> list[Path]:
    """Every file of the store and, with SQLite, of the database that holds the secret's bytes."""
    kept = [path for path in blobs.root.rglob("*") if path.is_file()]
    if database.is_sqlite:
        file = Path(str(database.write.url.database))
        kept += [path for path in (file, file.with_name(f"{file.name}-wal")) if path.exists()]
    return [path for path in kept if SECRET.encode() in path.read_bytes()]


def test_not_a_byte_of_it_is_left_in_the_database_or_in_the_store(
    bulletin: Database, blobs: FolderBlobStore, number: int
) -> None:
    assert SECRET in everything(bulletin)
    assert len(files_with_it(bulletin, blobs)) >= (2 if bulletin.is_sqlite else 1)
    erase(bulletin, number)
    scrub(bulletin, blobs)
    assert SECRET not in everything(bulletin)
    assert files_with_it(bulletin, blobs) == []


def test_pages_say_that_and_why_it_is_gone_and_show_nothing_of_it(
    bulletin: Database, client: FlaskClient, number: int
) -> None:
    assert SECRET in client.get(ITEM).text
    erase(bulletin, number)
    doors = ("", "/wersja/1", "/porownanie/1/2", "/drukuj", "/dowod.json", "/rss.xml")
    for address in (
        *(ITEM + door for door in doors),
        "/bip/rejestr-zmian",
        "/bip/na-dzien/2099-01-01/ogloszenia/wykaz",
    ):
        assert SECRET not in client.get(address).text, address
    for address in (ITEM, ITEM + "/wersja/1", "/bip/rejestr-zmian", "/bip/na-dzien/2099-01-01/ogloszenia/wykaz"):
        assert WORDS["reason"] in client.get(address).text, address


def test_proofs_hold_and_name_what_was_erased(
    bulletin: Database, client: FlaskClient, number: int, tmp_path: Path
) -> None:
    checkpoint(bulletin, tmp_path)
    before = fetch(client, "/bip/dziennik.json")
    erase(bulletin, number)
    proof, said = fetch(client, f"{ITEM}/dowod.json"), list[str]()
    assert verify.item(proof, before) == []
    assert [leaf["content"] is None for leaf in proof["leaves"]] == [True, True, False, False]
    (tmp_path / "dowod.json").write_text(json.dumps(proof))
    assert verify_bip(str(tmp_path / "dowod.json"), said.append)
    assert sum("usunięto na podstawie prawa (art. 17" in line for line in said) == 2
    with bulletin.reading() as session:
        assert set(
            session.scalars(
                select(BulletinLeaf.salt).where(BulletinLeaf.act != "erased", BulletinLeaf.item_id == number)
            )
        ) == {""}


def test_the_bundle_holds_without_the_erased_file(
    bulletin: Database, blobs: FolderBlobStore, client: FlaskClient, number: int, tmp_path: Path
) -> None:
    erase(bulletin, number)
    scrub(bulletin, blobs)
    kept = tmp_path / "paczka.zip"
    with client.get(f"{ITEM}/paczka.zip") as answer:
        kept.write_bytes(answer.data)
    assert verify_bip(str(kept), list[str]().append)


def test_the_check_of_the_whole_office_stays_whole_and_names_the_erased(
    bulletin: Database, blobs: FolderBlobStore, number: int
) -> None:
    erase(bulletin, number)
    scrub(bulletin, blobs)
    said = list[str]()
    assert verify_all(bulletin, blobs, said.append)
    assert sum("usunięto na podstawie prawa" in line for line in said) == 3


def test_one_version_goes_and_the_file_of_the_other_stays(
    bulletin: Database, blobs: FolderBlobStore, number: int
) -> None:
    with bulletin.reading() as session:
        plan = erasing.plan(session, session.get_one(Item, number), Scope((1,)))
        assert [fate.stays for fate in plan.files] == ["version"]
    erase(bulletin, number, Scope((1,)))
    scrub(bulletin, blobs)
    with bulletin.reading() as session:
        assert session.scalars(
            select(ItemVersion.number).where(ItemVersion.item_id == number, ItemVersion.body.contains(SECRET))
        ).all() == [2]
        kept = session.scalars(select(ItemFile.document_id)).one()
        assert blobs.holds(session.get_one(documents.Document, kept).sha256)


def test_a_withdrawn_item_goes_on_saying_when_and_why_it_was_withdrawn(
    bulletin: Database, client: FlaskClient, number: int
) -> None:
    with bulletin.transaction() as session:
        bip.withdraw(session, SYSTEM, number, reason="Błędny wykaz", decided=True)
    erase(bulletin, number, Scope((1, 2), title=True))
    page = client.get(ITEM).text
    assert "Błędny wykaz" in page
    assert SECRET not in page


def test_only_an_administrator_with_a_basis_and_a_reason_erases(
    bulletin: Database, number: int, people: People
) -> None:
    with bulletin.transaction() as session:
        with pytest.raises(Forbidden):
            erasing.erase(session, people.publisher, number, ALL, **WORDS)
        with pytest.raises(Invalid, match="words"):
            erasing.erase(session, SYSTEM, number, ALL, basis="", reason="")
        with pytest.raises(Invalid, match="none_chosen"):
            erasing.erase(session, SYSTEM, number, Scope(()), **WORDS)


def test_an_erased_state_is_not_brought_back(bulletin: Database, number: int) -> None:
    erase(bulletin, number)
    with bulletin.transaction() as session, pytest.raises(Conflict, match="version_erased"):
        actions.restore(session, SYSTEM, number, 1)


def test_the_page_shows_exactly_what_goes_before_it_goes(bulletin: Database, client: FlaskClient, number: int) -> None:
    log_in(client, add_person(bulletin, "ada", "Ada Administrator", "site_admin"))
    address = f"/redakcja/strona/{number}/usuniecie-tresci"
    chosen = {"wersja": ["1", "2"], "title": "1", **WORDS}
    shown = post(client, address, address, chosen).text
    assert SECRET in shown
    assert "zniknie razem z odczytanym tekstem" in shown
    assert SECRET in everything(bulletin)
    assert post(client, address, address, {**chosen, "potwierdzam": "1"}).status_code == 302
    with bulletin.reading() as session:
        line = journal.lines(session, session.scalars(journal.changes(verb="bip.erased").order_by(journal.ORDER)))[0]
    assert (line.person, line.number) == ("Ada Administrator", 1)


def test_a_title_goes_from_the_notes_of_related_acts_and_takes_no_part_of_another_with_it(bulletin: Database) -> None:
    source, gone, other = (act(bulletin, one) for one in ("zmiana", "plan", "planowanie"))
    with bulletin.transaction() as session:
        for target in (gone, other):
            made = relations.add(session, SYSTEM, source, kind="changes", target_id=target, since=clock.today())
            relations.end(session, SYSTEM, source, made.id, reason="Pomyłka")
        scope = erasing.Scope((1,), title=True)
        erasing.erase(session, SYSTEM, gone, scope, basis="art. 17 RODO", reason="dane osoby prywatnej")
        notes = select(ItemNote.text).where(ItemNote.item_id == source, ItemNote.kind == "relation")
        said = "\n".join(session.scalars(notes))
    assert ("„Uchwała plan”" in said, "„Uchwała planowanie”" in said) == (False, True)
