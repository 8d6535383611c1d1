"""A Bulletin kept in Plone moved into ours: marks, dates, files, earlier versions, old addresses, what ended."""

from __future__ import annotations

import json
import weakref
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bip.models import BulletinLeaf
from portal.content import queries
from portal.content.exchange.bring import Bringing
from portal.content.exchange.entries import ORIGIN
from portal.content.exchange.plan import Line
from portal.content.exchange.plone import PloneExport
from portal.content.models import Item, ItemVersion
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.exchange.plone_site import COURSE, U, export, item, rich
from tests.content.web import make_app

PUBLIC = "2014-05-07T10:00:00+02:00"
OLD = {
    "0": {"title": "Szkic", "text": rich("<p>szkic</p>"), "creators": ["anowak"],
          "modified": "2014-05-06T09:00:00+02:00"},
    "1": {"title": "Statut dawny", "text": rich("<p>dawniej</p>"), "creators": ["jkowal"],
          "modified": "2014-06-01T09:00:00+02:00", "changeNote": "zmiana par. 3"},
}  # fmt: skip
STATUT = item(
    "kontakt", "Document", "/bip/statut", "urzad", workflow_history=COURSE, effective=PUBLIC,
    contributors=["Rada Gminy"], modified="2015-01-01T08:00:00+00:00", **{"exportimport.versions": OLD},
    text=rich(f'<p>Nowy <a href="resolveuid/{U["plan"]}">plan</a></p>'),
)  # fmt: skip
ENDED = item("szkic", "Document", "/bip/ogloszenie", "urzad", expires="2016-01-01T00:00:00+00:00")
LOOSE = item("luzna", "News Item", "/bip/luzne")


@pytest.fixture
def lines(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> dict[str, Line]:
    """The report of bringing it under ``/bip``, by key."""
    changed = {f"content__{U[name]}__data.json": json.dumps(data) for name, data in
               (("kontakt", STATUT), ("szkic", ENDED), ("luzna", LOOSE))}  # fmt: skip
    options = {"bulletin": True, "publisher": "Urząd Gminy", "place": "bulletin"}
    source = PloneExport(export(tmp_path, **changed), limit=2**24, options=options)
    weakref.finalize(source, source.close)
    with bulletin.reading() as session:
        target = session.scalars(select(Item.id).where(Item.path == "/bip")).one()
    work = Bringing(bulletin, blobs, source, target, SYSTEM, SYSTEM)
    found = [act(number) for act in (work.place, work.fill) for number in range(source.count())]
    return {line.key: line for line in found if line is not None}


def versions(database: Database, path: str) -> list[Any]:
    with database.reading() as session:
        number = session.scalars(select(Item.id).where(Item.path == path)).one()
        return list(
            session.scalars(select(ItemVersion).where(ItemVersion.item_id == number).order_by(ItemVersion.number))
        )


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def test_it_has_the_marks_and_its_earlier_versions_with_their_reasons(
    bulletin: Database, lines: dict[str, Line], client: FlaskClient
) -> None:
    draft, before, now = versions(bulletin, "/bip/urzad-gminy/statut")
    assert (draft.published_at, before.reason, now.title) == (None, "zmiana par. 3", "Kontakt")
    assert [one.fields[ORIGIN]["published_at"][:10] for one in (before, now)] == ["2014-05-07", "2015-01-01"]
    assert now.fields["produced_by"] == "Rada Gminy"
    assert now.fields["produced_on"] == "2014-05-06"
    page = client.get("/bip/urzad-gminy/statut").text
    assert "Urząd Gminy" in page
    assert "Anna Nowak" in page
    assert lines[U["kontakt"]].outcome in ("taken", "partly")
    with bulletin.reading() as session:
        leaves = session.scalars(select(BulletinLeaf).where(BulletinLeaf.version_id.in_([before.id, now.id]))).all()
    assert len(leaves) == 2


def test_a_file_its_text_links_to_stands_beside_it(bulletin: Database, lines: dict[str, Line]) -> None:
    now = versions(bulletin, "/bip/urzad-gminy/statut")[-1]
    with bulletin.reading() as session:
        assert [file.name for file in queries.files(session, now.id)] == ["plan.pdf"]
    assert f'href="/zalacznik/{lines[U["kontakt"]].item_id}/' in now.body


@pytest.mark.usefixtures("lines")
def test_old_addresses_lead_to_the_pages_and_what_ended_is_in_the_archive(
    bulletin: Database, client: FlaskClient
) -> None:
    answer = client.get("/bip/statut")
    assert (answer.status_code, answer.location) == (301, "/bip/urzad-gminy/statut")
    with bulletin.reading() as session:
        states = {row.path: (row.type, row.state) for row in session.execute(select(*queries.CATALOGUE))}
    assert states["/bip/urzad-gminy/ogloszenie"] == ("bip_page", "archived")
    assert states["/bip/urzad-gminy"] == ("bip_folder", "published")
    assert states["/bip/luzne"] == ("bip_page", "published")
    assert states["/bip/aktualnosci/dozynki"] == ("announcement", "published")


def test_what_is_not_taken_is_named(lines: dict[str, Line]) -> None:
    named = {key: {note.code for note in line.notes} for key, line in lines.items()}
    assert "import.plone.as_page" in named[U["luzna"]]
    assert named[U["lista"]] >= {"import.type_unknown"}
    assert lines[U["odsylacz"]].outcome == "taken"
    assert named[U["sierota"]] == {"import.parent_missing"}
