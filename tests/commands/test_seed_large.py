"""The large town: what goes in by bulk stands exactly as the acts of content would have left it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bip import auditing, checkpoints, notes, proofs, verify
from bip.effects import LOG_KEY
from bip.models import BulletinCheckpoint, BulletinLeaf
from portal.commands import seed_large
from portal.commands.opened import opened
from portal.content import actions, queries
from portal.content.models import Item, ItemVersion
from portal.core import actors, clock, events
from portal.core.actors import Actor
from portal.core.program import Program
from portal.core.settings import Settings
from tests.commands.conftest import NewTown

ITEMS, VERSIONS = 230, 3
EVERY_PLACE = pytest.mark.parametrize(("parent", "section", "kind"), [(p, s, k) for p, s, _, k in seed_large.PLACES])
OWN = frozenset({"id", "path", "position", "title", "summary", "created_at", "changed_at", "published_at"})
OWN_VERSION = OWN | {"item_id", "body", "fields", "reason", "withdrawn_at"}
"""Columns in which two things made alike may differ."""


@pytest.fixture(scope="module")
def large_settings(new_town: NewTown) -> Settings:
    return new_town("large")


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What the command printed."""
    return []


@pytest.fixture(scope="module")
def large(large_settings: Settings, said: list[str]) -> Iterator[Program]:
    assert seed_large.seed_large(large_settings, said.append, items=ITEMS, versions=VERSIONS)
    with opened(large_settings) as program:
        yield program


def _first(session: Session, section: str, parent: str) -> Item:
    start = f"{parent.rstrip('/')}/{section}/teczka-1/strona-1"
    return session.scalars(select(Item).where(Item.path == start)).one()


def _by_acts(session: Session, editor: Actor, beside: Item, kind: str) -> Item:
    """A page made by the acts themselves, with as many versions."""
    folder, live = beside.path.rpartition("/")[0], session.get_one(ItemVersion, beside.live_version_id)
    item = actions.create_item(
        session, editor, folder, kind, "Strona ręczna", summary="Skrót", body="<p>Treść</p>", fields=live.fields
    )
    actions.publish(session, editor, item.id)
    for _ in range(VERSIONS - 1):
        actions.save_draft(
            session, editor, item.id, expected=None, title="Strona ręczna", summary="Skrót", body="<p>Inna</p>",
            fields=live.fields, reason="poprawka",
        )  # fmt: skip
        actions.publish(session, editor, item.id)
    return item


def _row(thing: Item | ItemVersion, own: frozenset[str]) -> dict[str, Any]:
    values = {column.name: getattr(thing, column.name) for column in thing.__table__.columns}
    return {name: value for name, value in values.items() if name not in own and not name.endswith("version_id")}


def _trace(session: Session, item: Item) -> list[tuple[Any, ...]]:
    """What the log says of an item: acts, who may see them, the sorts of subjects, the facts' names."""
    return [
        (event.verb, event.actor, event.audience, [ref.replace(item.ref, "item") for ref in event.refs],
         sorted(event.data), event.data.get("number"))
        for event in events.history(session, item.ref)
    ]  # fmt: skip


@EVERY_PLACE
def test_a_page_put_in_by_bulk_stands_as_one_made_by_the_acts(
    large: Program, parent: str, section: str, kind: str
) -> None:
    with large.database.transaction() as session:
        bulk = _first(session, section, parent)
        made = _by_acts(session, actors.user(bulk.owner_id or 0), bulk, kind)
    with large.database.reading() as session:
        ours, theirs = (session.get_one(Item, item.id) for item in (bulk, made))

        assert _row(ours, OWN | {"in_menu"}) == _row(theirs, OWN | {"in_menu"})
        assert _trace(session, ours) == _trace(session, theirs)
        assert _versions(session, ours) == _versions(session, theirs)
        assert _leaves(session, ours) == _leaves(session, theirs)


def _versions(session: Session, item: Item) -> list[tuple[Any, ...]]:
    found = session.scalars(select(ItemVersion).where(ItemVersion.item_id == item.id).order_by(ItemVersion.number))
    return [
        (_row(version, OWN_VERSION), version.id == item.live_version_id, version.withdrawn_at is None,
         sorted(version.fields), bool(version.reason))
        for version in found
    ]  # fmt: skip


def _leaves(session: Session, item: Item) -> list[tuple[str, bool]]:
    found = session.scalars(select(BulletinLeaf).where(BulletinLeaf.item_id == item.id).order_by(BulletinLeaf.position))
    return [(leaf.act, leaf.version_id == item.live_version_id) for leaf in found]


def test_there_is_as_much_as_was_asked_for(large: Program, said: list[str]) -> None:
    with large.database.reading() as session:
        pages = select(Item.id).where(Item.path.contains("/strona-"))
        versions = select(func.count(ItemVersion.id)).where(ItemVersion.item_id.in_(pages))

        assert len(session.scalars(pages).all()) >= ITEMS
        assert (session.scalar(versions) or 0) >= ITEMS * VERSIONS
    assert len(said) == VERSIONS
    assert f"{ITEMS * VERSIONS} z {ITEMS * VERSIONS}" in said[-1]


def test_the_log_of_events_and_the_public_log_of_the_bulletin_hold(large: Program) -> None:
    key = notes.public_text(checkpoints.log_key(large.settings.data_dir / LOG_KEY).public_key())
    with large.database.reading() as session:
        assert events.broken_link(session) is None
        page = queries.page_at(session, "/bip/zasob-archiwalny/teczka-2/strona-101")
        assert page is not None
        proof = proofs.of_item(session, page, key)
        positions = list(session.scalars(select(BulletinLeaf.position).order_by(BulletinLeaf.position)))

    assert len(proof["leaves"]) == VERSIONS
    assert verify.item(proof) == []
    assert positions == list(range(len(positions)))
    assert list(auditing.faults(large.database.reading)) == []


@pytest.mark.parametrize(
    "address",
    [
        "/archiwum",
        "/archiwum/teczka-2/strona-115",
        "/bip/zasob-archiwalny/teczka-1/strona-7",
        "/bip/rejestr-zmian",
    ],
)
def test_the_pages_can_be_opened(large: Program, address: str) -> None:
    assert current_app.test_client().get(address).status_code == 200


def test_growing_again_changes_nothing(large: Program, large_settings: Settings, said: list[str]) -> None:
    lines = len(said)

    assert not seed_large.seed_large(large_settings, said.append, items=ITEMS, versions=VERSIONS)

    assert len(said) == lines


def test_however_much_is_added_nothing_is_dated_before_the_newest_signed_state(large: Program) -> None:
    with large.database.reading() as session:
        signed = session.scalars(select(func.max(BulletinCheckpoint.at))).one()
        start, pace = seed_large.time_for(session, 10_000_000)
    assert signed <= start < start + 10_000_000 * pace <= clock.now()
