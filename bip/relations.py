"""Relations between acts: what changes, repeals, implements or consolidates what, since when, and what follows of it.

Entered once, on the act that does something; shown on both. Public once everyone can read both acts: an event, a
line of the register of changes. Whether an act is in force follows from them and is not typed a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from bip import spans
from bip.models import ActRelation
from bip.types import ROOT
from portal.content import acts, paths, queries, standing, types
from portal.content.acts import PublicChange
from portal.content.editor import lists
from portal.content.models import Item, ItemLink, ItemVersion
from portal.content.types import ItemType
from portal.content.workflow import ARCHIVED, PUBLISHED, RETIRED
from portal.core import clock, outbox
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import formats
from portal.web.texts import message

KINDS = ("changes", "repeals", "implements", "consolidates")
MAX_BASIS = 300
_STANDING = {"repeals": "repealed", "changes": "amended"}
"""What becomes of the act it is done to; the first that holds decides."""
_READABLE = tuple(sorted((PUBLISHED, ARCHIVED, RETIRED)))
"""States in which an act's text can be read by everyone, and so what it does to others."""
_SHOWN = 30
NAMED = "named"
"""Stands for a kind of relation where a session of the council names an act."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation seen from one of its acts: ``active`` when that act is the one that does something to the other."""

    id: int
    kind: str
    active: bool
    since: date
    basis: str
    title: str
    path: str
    other_id: int
    public: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A public session that names the act, with its fields."""

    title: str
    path: str
    fields: Mapping[str, Any]


@cache
def act_types() -> tuple[str, ...]:
    """The types of publication that are acts of law: those with a status."""
    return tuple(name for name, kind in types.TYPES.items() if is_act(kind))


def is_act(kind: ItemType) -> bool:
    """Whether relations are kept of items of this type."""
    return any(field.name == standing.FIELD for field in kind.fields)


def of_item(session: Session, item_id: int, kind: ItemType, *, at: datetime | None = None) -> list[Relation]:
    """The public relations of an act in the order of their days (``at``: as they were known then); one statement.

    None, and no statement, for what is not an act.
    """
    if not is_act(kind):
        return []
    known = and_(ActRelation.public_at.is_not(None), ActRelation.ended_at.is_(None))
    if at is not None:
        known = and_(ActRelation.public_at <= at, or_(ActRelation.ended_at.is_(None), ActRelation.ended_at > at))
    return _seen_from(session, item_id, known, queries.states_visible(_READABLE))


def of_act(session: Session, item_id: int, kind: ItemType) -> tuple[list[Relation], list[Named]]:
    """The public relations of an act, and the public sessions that name it with their fields; one statement for both.

    Which sessions name it is remembered when they are saved; what they say is read from their public state.
    """
    if not is_act(kind):
        return [], []
    rows = queries.rows(session, _act_statement(), {"act": item_id})
    acts_of = sorted((row for row in rows if row.kind != NAMED), key=lambda row: (row.since, row.id))
    named = sorted((row for row in rows if row.kind == NAMED), key=lambda row: (row.public_at, row.other_id))
    return [_relation(row, item_id) for row in acts_of], [Named(row.title, row.path, row.fields) for row in named]


@cache
def _act_statement() -> Any:
    act = bindparam("act", type_=Integer)
    known = (ActRelation.public_at.is_not(None), ActRelation.ended_at.is_(None), queries.states_visible(_READABLE))
    related = _query(act, *known).order_by(None)
    naming = (
        select(
            literal(0).label("id"),
            literal(NAMED).label("kind"),
            literal(0).label("source_id"),
            type_coerce(null(), ActRelation.since.type).label("since"),
            literal("").label("basis"),
            Item.starts_at.label("public_at"),
            Item.id.label("other_id"),
            Item.title,
            Item.path,
            ItemVersion.fields,
        )
        .join(ItemLink, ItemLink.version_id == Item.live_version_id)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(ItemLink.target_id == act, Item.type == "session", queries.states_visible(_READABLE))
    )
    return union_all(related.add_columns(type_coerce(null(), ItemVersion.fields.type).label("fields")), naming)


def for_editor(session: Session, item_id: int) -> list[Relation]:
    """All that was entered and not taken back, also what is not public yet."""
    return _seen_from(session, item_id, ActRelation.ended_at.is_(None), Item.binned_at.is_(None))


def _seen_from(session: Session, item_id: int, *conditions: ColumnElement[bool]) -> list[Relation]:
    return [_relation(row, item_id) for row in session.execute(_query(item_id, *conditions))]


def _query(item_id: int | BindParameter[int], *conditions: ColumnElement[bool]) -> queries.Lines:
    other = case((ActRelation.source_id == item_id, ActRelation.target_id), else_=ActRelation.source_id)
    columns: tuple[Any, ...] = (
        ActRelation.id, ActRelation.kind, ActRelation.source_id, ActRelation.since, ActRelation.basis,
        ActRelation.public_at, Item.id.label("other_id"), Item.title, Item.path,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Item, Item.id == other)
        .where(or_(ActRelation.source_id == item_id, ActRelation.target_id == item_id), *conditions)
        .order_by(ActRelation.since, ActRelation.id)
    )


def _relation(row: Any, item_id: int) -> Relation:
    return Relation(
        row.id, row.kind, row.source_id == item_id, row.since, row.basis, row.title, row.path, row.other_id,
        row.public_at is not None,
    )  # fmt: skip


def standing_of(relations: Iterable[Relation], day: date | None = None) -> str:
    """What the relations say of the act they are seen from on ``day`` (today): ``repealed``, ``amended`` or nothing."""
    day = day or clock.today()
    done = {one.kind for one in relations if not one.active and one.since <= day}
    return next((status for kind, status in _STANDING.items() if kind in done), "")


def with_standing(fields: dict[str, Any], relations: Iterable[Relation], day: date | None = None) -> dict[str, Any]:
    """An act's fields with the status that follows from its relations, as written when none says otherwise."""
    found = standing_of(relations, day)
    return fields | {standing.FIELD: found} if found else fields


def standings(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Item → the status that follows from public relations, for those of ``ids`` that have one; one statement."""
    query = (
        select(ActRelation.target_id, ActRelation.kind)
        .join(Item, Item.id == ActRelation.source_id)
        .where(
            ActRelation.target_id.in_(ids), ActRelation.kind.in_(_STANDING), ActRelation.since <= clock.today(),
            ActRelation.public_at.is_not(None), ActRelation.ended_at.is_(None), queries.states_visible(_READABLE),
        )
    )  # fmt: skip
    found: dict[int, set[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.target_id, set()).add(row.kind)
    return {
        number: next(status for kind, status in _STANDING.items() if kind in kinds) for number, kinds in found.items()
    }


def to_pick(session: Session, actor: Actor, item_id: int, words: str) -> list[queries.Line]:
    """Acts the actor can see that an act may concern: by all of ``words`` in title or address, the newest first."""
    public = and_(queries.listed(), Item.path != paths.ROOT)
    query = select(*queries.CATALOGUE).where(
        Item.type.in_(act_types()), queries.below(ROOT), Item.binned_at.is_(None), Item.id != item_id,
        or_(lists.reach(session, actor), public),
    )  # fmt: skip
    for word in words.split()[:6]:
        slug = paths.slug(word)
        query = query.where(or_(Item.path.contains(slug, autoescape=True), Item.title.icontains(word, autoescape=True)))
    return list(session.execute(query.order_by(Item.changed_at.desc(), Item.id.desc()).limit(_SHOWN)))


def add(
    session: Session, actor: Actor, item_id: int, *, kind: str, target_id: int, since: date, basis: str = ""
) -> ActRelation:
    """Say what an act does to another. The right to publish is needed once the act itself is public.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` (no acts, itself, unknown kind, long words), ``Conflict`` (known).
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "publish" if item.published_at is not None else "edit")
    target = session.get(Item, target_id)
    if target is None or target.binned_at is not None or target.type not in act_types() or item.type not in act_types():
        raise Invalid("bip.relation_no_act")
    page = queries.page_at(session, target.path)
    if page is None or not queries.may_see(session, actor, page):
        raise Invalid("bip.relation_no_act")
    if target.id == item.id:
        raise Invalid("bip.relation_itself")
    if kind not in KINDS:
        raise Invalid("bip.relation_kind")
    if len(basis.strip()) > MAX_BASIS:
        raise Invalid("bip.relation_basis_long", limit=MAX_BASIS)
    _refuse_known(session, item.id, target.id, kind)
    acts.require_public(session, actor, item, basis)
    made = ActRelation(
        source_id=item.id, target_id=target.id, kind=kind, since=since, basis=basis.strip(), added_at=clock.now(),
        added_by=actor.user_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    if not _announce(session, actor, made):
        acts.changed(session, actor, item, "relation_entered", visible=False, data=_facts(made))
    return made


def end(session: Session, actor: Actor, item_id: int, relation_id: int, *, reason: str) -> None:
    """Take back a relation that was entered by mistake; the register says that and why. Raises ``NotFound``."""
    item = acts.find(session, item_id)
    made = session.get(ActRelation, relation_id)
    if made is None or made.source_id != item.id or made.ended_at is not None:
        raise NotFound("bip.relation_unknown")
    acts.require(session, actor, item, "publish" if made.public_at is not None else "edit")
    target = session.get_one(Item, made.target_id)
    told = message(f"bip.relation.ended.{made.kind}", title=target.title, reason=reason.strip())
    if not reason.strip():
        raise Invalid("content.reason_missing")
    acts.require_public(session, actor, item, reason)
    kept = acts.note(session, actor, item, "relation", told)
    made.ended_at = clock.now()
    visible = made.public_at is not None
    acts.changed(session, actor, item, "relation_ended", visible=visible, data=_facts(made) | {"note": kept.id})
    if visible:
        _reindex(session, target.id, f"{made.id}-ended")


def announce(session: Session, actor: Actor, change: PublicChange) -> None:
    """When an act is published: make public what was entered of it and an act that everyone can read already.

    Whether it is published or taken down, what it did to others is now so, or is not: search is told.
    """
    if change.item.type not in act_types():
        return
    number = change.item.id
    done = select(ActRelation.target_id).where(ActRelation.source_id == number, ActRelation.kind.in_(_STANDING))
    for target_id in session.scalars(done.where(ActRelation.public_at.is_not(None), ActRelation.ended_at.is_(None))):
        _reindex(session, target_id, f"{number}-{change.item.version}")
    if change.act != "published":
        return
    waiting = select(ActRelation).where(
        or_(ActRelation.source_id == number, ActRelation.target_id == number),
        ActRelation.public_at.is_(None), ActRelation.ended_at.is_(None),
    )  # fmt: skip
    for made in session.scalars(waiting).all():
        _announce(session, actor, made)


def _announce(session: Session, actor: Actor, made: ActRelation) -> bool:
    """Make the relation public when both acts are; whether it is."""
    both = select(Item.id).where(Item.id.in_((made.source_id, made.target_id)), queries.states_visible(_READABLE))
    session.flush()
    if set(session.scalars(both)) != {made.source_id, made.target_id}:
        return False
    source, target = session.get_one(Item, made.source_id), session.get_one(Item, made.target_id)
    made.public_at = clock.now()
    told = message(f"bip.relation.told.{made.kind}", title=target.title, day=formats.day(made.since))
    kept = acts.note(session, actor, source, "relation", f"{told} {made.basis}".strip())
    acts.changed(session, actor, source, "related", visible=True, data=_facts(made) | {"note": kept.id})
    _reindex(session, target.id, f"{made.id}-told")
    if made.since > clock.today():
        # What search says of the target changes on the day itself.
        _reindex(session, target.id, f"{made.id}-begins", spans.midnight_after(made.since - timedelta(days=1)))
    return True


def _reindex(session: Session, item_id: int, why: str, run_after: datetime | None = None) -> None:
    """Have what search says of an act's status made anew."""
    key, payload = f"search.index:item:{item_id}:relation-{why}", {"kind": "item", "key": str(item_id)}
    outbox.enqueue(session, "search.index", key, payload, lane="search", run_after=run_after)


def _facts(made: ActRelation) -> dict[str, Any]:
    return {"relation": made.id, "kind": made.kind, "to": made.target_id, "since": made.since.isoformat()}


def _refuse_known(session: Session, source_id: int, target_id: int, kind: str) -> None:
    """The same again, or its reverse, is a mistake."""
    pair = or_(
        and_(ActRelation.source_id == source_id, ActRelation.target_id == target_id),
        and_(ActRelation.source_id == target_id, ActRelation.target_id == source_id),
    )
    known = select(ActRelation.id).where(pair, ActRelation.kind == kind, ActRelation.ended_at.is_(None))
    if session.scalar(known.limit(1)) is not None:
        raise Conflict("bip.relation_known")


standing.STANDINGS.register("bip.relations", standings)
