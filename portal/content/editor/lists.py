"""What editors see in lists: the tree beside every page, drafts and what waits for review, the bin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import paths, queries
from portal.content.models import Item, ItemNote, ItemVersion
from portal.content.queries import Line
from portal.content.workflow import DRAFT, PENDING
from portal.core.actors import Actor

_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Branch:
    """One folder of the tree with its children."""

    row: Line
    children: tuple[Line, ...]


def _within(places: Collection[str]) -> ColumnElement[bool]:
    """Anything at or under one of ``places``."""
    return or_(*(or_(Item.path == place, queries.below(place)) for place in sorted(places)), Item.id < 0)


def reach(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The items in which ``actor`` may view drafts."""
    return _within(policy.places(session, actor, "content.view"))


def branches(session: Session, actor: Actor, path: str) -> list[Branch]:
    """The way from the root to ``path`` with the children at each step, whatever their state; two statements."""
    lineage = paths.lineage(path)
    places = policy.places(session, actor, "content.view")
    rows = session.execute(select(*queries.CATALOGUE).where(Item.path.in_(lineage), Item.binned_at.is_(None))).all()
    steps = sorted(rows, key=lambda row: len(row.path))
    below = session.execute(
        select(*queries.CATALOGUE)
        .where(Item.parent_id.in_([row.id for row in steps]), Item.binned_at.is_(None))
        .order_by(Item.position, Item.id)
    ).all()
    visible = [row for row in below if _on_the_way(row.path, places)]
    return [Branch(step, tuple(row for row in visible if row.parent_id == step.id)) for step in steps]


def _on_the_way(path: str, places: Collection[str]) -> bool:
    """Whether ``path`` lies in a place one may view, or leads to one."""
    return any(paths.inside(path, place) or paths.inside(place, path) for place in places)


def drafts(session: Session, actor: Actor) -> list[Line]:
    """Working copies where the actor may see them, newest change first, with who saved them."""
    return _waiting(session, actor, DRAFT)


def pending(session: Session, actor: Actor) -> list[Line]:
    """What waits for a reviewer, oldest first."""
    return list(reversed(_waiting(session, actor, PENDING)))


def _waiting(session: Session, actor: Actor, review: str) -> list[Line]:
    query = (
        select(*queries.CATALOGUE, ItemVersion.title.label("draft_title"), ItemVersion.author)
        .join(ItemVersion, ItemVersion.id == Item.draft_version_id)
        .where(Item.review == review, Item.binned_at.is_(None), reach(session, actor))
        .order_by(Item.changed_at.desc(), Item.id.desc())
        .limit(_LIMIT)
    )
    return list(session.execute(query).all())


def binned(session: Session, actor: Actor) -> list[Line]:
    """The tops of subtrees in the bin that came from where the actor may edit."""
    query = (
        select(Item.id, Item.title, Item.type, Item.binned_at, Item.binned_from)
        .where(Item.binned_from != "")
        .order_by(Item.binned_at.desc())
        .limit(200)
    )
    places = policy.places(session, actor, "content.edit")
    return [row for row in session.execute(query) if any(paths.inside(row.binned_from, p) for p in places)]


def remarks(session: Session, item_id: int) -> list[Line]:
    """What people said when they returned, withdrew or archived the item, newest first."""
    query = select(ItemNote.kind, ItemNote.text, ItemNote.created_at, ItemNote.author)
    return list(session.execute(query.where(ItemNote.item_id == item_id).order_by(ItemNote.id.desc()).limit(20)))
