"""The Bulletin's archive brought into another place: the law's marks, its own time, its leaves."""

from __future__ import annotations

import weakref
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bip import actions, carried, following, terms
from bip.models import ActRelation, BulletinLeaf, TermFact
from portal.content import actions as content
from portal.content.exchange import ties
from portal.content.exchange.archive import Archive
from portal.content.exchange.bring import Bringing
from portal.content.exchange.packing import Packing
from portal.content.exchange.plan import Line
from portal.content.models import Item, ItemVersion
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.test_relations import MARKS, act, relate
from tests.bip.test_terms import midnight
from tests.content.exchange.made import LONG_AGO, Made, entry, state
from tests.content.web import make_app


def bring(database: Database, blobs: FolderBlobStore, folder: Path, path: str, target: str) -> None:
    file = folder / "a.zip"
    packing = Packing(database.reading, blobs, path, "https://stary.example", file)
    packing.pack(0, packing.order())
    packing.close(packing.order())
    source = Archive(file, limit=2**20)
    weakref.finalize(source, source.close)
    with database.reading() as session:
        number = session.scalars(select(Item.id).where(Item.path == target)).one()
    work = Bringing(database, blobs, source, number, SYSTEM, SYSTEM)
    for step in (work.place, work.fill, work.tie):
        for at in range(source.count()):
            step(at)


def test_an_item_keeps_its_marks_and_both_moments_and_stands_in_the_log(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    with bulletin.transaction() as session:
        item = actions.publish_document(
            session, blobs, SYSTEM, folder="/bip/ogloszenia", type="announcement", title="Przetarg",
            body_html="<p>A</p>", produced_by="Jan Nowak", produced_on=date(2026, 11, 2), source="test:1",
        )  # fmt: skip
        actions.correct(session, SYSTEM, item.id, reason="literówka", title="Przetarg 2")
        made = content.create_item(session, SYSTEM, "/bip", "bip_folder", "Archiwum", name="dawne")
        content.publish(session, SYSTEM, made.id)
        first = item.published_at
    bring(bulletin, blobs, tmp_path, "/bip/ogloszenia", "/bip/dawne")
    with bulletin.reading() as session:
        copy = session.scalars(select(Item).where(Item.path == "/bip/dawne/ogloszenia/przetarg")).one()
        leaves = session.scalar(select(func.count()).where(BulletinLeaf.item_id == copy.id))
        states = session.scalars(select(ItemVersion).where(ItemVersion.item_id == copy.id)).all()
    assert first is not None
    assert copy.published_at is not None
    assert copy.published_at > first
    assert leaves == 2
    assert [(state.title, state.reason) for state in states] == [("Przetarg", ""), ("Przetarg 2", "literówka")]
    page = make_app(bulletin, blobs, tmp_path).test_client().get(copy.path).text
    assert "Udostępniono w poprzednim Biuletynie" in page
    assert "Jan Nowak" in page


def test_what_acts_do_to_acts_mergers_and_notes_about_terms_come_along_once(
    bulletin: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    new, old = act(bulletin, "nowa"), act(bulletin, "stara")
    relate(bulletin, new, old, "repeals", date(2026, 3, 1))
    with bulletin.transaction() as session:
        fields = MARKS | {"organ": "Wójt"}
        wrong = content.create_item(
            session, SYSTEM, "/bip/ogloszenia", "announcement", "Dwa", name="dwa", fields=fields
        )
        content.publish(session, SYSTEM, wrong.id)
        content.withdraw(session, SYSTEM, wrong.id, reason="dwa razy to samo", into=new, decided=True)
        noted = {"act": "posted", "detail": "board", "day": "2026-03-02", "reason": "", "author": "Jan"}
        carried.note_term(session, SYSTEM, session.get_one(Item, new), new, noted | {"at": "2026-03-02T10:00:00+00:00"})
        made = content.create_item(session, SYSTEM, "/bip", "bip_folder", "Archiwum", name="dawne")
        content.publish(session, SYSTEM, made.id)
    for _ in range(2):
        bring(bulletin, blobs, tmp_path, "/bip/ogloszenia", "/bip/dawne")
    with bulletin.reading() as session:
        at = "/bip/dawne/ogloszenia"
        ours = {
            item.path.removeprefix(at): item for item in session.scalars(select(Item).where(Item.path.startswith(at)))
        }
        tied = session.scalars(select(ActRelation).where(ActRelation.source_id == ours["/nowa"].id)).all()
        terms = session.scalars(select(TermFact).where(TermFact.item_id == ours["/nowa"].id)).all()
        assert [(one.target_id, one.kind, one.since, one.basis) for one in tied] == [
            (ours["/stara"].id, "repeals", date(2026, 3, 1), "§ 3")
        ]
        assert [(one.act, one.detail, one.day, one.author) for one in terms] == [
            ("posted", "board", date(2026, 3, 2), "Jan")
        ]
        assert (ours["/dwa"].state, ties.merged_into(session, ours["/dwa"])) == ("withdrawn", ours["/nowa"].id)


def moved_in(database: Database, blobs: FolderBlobStore, kind: str, **facts: Any) -> Line:
    """What was public in another Bulletin since 2019, brought under ``/bip/ogloszenia``."""
    marks = {"publisher": "UG", "produced_by": "Jan Nowak", "produced_on": "2019-03-12", **facts.pop("fields", {})}
    source = Made([entry(state("Dawne", fields=marks), name="dawne", type=kind, **facts)])
    with database.reading() as session:
        number = session.scalars(select(Item.id).where(Item.path == "/bip/ogloszenia")).one()
    work = Bringing(database, blobs, source, number, SYSTEM, SYSTEM)
    work.place(0)
    line = work.fill(0)
    assert line is not None
    return line


@pytest.mark.parametrize(
    ("kind", "facts", "state"),
    [
        ("notice", {}, "archived"),
        ("notice", {"state": "archived"}, "archived"),
        ("vacancy", {"fields": {"post": "inspektor", "apply_until": "2019-03-29"}}, "archived"),
        ("announcement", {}, "published"),
    ],
)
def test_a_term_that_ended_in_the_old_bulletin_does_not_begin_anew(
    bulletin: Database, blobs: FolderBlobStore, kind: str, facts: dict[str, Any], state: str
) -> None:
    line = moved_in(bulletin, blobs, kind, **facts)
    with bulletin.reading() as session:
        assert (line.notes, session.get_one(Item, line.item_id).state) == ((), state)


def test_what_may_be_public_no_longer_is_not_made_public_again(bulletin: Database, blobs: FolderBlobStore) -> None:
    line = moved_in(bulletin, blobs, "assembly_ban", fields={"case_sign": "OR.5310.1.2019"})
    with bulletin.reading() as session:
        assert session.get_one(Item, line.item_id).state == "unpublished"
    assert [note.code for note in line.notes] == ["import.not_published"]
    assert "art. 15 i 16 Prawa o zgromadzeniach" in line.notes[0].details["why"]


@pytest.mark.parametrize(("state", "anew"), [("published", False), ("withdrawn", True)])
def test_what_had_stood_its_time_in_the_old_bulletin_does_not_begin_anew_after_a_break_here(
    bulletin: Database, blobs: FolderBlobStore, state: str, anew: bool
) -> None:
    with clock.frozen(LONG_AGO + timedelta(days=20)):  # a notice stands for thirty days, and is served after fourteen
        line = moved_in(bulletin, blobs, "notice", state=state)
    back = LONG_AGO + timedelta(days=24)
    with clock.frozen(back - timedelta(days=2)), bulletin.transaction() as session:
        if state == "published":
            content.withdraw(session, SYSTEM, line.item_id or 0, reason="Pomyłka", decided=True)
    with clock.frozen(back), bulletin.transaction() as session:
        item = content.publish(session, SYSTEM, line.item_id or 0, reason="Poprawione")
        assert item.counted_from == (back if anew else LONG_AGO)


def test_the_end_of_what_stands_is_the_same_as_in_the_old_bulletin_whatever_is_worked_out(
    bulletin: Database, blobs: FolderBlobStore
) -> None:
    with clock.frozen(LONG_AGO + timedelta(days=20)):
        line = moved_in(bulletin, blobs, "notice")
        with bulletin.transaction() as session:
            following.sweep(session)
            item = session.get_one(Item, line.item_id)
            assert (line.notes, item.state, item.expires_at) == ((), "published", midnight(date(2019, 4, 12)))
            version = session.get_one(ItemVersion, item.live_version_id)
            said = terms.stated(session, item.type, item, version.fields) or {}
            assert (said["at"], said["first"], said["served"]) == (LONG_AGO, None, date(2019, 3, 26))
