"""Moving, renaming and deleting keep the tree, old addresses and links whole, whatever the order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from portal.content import actions, links, paths, queries
from portal.content.models import Item, ItemVersion, Redirect
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.db import Base, Database
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from portal.core.events import GENESIS, EventHead
from tests.content.conftest import People, add_person


def test_a_moved_page_answers_at_its_old_address_with_the_new_one(site: Database) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Kontakt", name="kontakt")
        actions.publish(session, SYSTEM, page.id)
        actions.create_item(session, SYSTEM, "/", "folder", "Nowy dział", name="nowy")
        actions.move(session, SYSTEM, page.id, "/nowy")
        actions.rename(session, SYSTEM, page.id, "adresy")
    with site.reading() as session:
        assert queries.item_at(session, "/nowy/adresy", ANONYMOUS).row.title == "Kontakt"
        assert queries.moved_to(session, "/urzad/kontakt") == "/nowy/adresy"
        assert queries.moved_to(session, "/nowy/kontakt") == "/nowy/adresy"


def test_what_lay_below_a_moved_folder_is_found_from_its_old_address(site: Database) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Kontakt", name="kontakt")
        below = actions.create_item(session, SYSTEM, "/urzad/kontakt", "page", "Mapa", name="mapa")
        actions.rename(session, SYSTEM, page.id, "adresy")
    with site.reading() as session:
        assert session.get_one(Item, below.id).path == "/urzad/adresy/mapa"
        assert queries.moved_to(session, "/urzad/kontakt/mapa") == "/urzad/adresy/mapa"


def test_a_sibling_with_a_similar_name_stays_where_it_is(site: Database) -> None:
    with site.transaction() as session:
        one = actions.create_item(session, SYSTEM, "/urzad", "page", "A", name="plan")
        other = actions.create_item(session, SYSTEM, "/urzad", "page", "B", name="plan-2027")
        actions.rename(session, SYSTEM, one.id, "zamiar")
    with site.reading() as session:
        assert session.get_one(Item, other.id).path == "/urzad/plan-2027"


def test_a_rename_to_a_taken_name_is_refused(site: Database) -> None:
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "page", "A", name="a")
        second = actions.create_item(session, SYSTEM, "/urzad", "page", "B", name="b")
    with pytest.raises(Conflict, match="name_taken"), site.transaction() as session:
        actions.rename(session, SYSTEM, second.id, "a")


def test_a_folder_cannot_be_moved_into_itself(site: Database) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "A", name="a")
        actions.create_item(session, SYSTEM, "/urzad/a", "page", "B", name="b")
    with pytest.raises(Invalid, match="move_into_itself"), site.transaction() as session:
        actions.move(session, SYSTEM, page.id, "/urzad/a/b")


def test_a_new_page_takes_over_an_address_that_was_left(site: Database) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Stary", name="a")
        actions.rename(session, SYSTEM, page.id, "b")
        fresh = actions.create_item(session, SYSTEM, "/urzad", "page", "Nowy", name="a")
    with site.reading() as session:
        assert queries.moved_to(session, "/urzad/a") is None
        assert session.get_one(Item, fresh.id).path == "/urzad/a"


def test_a_link_follows_the_page_it_leads_to(site: Database) -> None:
    with site.transaction() as session:
        target = actions.create_item(session, SYSTEM, "/urzad", "page", "Cel", name="cel")
        body = '<p><a href="/urzad/cel?x=1#dalej">cel</a> i <a href="/nie-ma">nic</a></p>'
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Źródło", body=body)
        actions.rename(session, SYSTEM, target.id, "nowy-cel")
    with site.reading() as session:
        stored = session.get_one(ItemVersion, page.draft_version_id).body
        assert f'href="item:{target.id}?x=1#dalej"' in stored
        shown = links.to_addresses(session, stored)
        assert 'href="/urzad/nowy-cel?x=1#dalej"' in shown
        assert 'href="/nie-ma"' in shown
        assert links.linking_to(session, [target.id]) == [(page.id, page.path, "Źródło")]


def test_the_bin_gives_back_the_whole_subtree(site: Database) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "A", name="a")
        below = actions.create_item(session, SYSTEM, "/urzad/a", "page", "B", name="b")
        actions.publish(session, SYSTEM, below.id)
        actions.put_into_bin(session, SYSTEM, page.id)
    with site.reading() as session, pytest.raises(NotFound):
        queries.item_at(session, "/urzad/a/b", ANONYMOUS)
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "page", "Inna", name="a")
    with pytest.raises(Conflict, match="name_taken"), site.transaction() as session:
        actions.restore_from_bin(session, SYSTEM, page.id)
    with site.transaction() as session:
        other = session.scalars(select(Item).where(Item.path == "/urzad/a")).one()
        actions.rename(session, SYSTEM, other.id, "inna")
        actions.restore_from_bin(session, SYSTEM, page.id)
    with site.reading() as session:
        assert queries.item_at(session, "/urzad/a/b", ANONYMOUS).row.id == below.id


def test_an_editor_of_one_section_may_not_take_a_page_into_another(site: Database) -> None:
    editor = add_person(site, "sekcja", "Redaktor Działu", "editor", "/urzad")
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/", "folder", "Cudzy", name="cudzy")
        page = actions.create_item(session, editor, "/urzad", "page", "A", name="a")
    with pytest.raises(Forbidden), site.transaction() as session:
        actions.move(session, editor, page.id, "/cudzy")


def test_what_lies_under_a_protected_folder_is_in_no_list(site: Database, people: People) -> None:
    with site.transaction() as session:
        inner = actions.create_item(session, SYSTEM, "/urzad", "page", "Wewnętrzna", name="w")
        deep = actions.create_item(session, SYSTEM, "/urzad/w", "page", "Głębiej", name="g", in_menu=True)
        for item in (inner, deep):
            actions.publish(session, SYSTEM, item.id)
        actions.present(session, people.publisher, inner.id, in_menu=True, protected=True)
    with site.reading() as session:
        assert queries.recent(session, "/", kinds=["page"], limit=10) == []
        with pytest.raises(NotFound):
            queries.item_at(session, "/urzad/w/g", ANONYMOUS)
        with pytest.raises(NotFound):
            queries.item_at(session, "/urzad/w/g", people.citizen)
        assert queries.item_at(session, "/urzad/w/g", people.editor).row.title == "Głębiej"


@contextmanager
def fresh() -> Iterator[Database]:
    """A database in memory: hypothesis makes many."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    try:
        database = Database(engine)
        Base.metadata.create_all(engine)
        with database.transaction() as session:
            session.add(EventHead(id=1, seq=0, hash=GENESIS))
        yield database
    finally:
        engine.dispose()


ACT = st.tuples(
    st.sampled_from(["create", "move", "rename", "bin", "unbin"]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 5),
)


def _act(session: Session, ids: list[int], what: str, one: int, other: int, name: int) -> None:
    item = session.get_one(Item, ids[one % len(ids)])
    place = session.get_one(Item, ids[other % len(ids)])
    if what == "create":
        ids.append(actions.create_item(session, SYSTEM, place.path, "page", f"n{name}").id)
    elif what == "move":
        actions.move(session, SYSTEM, item.id, place.path)
    elif what == "rename":
        actions.rename(session, SYSTEM, item.id, f"n{name}")
    elif what == "bin":
        actions.put_into_bin(session, SYSTEM, item.id)
    else:
        actions.restore_from_bin(session, SYSTEM, item.id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACT, max_size=14))
def test_any_course_of_acts_leaves_a_whole_tree(course: list[tuple[str, int, int, int]]) -> None:
    seen: dict[str, int] = {}
    with fresh() as database:
        with database.transaction() as session:
            root = actions.create_root(session, SYSTEM, "front_page", "Gmina")
            first = actions.create_item(session, SYSTEM, "/", "page", "Start", name="start")
            ids = [first.id]
        for what, one, other, name in course:
            try:
                with database.transaction() as session:
                    _act(session, ids, what, one, other, name)
            except DomainError:
                continue
            with database.reading() as session:
                _check_whole(session, root.id)
                here = session.execute(select(Item.path, Item.id).where(Item.binned_at.is_(None)))
                now = {row.path: row.id for row in here}
                for path, item_id in seen.items():
                    alive = session.scalar(select(Item.id).where(Item.id == item_id, Item.binned_at.is_(None)))
                    if alive and path not in now:
                        assert queries.moved_to(session, path) is not None
                seen |= now


def _check_whole(session: Session, root_id: int) -> None:
    rows = {row.id: row for row in session.execute(select(Item.id, Item.path, Item.parent_id, Item.binned_from))}
    for row in rows.values():
        if row.id == root_id:
            assert (row.path, row.parent_id) == ("/", None)
        elif row.binned_from:
            assert row.path == f"{paths.BIN}/{row.id}"
        else:
            assert paths.parent(row.path) == rows[row.parent_id].path
    lived_at = {row.path for row in rows.values()}
    assert not lived_at & set(session.scalars(select(Redirect.path)))
