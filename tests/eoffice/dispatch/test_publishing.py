"""From a decision to the Bulletin: one act, nothing entered again, nobody's data."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

import bip.actions
from eoffice.cases.models import Case
from eoffice.dispatch import publishing
from portal.content import actions as content
from portal.content.models import Item, ItemVersion
from portal.core import clock, events
from portal.core.actors import SYSTEM, Actor
from portal.core.errors import Conflict, Forbidden, Invalid
from tests.eoffice import office
from tests.eoffice.road import Way

FOLDER = "/bip/rozstrzygniecia"
TEXT = "Zezwalam (…) na usunięcie dębu.\n\nPouczenie: odwołanie w terminie 14 dni."


def bulletin(way: Way) -> None:
    """A Bulletin with one section, in which the department's clerk may publish."""
    with way.database.transaction() as session:
        root = content.create_root(session, SYSTEM, "front_page", "Gmina")
        content.publish(session, SYSTEM, root.id)
        settings = {"publisher": "Urząd Gminy Wrotkowo"}
        parts = (("/", "bulletin", "BIP", "bip"), ("/bip", "bip_folder", "Decyzje", "rozstrzygniecia"))
        for parent, kind, title, name in parts:
            item = content.create_item(session, SYSTEM, parent, kind, title, name=name, settings=settings)
            content.publish(session, SYSTEM, item.id)
        office.grant(session, way.town.clerk, "publisher", "/bip")


def publish(way: Way, letter_id: int, actor: Actor | None = None, **given: Any) -> Item:
    facts = {"folder": FOLDER, "title": "Zezwolenie na wycinkę", "text": TEXT} | given
    with way.database.transaction() as session:
        return publishing.publish_letter(session, way.blobs, actor or way.town.clerk, letter_id=letter_id, **facts)


def test_the_copy_carries_the_marks_of_the_law_without_being_told_them(way: Way) -> None:
    bulletin(way)
    item = publish(way, way.approved())
    with way.database.reading() as session:
        version = session.get_one(ItemVersion, item.live_version_id)
    assert item.path.startswith(FOLDER)
    assert version.fields["produced_by"] == "Urszula Zielińska, inspektor"
    assert version.fields["responsible"] == "Karol Mazur, kierownik referatu"
    assert version.fields["case_sign"] == way_sign(way)
    assert version.fields["produced_on"] == version.fields["decided_on"] == clock.today().isoformat()
    assert version.body.count("<p>") == 2


def way_sign(way: Way) -> str:
    with way.database.reading() as session:
        return session.get_one(Case, way.case_id).sign


def test_publishing_twice_is_publishing_once(way: Way) -> None:
    bulletin(way)
    letter_id = way.approved()
    assert publish(way, letter_id).id == publish(way, letter_id).id
    with way.database.reading() as session:
        assert len(session.scalars(select(Item).where(Item.source == f"letter:{letter_id}")).all()) == 1
        told = events.history(session, f"case:{way.case_id}", audiences=("public",))
        assert bip.actions.published_from(session, f"letter:{letter_id}") is not None
    assert [event.verb for event in told].count("case.published") == 1


def test_personal_data_of_the_party_is_not_published_by_mistake(way: Way) -> None:
    bulletin(way)
    letter_id = way.approved()
    with pytest.raises(Invalid) as caught:
        publish(way, letter_id, text="Zezwalam Annie Nowak, PESEL 85021412345, na wycinkę.")
    assert caught.value.code == "bip.still_personal"
    assert caught.value.details["words"] == "Annie Nowak, 85021412345"
    item = publish(way, letter_id, text="Zezwalam firmie, tel. 22 555 01 00.", kept={"22 555 01 00": "company"})
    assert item.state == "published"


def test_a_draft_is_not_published_nor_by_whoever_may_not(way: Way) -> None:
    bulletin(way)
    draft = way.draft()
    with pytest.raises(Conflict):
        publish(way, draft)
    letter_id = way.approved()
    for actor in (way.town.head, way.town.stranger, way.town.citizen):
        with pytest.raises(Forbidden):
            publish(way, letter_id, actor)
