"""Acts on the tree: create, move, rename, order, put into the bin and take out again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import acts, links, paths, titles, types, versions
from portal.content.models import Item, ItemLink, ItemVersion, Redirect
from portal.content.personal import addresses
from portal.content.workflow import LIFE, REVIEW
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from search.actions import request_many


def create_item(
    session: Session,
    actor: Actor,
    parent_path: str,
    kind: str,
    title: str,
    *,
    name: str = "",
    summary: str = "",
    body: str = "",
    fields: dict[str, Any] | None = None,
    files: Sequence[versions.Attachment] = (),
    in_menu: bool | None = None,
    source: str = "",
    settings: dict[str, Any] | None = None,
) -> Item:
    """A new item of type ``kind`` under ``parent_path``, with its first draft. Nobody outside sees it yet.

    ``name`` is the last part of its address; made from the title when empty. Raises ``Forbidden``,
    ``NotFound`` (parent), ``Invalid`` (type not allowed there, bad name), ``Conflict`` (name taken).
    """
    item_type = types.of(kind)
    policy.require(session, actor, item_type.family.rights["edit"], parent_path)
    parent = _parent(session, parent_path, kind)
    path = paths.join(parent.path, name) if name else free_path(session, parent.path, paths.slug(title))
    now = clock.now()
    item = Item(
        path=path, parent_id=parent.id, type=kind, state=LIFE.initial, review=REVIEW.initial, title=title[:300],
        summary=summary[:600], position=_last_position(session, parent.id) + 1,
        in_menu=item_type.menu if in_menu is None else in_menu, language=parent.language, owner_id=actor.user_id,
        created_at=now, changed_at=now, source=source, settings=settings or {}, version=1,
    )  # fmt: skip
    session.add(item)
    _flush(session, path)
    # Whoever moved away from this address has given it up.
    session.execute(delete(Redirect).where(Redirect.path == path))
    versions.add(session, actor, item, title=title, summary=summary, body=body, fields=fields or {}, files=files)
    acts.changed(session, actor, item, "created", visible=False, data={"in_menu": item.in_menu})
    return item


def create_root(session: Session, actor: Actor, kind: str, title: str) -> Item:
    """The root of an empty site. Raises ``Conflict`` when there is one."""
    policy.require(session, actor, "content.admin", paths.ROOT)
    now = clock.now()
    item = Item(
        path=paths.ROOT, parent_id=None, type=kind, state=LIFE.initial, review=REVIEW.initial, title=title,
        created_at=now, changed_at=now, owner_id=actor.user_id, settings={}, version=1,
    )  # fmt: skip
    session.add(item)
    _flush(session, paths.ROOT)
    versions.add(session, actor, item, title=title, summary="", body="", fields={}, files=())
    acts.changed(session, actor, item, "created", visible=False)
    return item


def move(session: Session, actor: Actor, item_id: int, new_parent: str, *, name: str = "") -> Item:
    """Put the item and all below it under ``new_parent``, or only rename it; old addresses lead to the new ones.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` (into itself, type not allowed there), ``Conflict`` (taken).
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    if item.path == paths.ROOT or paths.inside(new_parent, item.path):
        raise Invalid("content.move_into_itself")
    policy.require(session, actor, types.of(item.type).family.rights["edit"], new_parent)
    parent = _parent(session, new_parent, item.type)
    _same_family(parent, item)
    target = paths.join(parent.path, name or paths.name_of(item.path))
    if target == item.path:
        return item
    if session.scalar(select(Item.id).where(Item.path == target)):
        raise Conflict("content.name_taken", path=target)
    if session.scalar(select(Item.id).where(Item.path.in_(paths.lineage(parent.path)), Item.protected).limit(1)):
        acts.check_closing(session, item.path)
    if name and actor.kind == "user":
        addresses.check(item, item.title, (), name)
    before = item.path
    item.parent_id, item.position = parent.id, _last_position(session, parent.id) + 1
    _leave_redirects(session, before)
    _change_paths(session, before, target)
    session.refresh(item)
    titles.renew(session, item)
    acts.changed(session, actor, item, "moved", visible=True, data={"from": before, "to": target})
    reindex_below(session, item)
    acts.publicly(session, actor, "moved", item, None)
    return item


def rename(session: Session, actor: Actor, item_id: int, name: str) -> Item:
    """Change the last part of the item's address."""
    item = acts.find(session, item_id)
    return move(session, actor, item_id, paths.parent(item.path), name=name)


def reorder(session: Session, actor: Actor, parent_id: int, order: Sequence[int]) -> None:
    """Put the children of ``parent_id`` in ``order``; those not named follow in their old order."""
    parent = acts.find(session, parent_id)
    acts.require(session, actor, parent, "edit")
    query = select(Item.id, Item.position).where(Item.parent_id == parent_id, Item.binned_at.is_(None))
    present = {row.id: row.position for row in session.execute(query.order_by(Item.position, Item.id))}
    named = set(order)
    if not named <= present.keys():
        raise Invalid("content.not_children")
    for position, child in enumerate([*order, *(child for child in present if child not in named)], 1):
        if present[child] != position:
            session.execute(update(Item).where(Item.id == child).values(position=position))
    acts.changed(session, actor, parent, "reordered", visible=True)


def configure(session: Session, actor: Actor, item_id: int, settings: dict[str, Any]) -> Item:
    """Set named settings that everything below acquires; ``None`` takes one away."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "admin")
    merged = item.settings | settings
    item.settings = {key: value for key, value in merged.items() if value is not None}
    acts.changed(session, actor, item, "configured", visible=True, data={"names": sorted(settings)})
    return item


def present(session: Session, actor: Actor, item_id: int, *, in_menu: bool, protected: bool) -> Item:
    """Say whether menus name the item, and whether it and all below are only for those with a role there.

    Raises ``Conflict`` when something of it must stay open to everyone by law.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "publish")
    if protected and not item.protected:
        acts.check_closing(session, item.path)
    item.in_menu, item.protected = in_menu, protected
    facts = {"in_menu": in_menu, "protected": protected}
    acts.changed(session, actor, item, "presented", visible=True, data=facts)
    reindex_below(session, item)
    return item


MOST_COPIED = 500
"""Items one act of copying makes; a larger part of the tree goes through export and import, which show progress."""


def copy(session: Session, actor: Actor, item_id: int, new_parent: str, *, name: str = "") -> Item:
    """The item and all below it once more under ``new_parent``, as drafts that nobody outside sees.

    Each copy begins with the working copy (else the public state), its files included; links between copied pages
    lead to the copies. Raises ``Forbidden``, ``NotFound``, ``Invalid`` (into itself, too many), ``Conflict``.
    """
    top = acts.find(session, item_id)
    acts.require(session, actor, top, "edit")
    if paths.inside(new_parent, top.path):
        raise Invalid("content.copy_into_itself")
    query = select(Item).where(_below(top.path), Item.binned_at.is_(None)).order_by(Item.path)
    rows = list(session.scalars(query.limit(MOST_COPIED + 1)))
    if len(rows) > MOST_COPIED:
        raise Invalid("content.too_many_to_copy", limit=MOST_COPIED)
    made: dict[int, Item] = {}
    for item in sorted(rows, key=lambda row: (row.path.count("/"), row.position)):
        parent = made[item.parent_id].path if item.parent_id in made else new_parent
        made[item.id] = _copied(session, actor, item, parent, name if item is top else paths.name_of(item.path))
    for item in made.values():
        version = session.get_one(ItemVersion, item.draft_version_id)
        version.body = links.retarget(version.body, {old: new.id for old, new in made.items()})
        session.execute(delete(ItemLink).where(ItemLink.version_id == version.id))
        links.remember(session, version)
    return made[top.id]


def _copied(session: Session, actor: Actor, item: Item, parent: str, name: str) -> Item:
    version = session.get_one(ItemVersion, versions.latest_id(item))
    taken = bool(name) and session.scalar(select(Item.id).where(Item.path == paths.join(parent, name)))
    return create_item(
        session, actor, parent, item.type, version.title, name="" if taken else name, summary=version.summary,
        body=version.body, fields=dict(version.fields), files=versions.files_of(session, version.id),
        in_menu=item.in_menu, settings=dict(item.settings),
    )  # fmt: skip


class Place(NamedTuple):
    """Where an item stands among its neighbours: the first is 1."""

    title: str
    number: int
    of: int


def shift(session: Session, actor: Actor, item_id: int, by: int) -> Place:
    """Move the item among its neighbours by ``by`` places (negative: towards the beginning)."""
    item, order = _neighbours(session, item_id)
    at = order.index(item.id)
    order.insert(max(0, min(len(order) - 1, at + by)), order.pop(at))
    return _put_in_order(session, actor, item, order)


def place(session: Session, actor: Actor, item_id: int, other_id: int, *, after: bool) -> Place:
    """Put the item before its neighbour ``other_id``, or after it. Raises ``Invalid`` for one that is none."""
    item, order = _neighbours(session, item_id)
    order.remove(item.id)
    if other_id not in order:
        raise Invalid("content.not_children")
    order.insert(order.index(other_id) + after, item.id)
    return _put_in_order(session, actor, item, order)


def _neighbours(session: Session, item_id: int) -> tuple[Item, list[int]]:
    item = acts.find(session, item_id)
    if item.parent_id is None:
        raise Invalid("content.root_stays")
    query = select(Item.id).where(Item.parent_id == item.parent_id, Item.binned_at.is_(None))
    return item, list(session.scalars(query.order_by(Item.position, Item.id)))


def _put_in_order(session: Session, actor: Actor, item: Item, order: list[int]) -> Place:
    reorder(session, actor, int(item.parent_id or 0), order)
    return Place(item.title, order.index(item.id) + 1, len(order))


def put_into_bin(session: Session, actor: Actor, item_id: int) -> Item:
    """Take the item and all below it out of the site; it can be restored.

    What was ever published in the Bulletin is not deleted but withdrawn: raises ``Conflict``.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    if item.path == paths.ROOT:
        raise Invalid("content.root_stays")
    _refuse_to_lose_public_records(session, item)
    if item.published_at is not None:
        acts.require(session, actor, item, "publish")
    before, now = item.path, clock.now()
    below = _below(before)
    session.execute(update(Item).where(below, Item.binned_at.is_(None)).values(binned_at=now))
    item.binned_from = before
    _change_paths(session, before, f"{paths.BIN}/{item.id}")
    session.refresh(item)
    acts.changed(session, actor, item, "binned", visible=True, data={"from": before})
    reindex_below(session, item, hide=True)
    return item


def restore_from_bin(session: Session, actor: Actor, item_id: int) -> Item:
    """Put a binned subtree back where it was. Raises ``Conflict`` when its address is taken or its parent gone."""
    item = session.get(Item, item_id, with_for_update=True)
    if item is None or not item.binned_from:
        raise NotFound("content.unknown")
    policy.require(session, actor, types.of(item.type).family.rights["edit"], item.binned_from)
    parent = session.scalar(
        select(Item.id).where(Item.path == paths.parent(item.binned_from), Item.binned_at.is_(None))
    )
    if parent is None:
        raise Conflict("content.parent_gone")
    if session.scalar(select(Item.id).where(Item.path == item.binned_from)):
        raise Conflict("content.name_taken", path=item.binned_from)
    back, at = item.binned_from, item.path
    session.execute(update(Item).where(_below(at)).values(binned_at=None))
    _change_paths(session, at, back)
    item.parent_id = parent
    session.flush()
    session.refresh(item)
    item.binned_from = ""
    session.execute(delete(Redirect).where(Redirect.path == back))
    acts.changed(session, actor, item, "unbinned", visible=True, data={"to": back})
    reindex_below(session, item)
    return item


def _below(path: str) -> Any:
    """The item at ``path`` and everything under it (an index range, not a pattern with wildcards in names)."""
    return (Item.path == path) | ((Item.path > f"{path}/") & (Item.path < f"{path}0"))


def _parent(session: Session, path: str, kind: str) -> Item:
    parent = session.scalars(select(Item).where(Item.path == path, Item.binned_at.is_(None))).first()
    if parent is None:
        raise NotFound("content.parent_unknown")
    if kind not in types.of(parent.type).children:
        raise Invalid("content.not_allowed_here", type=kind, parent=parent.type)
    return parent


def _same_family(parent: Item, item: Item) -> None:
    """Facts stay in the Bulletin and pages on the portal: their rights and duties differ."""
    if types.of(parent.type).family is not types.of(item.type).family:
        raise Invalid("content.other_family")


def _refuse_to_lose_public_records(session: Session, item: Item) -> None:
    if not types.of(item.type).family.reasons:
        return
    ever = select(func.count()).select_from(Item).where(_below(item.path), Item.published_at.is_not(None))
    if session.scalar(ever):
        raise Conflict("content.withdraw_instead")


def _last_position(session: Session, parent_id: int) -> int:
    return session.scalar(select(func.max(Item.position)).where(Item.parent_id == parent_id)) or 0


def free_path(session: Session, folder: str, name: str) -> str:
    """A path in ``folder`` that no item has: ``dzien``, ``dzien-2``, ``dzien-3`` …"""
    base = paths.join(folder, name)
    query = select(Item.path).where((Item.path == base) | Item.path.startswith(f"{base}-", autoescape=True))
    taken = set(session.scalars(query))
    number = 1
    while (path := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return path


def _flush(session: Session, path: str) -> None:
    try:
        session.flush()
    except IntegrityError as cause:
        raise Conflict("content.name_taken", path=path) from cause


def _leave_redirects(session: Session, before: str) -> None:
    """Every address of the subtree from now on leads to its item, wherever that goes."""
    rows = session.execute(select(Item.path, Item.id).where(_below(before), Item.binned_at.is_(None))).all()
    now = clock.now()
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        session.execute(delete(Redirect).where(Redirect.path.in_([row.path for row in part])))
        session.add_all(Redirect(path=row.path, item_id=row.id, created_at=now) for row in part)
        session.flush()


def _change_paths(session: Session, before: str, after: str) -> None:
    """Give the subtree its new addresses in one statement; an address that is now lived at redirects no more."""
    session.flush()
    longest = session.scalar(select(func.max(func.length(Item.path))).where(_below(before))) or 0
    if longest - len(before) + len(after) > paths.MAX_PATH:
        raise Invalid("content.path_too_long", limit=paths.MAX_PATH)
    rest = func.substr(Item.path, len(before) + 1)
    session.execute(
        update(Item)
        .where(_below(before))
        .values(path=literal(after).concat(rest), version=Item.version + 1)
        .execution_options(synchronize_session=False)
    )
    here = select(Item.path).where(_below(after))
    session.execute(delete(Redirect).where(Redirect.path.in_(here)))


def reindex_below(session: Session, item: Item, *, hide: bool = False) -> None:
    """Ask for the search documents of everything published under the item to be made anew.

    ``hide``: fewer people may find them now, so they are taken out first. What stands in a closed place always is.
    """
    lineage = paths.lineage(item.path)
    closed = session.scalar(select(Item.id).where(Item.path.in_(lineage), Item.protected).limit(1))
    query = select(Item.id).where(_below(item.path), Item.id != item.id, Item.published_at.is_not(None))
    below = [str(number) for number in session.scalars(query.order_by(Item.id))]
    request_many(session, "item", below, hide=hide or closed is not None)
