"""The Bulletin as it stood at a moment, read from what is never overwritten: versions, and the events about items.

Where an item lay then follows from the moves made since; what it said and whether it stood, from the last act
before the moment; whether menus named it, from the last time that was set. Nothing is kept twice for it.

What is closed or withdrawn today is not opened again by asking for a day on which it stood: its place then
is shown, and that its text is no longer available.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bip.types import ROOT
from portal.content import menus, paths, queries, types
from portal.content.models import Item, ItemVersion
from portal.content.queries import Line, Lines
from portal.content.types import ItemType
from portal.content.workflow import ARCHIVED, BULLETIN, PUBLISHED, RETIRED, WITHDRAWN
from portal.core.events import Event, EventRef

STATES = {
    "bip.published": PUBLISHED,
    "bip.updated": PUBLISHED,
    "bip.archived": ARCHIVED,
    "bip.withdrawn": WITHDRAWN,
    "bip.merged": WITHDRAWN,
    "bip.retired": RETIRED,
}
"""What stood after each act."""
_MOVED = "bip.moved"
_PRESENTED = ("bip.presented", "content.presented")
_CREATED = ("bip.created", "content.created")


@dataclass(frozen=True, slots=True)
class Move:
    """An item and all below it went from one path to another."""

    item_id: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Then:
    """An item as it stood. ``version`` holds the columns of the version people saw; ``closed``: its text is not
    shown any more, because the item is withdrawn today.
    """

    id: int
    path: str
    path_now: str
    type: ItemType
    state: str
    version: Line
    published_at: datetime
    closed: bool

    @property
    def title(self) -> str:
        return str(self.version.version_title)

    @property
    def summary(self) -> str:
        return "" if self.closed else str(self.version.version_summary)

    @property
    def fields(self) -> dict[str, Any]:
        return {} if self.closed else dict(self.version.fields or {})


class Past:
    """One look at the Bulletin as it stood at ``at`` (aware)."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session = session
        self.at = at

    @cached_property
    def _moves(self) -> list[Move]:
        """What was moved since, in the order of time."""
        query = select(Event.refs, Event.data).where(Event.verb == _MOVED, Event.at > self.at).order_by(Event.seq)
        return [
            Move(_item_of(row.refs), str(row.data["from"]), str(row.data["to"])) for row in self._session.execute(query)
        ]

    def path_now(self, then: str) -> str:
        """Where what lay at ``then`` lies today."""
        for move in self._moves:
            if paths.inside(then, move.before):
                then = move.after + then[len(move.before) :]
        return then

    def path_then(self, now: str) -> str:
        """Where what lies at ``now`` today lay."""
        for move in reversed(self._moves):
            if paths.inside(now, move.after):
                now = move.before + now[len(move.after) :]
        return now

    def page(self, path: str) -> Then | None:
        """What stood at ``path``, if everyone could open it then and may know of it today."""
        now = queries.page_at(self._session, self.path_now(path))
        if now is None or not now.public or now.row.published_at is None or self.path_then(now.row.path) != path:
            return None
        found = self._stood([now.row])
        return found[0] if found and found[0].state in BULLETIN.public and self._open(found[0]) else None

    def crumbs(self, path: str) -> list[tuple[str, str]]:
        """(title then, path then) of each step from the root of the Bulletin down to ``path``."""
        steps = [step for step in paths.lineage(path) if paths.inside(step, ROOT)]
        rows = self._rows([self.path_now(step) for step in steps])
        known = {then.path: then.title for then in self._stood(rows)}
        return [(known[step], step) for step in steps if step in known]

    def in_folder(self, folder: Then) -> Lines:
        """The query of what lay in the folder and had been published by then, without an order; see ``shown``."""
        came, left = self._crossing(folder)
        here = or_(and_(Item.parent_id == folder.id, Item.id.not_in(left)), Item.id.in_(came))
        return select(*queries.CATALOGUE).where(here, Item.published_at <= self.at, Item.binned_at.is_(None))

    def menu(self) -> tuple[menus.Node, ...]:
        """The menu of the Bulletin, two levels down."""
        changed = self._presented_since
        query = select(*queries.CATALOGUE).where(
            queries.below(ROOT),
            or_(Item.in_menu, Item.id.in_(changed)),
            Item.published_at <= self.at,
            Item.binned_at.is_(None),
        )
        rows = self._session.execute(query.order_by(Item.position, Item.id)).all()
        named = self._flags([row.id for row in rows])
        under: dict[str, list[Then]] = {}
        for then in self.shown(row for row in rows if named.get(row.id, (row.in_menu, False))[0]):
            under.setdefault(paths.parent(then.path), []).append(then)
        return tuple(
            menus.Node(top.id, top.path, top.title, tuple(_node(below) for below in under.get(top.path, ())))
            for top in under.get(ROOT, ())
        )

    def shown(self, rows: Iterable[Line]) -> list[Then]:
        """Of ``rows``, what lists and menus named: it stood and everyone could open it."""
        return [then for then in self._stood(list(rows)) if then.state in BULLETIN.listed and self._open(then)]

    def _rows(self, where: Sequence[str]) -> Sequence[Line]:
        return self._session.execute(
            select(*queries.CATALOGUE).where(Item.path.in_(where), Item.binned_at.is_(None))
        ).all()

    def _stood(self, rows: Sequence[Line]) -> list[Then]:
        """The items of ``rows`` that were public by then, each with the version people saw; two statements."""
        acts = _last_acts(self._session, [row.id for row in rows], tuple(STATES), self.at)
        wanted = {data.get("version") for _, data in acts.values()}
        query = select(*queries.VERSION).where(ItemVersion.id.in_(wanted))
        versions = {row.version_id: row for row in self._session.execute(query)}
        found = []
        for row in rows:
            verb, data = acts.get(row.id, ("", {}))
            version = versions.get(data.get("version"))
            if version is not None:
                found.append(
                    Then(
                        id=row.id, path=self.path_then(row.path), path_now=row.path, type=types.of(row.type),
                        state=STATES[verb], version=version, published_at=row.published_at,
                        closed=row.state == WITHDRAWN,
                    )
                )  # fmt: skip
        return found

    @cached_property
    def _closed(self) -> tuple[list[str], list[str]]:
        """What is only for those who hold a role there: paths of today, and paths of then."""
        query = select(Item.id, Item.path, Item.protected).where(
            or_(Item.protected, Item.id.in_(self._presented_since)), Item.binned_at.is_(None)
        )
        rows = self._session.execute(query).all()
        flags = self._flags([row.id for row in rows])
        then = [row for row in rows if flags.get(row.id, (False, row.protected))[1]]
        return [row.path for row in rows if row.protected], [self.path_then(row.path) for row in then]

    def _open(self, then: Then) -> bool:
        """Whether everyone could open it, and still may."""
        today, past = self._closed
        return not any(paths.inside(then.path_now, place) for place in today) and not any(
            paths.inside(then.path, place) for place in past
        )

    def _crossing(self, folder: Then) -> tuple[set[int], set[int]]:
        """Items that lay in the folder then and do not today, and those that lie in it today and did not."""
        moved = {move.item_id for move in self._moves}
        if not moved:
            return set(), set()
        query = select(Item.id, Item.path, Item.parent_id).where(Item.id.in_(moved))
        came, left = set(), set()
        for row in self._session.execute(query):
            was_here = paths.parent(self.path_then(row.path)) == folder.path
            if was_here and row.parent_id != folder.id:
                came.add(row.id)
            elif not was_here and row.parent_id == folder.id:
                left.add(row.id)
        return came, left

    @cached_property
    def _presented_since(self) -> set[int]:
        """The items whose place in menus or protection was set after the moment."""
        query = select(Event.refs).where(Event.verb.in_(_PRESENTED), Event.at > self.at)
        return {_item_of(refs) for refs in self._session.scalars(query)}

    def _flags(self, ids: Sequence[int]) -> dict[int, tuple[bool, bool]]:
        """(in the menu, protected) as it was, for those of ``ids`` that were set otherwise since."""
        changed = self._presented_since & set(ids)
        acts = _last_acts(self._session, sorted(changed), _PRESENTED + _CREATED, self.at)
        return {
            item_id: (bool(data["in_menu"]), bool(data.get("protected", False)))
            for item_id, (_, data) in acts.items()
            if "in_menu" in data
        }


def _node(then: Then) -> menus.Node:
    return menus.Node(then.id, then.path, then.title)


def _item_of(refs: Iterable[str]) -> int:
    return next((int(ref.partition(":")[2]) for ref in refs if ref.startswith("item:")), 0)


def _last_acts(
    session: Session, ids: Sequence[int], verbs: tuple[str, ...], at: datetime
) -> dict[int, tuple[str, dict[str, Any]]]:
    """Item → the last of ``verbs`` done to it by ``at``, with its facts; one statement."""
    if not ids:
        return {}
    last = (
        select(EventRef.ref, func.max(EventRef.seq).label("seq"))
        .join(Event, Event.seq == EventRef.seq)
        .where(EventRef.ref.in_([f"item:{number}" for number in ids]), Event.verb.in_(verbs), Event.at <= at)
        .group_by(EventRef.ref)
        .subquery()
    )
    query = select(last.c.ref, Event.verb, Event.data).join(Event, Event.seq == last.c.seq)
    return {int(row.ref.partition(":")[2]): (row.verb, dict(row.data)) for row in session.execute(query)}


__all__ = ["Past", "Then"]
