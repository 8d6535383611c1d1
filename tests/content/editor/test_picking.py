"""Picking from the tree as one types: found by the beginnings of words, by what anybody may see, at a bounded cost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from portal.content import actions, titles
from portal.content.editor import picker
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.db import Database
from tests.content.conftest import People


def picked(database: Database, actor: Any, words: str, under: str = "/") -> list[str]:
    with database.reading() as session:
        return [one.path for one in picker.pages(session, actor, words=words, under=under)]


@pytest.fixture
def lake(site: Database) -> int:
    with site.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/urzad", "page", "Łąka nad Żółtą rzeką", name="teren")
        actions.publish(session, SYSTEM, item.id)
        return item.id


@pytest.mark.parametrize("words", ["łąka", "ŁĄ", "laka zol", "rzeką teren", "/urzad/te", "teren"])
def test_a_page_is_found_by_the_beginnings_of_its_words(site: Database, people: People, lake: int, words: str) -> None:
    assert lake
    assert picked(site, people.editor, words) == ["/urzad/teren"]
    assert picked(site, people.editor, f"{words}x") == []


def test_new_words_and_a_new_name_are_found_at_once_and_old_ones_no_longer(
    site: Database, people: People, lake: int
) -> None:
    with site.transaction() as session:
        actions.save_draft(session, SYSTEM, lake, expected=None, title="Pastwisko")
        assert not titles.found(session, titles.PAGE, ["pastwisko"])
        actions.publish(session, SYSTEM, lake)
        actions.rename(session, SYSTEM, lake, "blonie")
    assert picked(site, people.editor, "pastw") == picked(site, people.editor, "blonie") == ["/urzad/blonie"]
    assert picked(site, people.editor, "łąka") == picked(site, people.editor, "teren") == []


def test_drafts_are_found_only_by_who_may_view_them(site: Database, people: People) -> None:
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "page", "Szkic planu", name="szkic")
    assert picked(site, people.editor, "szkic") == ["/urzad/szkic"]
    assert picked(site, people.citizen, "szkic") == []


def test_a_common_word_gives_the_newest_and_a_rare_one_beside_it_finds(site: Database, people: People) -> None:
    now = clock.now()
    rows = [
        {"path": f"/urzad/uchwala-{n}", "type": "page", "state": "published", "title": f"Uchwała {n}", "parent_id": 1,
         "created_at": now, "changed_at": now}
        for n in range(3 * titles.MOST)
    ]  # fmt: skip
    with site.transaction() as session:
        session.execute(insert(Item), rows)
        titles.fill(session)
        newest = session.scalars(select(Item.path).order_by(Item.id.desc()).limit(picker.LIMIT)).all()
    assert picked(site, people.editor, "uchwała") == newest
    assert picked(site, people.editor, "uchwała 7")[:1] == ["/urzad/uchwala-7"]
    with site.reading() as session:
        assert len(titles.found(session, titles.PAGE, ["uchwala"])) == titles.MOST
