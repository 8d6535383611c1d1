"""What editors see in lists: the tree beside every page, drafts and what waits for review, the bin."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts import policy
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.content import paths, queries, types
from portal.content.editor.models import ReviewRequest
from portal.content.models import Item, ItemNote, ItemVersion
from portal.content.queries import Line, Lines, PageData
from portal.content.workflow import DRAFT, PENDING
from portal.core import actors
from portal.core.actors import Actor
from portal.core.registry import Registry

_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a person on the editors' desk: what, of when, where it is done."""

    title: str
    when: str
    address: str


TASKS: Registry[Callable[[Session, Actor], Task | None]] = Registry("task of the desk")
"""Packages above say what waits for the actor (the Bulletin: the review of its journal)."""


def tasks(session: Session, actor: Actor) -> list[Task]:
    """What waits for the actor beyond pages."""
    found = (make(session, actor) for _, make in TASKS.items())
    return [task for task in found if task is not None]


PANELS: Registry[Callable[[Session, Actor, PageData], dict[str, Any] | None]] = Registry("panel of an item")
"""Packages above say what else an item's page in the editors' room shows: ``template``, and what that is given as
``panel``; ``early``: what to warn of before the item is taken off now."""


def panels(session: Session, actor: Actor, page: PageData) -> list[dict[str, Any]]:
    """What packages above add to the item's page."""
    found = (make(session, actor, page) for _, make in PANELS.items())
    return [panel for panel in found if panel is not None]


@dataclass(frozen=True, slots=True)
class Branch:
    """One folder of the tree with its children."""

    row: Line
    children: tuple[Line, ...]


def reach(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The items in which ``actor`` may view drafts."""
    return queries.within(policy.places(session, actor, "content.view"))


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


FAR = date(9999, 12, 31)
"""Stands for "no day was named" where rows are ordered by their term."""


def drafts(actor: Actor, session: Session, *, mine: bool) -> Lines:
    """Working copies where the actor may see them; ``mine``: those they wrote or own. Without an order."""
    query = (
        select(*queries.CATALOGUE, ItemVersion.title.label("draft_title"), ItemVersion.author)
        .join(ItemVersion, ItemVersion.id == Item.draft_version_id)
        .where(Item.review == DRAFT, Item.binned_at.is_(None), reach(session, actor))
    )
    own = or_(ItemVersion.created_by == actor.user_id, Item.owner_id == actor.user_id)
    return query.where(own) if mine else query


def pending(actor: Actor, session: Session, *, mine: bool) -> Lines:
    """What waits for acceptance where the actor may see it, without an order.

    ``mine``: what they were asked for, by name, as a substitute or as anybody who may; and what they sent themselves.
    """
    asked = aliased(User)
    query = (
        select(
            *queries.CATALOGUE, ItemVersion.title.label("draft_title"), ItemVersion.author, TERM,
            ReviewRequest.due_on, ReviewRequest.message, ReviewRequest.submitted_by, asked.name.label("reviewer"),
            asked.active.label("reviewer_active"),
        )
        .join(ItemVersion, ItemVersion.id == Item.draft_version_id)
        .outerjoin(ReviewRequest, and_(ReviewRequest.item_id == Item.id, ReviewRequest.closed_at.is_(None)))
        .outerjoin(asked, asked.id == ReviewRequest.reviewer_id)
        .where(Item.review == PENDING, Item.binned_at.is_(None), reach(session, actor))
    )  # fmt: skip
    if not mine:
        return query
    deciding = queries.within(policy.places(session, actor, "content.review"))
    people = [actor.user_id, *(row.user_id for row in accounts.substituted_by(session, int(actor.user_id or 0)))]
    return query.where(
        or_(
            ReviewRequest.reviewer_id.in_(people),
            # Whoever was asked may have left meanwhile: then it waits for everybody who may.
            and_(or_(ReviewRequest.reviewer_id.is_(None), asked.active.is_(False)), deciding),
            ReviewRequest.submitted_by == actor.user_id,
        )
    )


TERM = func.coalesce(ReviewRequest.due_on, FAR, type_=Date()).label("term")
"""The key of the review queue: the nearest term first."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What will happen by itself: to which version, in whose name, and whether they may still do it."""

    number: int | None
    name: str
    able: bool


def schedule_of(session: Session, page: PageData) -> Scheduled | None:
    """What is scheduled for the item."""
    row = page.row
    if row.publish_at is None and row.expires_at is None:
        return None
    number = session.scalar(select(ItemVersion.number).where(ItemVersion.id == row.scheduled_version_id))
    return Scheduled(number, *_in_name_of(session, row))


def _in_name_of(session: Session, row: Line) -> tuple[str, bool]:
    if row.scheduled_by is None:
        return "", True
    name = session.scalar(select(User.name).where(User.id == row.scheduled_by)) or ""
    right = types.of(row.type).family.rights["publish"]
    return name, policy.can(session, actors.user(row.scheduled_by), right, row.path)


def scheduled(session: Session, actor: Actor) -> list[tuple[Line, Scheduled]]:
    """What is published next by itself where the actor may see it, the nearest first."""
    query = (
        select(*queries.CATALOGUE, ItemVersion.number, ItemVersion.title.label("draft_title"))
        .outerjoin(ItemVersion, ItemVersion.id == Item.scheduled_version_id)
        .where(Item.publish_at.is_not(None), Item.binned_at.is_(None), reach(session, actor))
        .order_by(Item.publish_at, Item.id)
        .limit(_LIMIT)
    )
    return [(row, Scheduled(row.number, *_in_name_of(session, row))) for row in session.execute(query)]


def failed(session: Session, actor: Actor) -> list[Line]:
    """What should have happened by itself and did not, until somebody acts on the item; with the reason."""
    query = (
        select(*queries.CATALOGUE, ItemNote.text, ItemNote.created_at.label("failed_at"))
        .join(ItemNote, ItemNote.item_id == Item.id)
        .where(
            ItemNote.kind == "schedule_failed", ItemNote.created_at >= Item.changed_at,
            Item.binned_at.is_(None), reach(session, actor),
        )
        .order_by(ItemNote.id.desc())
        .limit(_LIMIT)
    )  # fmt: skip
    return list(session.execute(query).all())


def binned(session: Session, actor: Actor) -> Lines:
    """The tops of subtrees in the bin that came from where the actor may edit. Without an order."""
    query = select(Item.id, Item.title, Item.type, Item.binned_at, Item.binned_from)
    query = query.where(Item.binned_from != literal_column("''"))
    places = policy.places(session, actor, "content.edit")
    came = Item.binned_from
    inside = (or_(came == place, came.startswith(place.rstrip("/") + "/", autoescape=True)) for place in places)
    return query.where(or_(*inside, Item.id < 0))


def remarks(session: Session, item_id: int) -> list[Line]:
    """What people said when they returned, withdrew or archived the item, newest first."""
    query = select(ItemNote.kind, ItemNote.text, ItemNote.created_at, ItemNote.author)
    return list(session.execute(query.where(ItemNote.item_id == item_id).order_by(ItemNote.id.desc()).limit(20)))
