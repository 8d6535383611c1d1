"""The Bulletin's duties on each item: marks, reasons, nothing deleted, one act for the cases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from bip import actions as bip
from bip.models import BulletinLeaf
from portal.content import actions, queries
from portal.content.models import Item
from portal.content.personal.models import DONE, FileCheck
from portal.core import documents, events
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from tests.bip.conftest import People


def publish(database: Database, blobs: FolderBlobStore, people: People, source: str = "letter:7") -> int:
    with database.transaction() as session:
        document = documents.store(
            session, blobs, people.publisher, data=b"%PDF-1.4 kopia", name="decyzja.pdf", origin="made"
        )
        session.merge(FileCheck(sha256=document.sha256, state=DONE, note="", kind="pdf", pieces=[]))
        item = bip.publish_document(
            session, blobs, people.publisher, folder="/bip/ogloszenia", type="decision",
            title="Decyzja w sprawie drzewa",
            body_html="<p>Zezwalam.</p>", documents=[(document, "Decyzja bez danych osobowych")],
            produced_by="Jan Kowal, inspektor", produced_on=date(2026, 11, 20), responsible="Anna Nowak, kierownik",
            source=source, fields={"case_sign": "GK.6131.1.2026"},
        )  # fmt: skip
        return item.id


def test_one_act_publishes_a_decision_with_all_its_marks(
    bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    number = publish(bulletin, blobs, people)
    with bulletin.reading() as session:
        page = queries.item_at(session, "/bip/ogloszenia/decyzja-w-sprawie-drzewa", ANONYMOUS)
        assert page.fields == {
            "publisher": "Urząd Gminy Wrotkowo",
            "produced_by": "Jan Kowal, inspektor",
            "responsible": "Anna Nowak, kierownik",
            "produced_on": "2026-11-20",
            "case_sign": "GK.6131.1.2026",
        }
        assert page.row.author == "Piotr Wydawca"
        assert page.row.version_published_at is not None
        assert [file.title for file in queries.files(session, page.row.version_id)] == ["Decyzja bez danych osobowych"]
        last = events.history(session, f"item:{number}")[-1]
        assert (last.verb, last.audience) == ("bip.published", "public")
        assert "journal:bip" in last.refs


def test_the_same_source_is_published_once(bulletin: Database, blobs: FolderBlobStore, people: People) -> None:
    assert publish(bulletin, blobs, people) == publish(bulletin, blobs, people)
    with bulletin.reading() as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.source == "letter:7")) == 1


def test_an_editor_may_not_publish_in_the_bulletin(bulletin: Database, blobs: FolderBlobStore, people: People) -> None:
    with pytest.raises(Forbidden), bulletin.transaction() as session:
        bip.publish_document(
            session, blobs, people.editor, folder="/bip/ogloszenia", type="decision", title="X", body_html="<p>x</p>",
            produced_by="A", produced_on=date(2026, 1, 1), source="letter:9",
        )  # fmt: skip


def test_a_notice_without_its_marks_is_not_published(bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session:
        item = actions.create_item(session, people.publisher, "/bip/ogloszenia", "notice", "Obwieszczenie")
    with pytest.raises(Invalid) as caught, bulletin.transaction() as session:
        actions.publish(session, people.publisher, item.id)
    assert caught.value.details["fields"] == (
        "Podmiot udostępniający, Dzień wytworzenia, jedno z pól Wytworzył(a) / Odpowiada za treść"
    )


def test_a_change_needs_a_reason_and_the_earlier_state_stays(
    bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    number = publish(bulletin, blobs, people)
    with pytest.raises(Invalid, match="reason_missing"), bulletin.transaction() as session:
        bip.correct(session, people.publisher, number, reason=" ", body_html="<p>Nie zezwalam.</p>")
    with bulletin.transaction() as session:
        bip.correct(session, people.publisher, number, reason="Omyłka pisarska", body_html="<p>Nie zezwalam.</p>")
    with bulletin.reading() as session:
        states = queries.history(session, number, published_only=True)
        assert [(row.number, row.reason) for row in states] == [(2, "Omyłka pisarska"), (1, "")]
        assert "Zezwalam" in queries.version_of(session, number, 1, published_only=True).body
        assert len(queries.files(session, states[0].version_id)) == 1


def test_a_published_item_cannot_be_deleted_only_withdrawn(
    bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    number = publish(bulletin, blobs, people)
    with pytest.raises(Conflict, match="withdraw_instead"), bulletin.transaction() as session:
        actions.put_into_bin(session, people.publisher, number)
    with pytest.raises(Invalid), bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="")
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="Opublikowano przez pomyłkę")
    with bulletin.reading() as session:
        page = queries.item_at(session, "/bip/ogloszenia/decyzja-w-sprawie-drzewa", ANONYMOUS)
        assert page.row.state == "withdrawn"


def test_each_public_act_is_a_leaf_of_the_log(bulletin: Database, blobs: FolderBlobStore, people: People) -> None:
    number = publish(bulletin, blobs, people)
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="Pomyłka")
    with bulletin.reading() as session:
        rows = session.scalars(select(BulletinLeaf).order_by(BulletinLeaf.position)).all()
        assert [row.position for row in rows] == list(range(4))
        assert [row.act for row in rows if row.item_id == number] == ["published", "withdrawn"]


def test_links_survive_a_correction(bulletin: Database, blobs: FolderBlobStore, people: People) -> None:
    number = publish(bulletin, blobs, people)
    with bulletin.transaction() as session:
        body = '<p>Zobacz <a href="/bip/ogloszenia">ogłoszenia</a>.</p>'
        bip.correct(session, SYSTEM, number, reason="Dodano odnośnik", body_html=body)
        bip.correct(session, SYSTEM, number, reason="Zmieniono tytuł", title="Decyzja")
    with bulletin.reading() as session:
        folder = queries.page_at(session, "/bip/ogloszenia")
        assert folder is not None
        page = queries.page_at(session, "/bip/ogloszenia/decyzja-w-sprawie-drzewa")
        assert page is not None
        assert f'href="item:{folder.row.id}"' in page.row.body
