"""Reading the tree: the page at a path with everything around it, listings, menus. Column queries throughout.

A cold anonymous page costs six statements at most: site version, lineage with the live version, menu (kept
per site version), children, files, link targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal.accounts import policy
from portal.content import paths, types
from portal.content.models import Item, ItemFile, ItemVersion, Redirect
from portal.content.types import ItemType
from portal.content.workflow import FAMILIES, PUBLISHED
from portal.core import clock
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import NotFound

Line = Row[*tuple[Any, ...]]
"""A row of named columns."""
Lines = Select[*tuple[Any, ...]]

CATALOGUE: tuple[Any, ...] = (
    Item.id, Item.path, Item.parent_id, Item.type, Item.state, Item.review, Item.title, Item.summary,
    Item.published_at, Item.changed_at, Item.position, Item.in_menu, Item.protected, Item.language,
    Item.publish_at, Item.expires_at, Item.scheduled_version_id, Item.scheduled_by, Item.source,
    Item.version.label("row_version"), Item.live_version_id, Item.draft_version_id, Item.original_id,
    Item.original_version_id, Item.starts_at, Item.ends_at, Item.picture_id, Item.counted_from,
)  # fmt: skip
"""The columns of a listing: never a body."""

LISTING: tuple[Any, ...] = (
    Item.id, Item.path, Item.type, Item.state, Item.title, Item.summary, Item.published_at, Item.position,
    Item.language, Item.starts_at, Item.ends_at, Item.picture_id, Item.counted_from,
)  # fmt: skip
"""What a public list shows of an item: fewer columns than an editor's, because pages are read most."""


def rows(session: Session, statement: Lines, asked: dict[str, Any] | None = None) -> Sequence[Line]:
    """The rows of a statement of columns, on the session's connection: the ORM's own work is not needed for them.

    Statements that pages need are built once, with ``asked`` for what differs: building one costs more than asking.
    """
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, asked).all()


VERSION: tuple[Any, ...] = (
    ItemVersion.id.label("version_id"), ItemVersion.number, ItemVersion.title.label("version_title"),
    ItemVersion.summary.label("version_summary"), ItemVersion.body, ItemVersion.fields, ItemVersion.reason,
    ItemVersion.created_at.label("version_created_at"), ItemVersion.author,
    ItemVersion.published_at.label("version_published_at"), ItemVersion.published_by, ItemVersion.withdrawn_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way from the root."""

    id: int
    path: str
    title: str
    type: str
    language: str = "pl"


@dataclass(frozen=True, slots=True)
class File:
    """A document beside a version."""

    document_id: int
    title: str
    name: str
    content_type: str
    size: int
    sha256: str
    text_note: str = ""
    scan: str = ""
    scan_note: str = ""


@dataclass(frozen=True, slots=True)
class Above:
    """The way to a page: its steps, and what the page acquires from them."""

    crumbs: tuple[Crumb, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    protected: bool = False

    def and_then(self, row: Line) -> Above:
        """One step further."""
        crumb = Crumb(row.id, row.path, row.title, row.type, row.language)
        return Above((*self.crumbs, crumb), self.settings | row.settings, self.protected or row.protected)


@dataclass(frozen=True, slots=True)
class PageData:
    """An item as it is shown: its catalogue row and one version (``row``), the way to it, what it acquires.

    ``row.version_id`` is ``None`` when there is no such version (a draft never published, asked as public).
    """

    row: Line
    crumbs: tuple[Crumb, ...]
    settings: dict[str, Any]
    protected: bool
    above: Above = field(default_factory=Above)

    @property
    def type(self) -> ItemType:
        return types.of(self.row.type)

    @property
    def public(self) -> bool:
        """Whether everyone may open it."""
        return not self.protected and self.row.state in self.type.family.public

    @property
    def fields(self) -> dict[str, Any]:
        return dict(self.row.fields or {})


@cache
def _page_statement(*, draft: bool, alone: bool) -> Lines:
    """Built once: putting a statement together costs more than carrying it out. ``alone``: without the way to it."""
    live = ItemVersion.id == Item.live_version_id
    working = or_(
        ItemVersion.id == Item.draft_version_id,
        and_(Item.draft_version_id.is_(None), ItemVersion.id == Item.live_version_id),
    )
    child = aliased(Item, name="child")
    has_below = exists().where(child.parent_id == Item.id, child.binned_at.is_(None), Item.path == bindparam("here"))
    has_files = exists().where(ItemFile.version_id == ItemVersion.id)
    return (
        select(*CATALOGUE, Item.settings, *VERSION, has_below.label("has_below"), has_files.label("has_files"))
        .outerjoin(ItemVersion, and_(Item.path == bindparam("here"), working if draft else live))
        .where(
            Item.path == bindparam("here") if alone else Item.path.in_(bindparam("lineage", expanding=True)),
            Item.binned_at.is_(None),
        )
    )


def page_at(session: Session, path: str, *, draft: bool = False, above: Above | None = None) -> PageData | None:
    """The item at ``path`` and all around it, in one statement; ``draft``: its working copy if it has one.

    ``row.has_below``, ``row.has_files``: whether it is worth asking for its children, and for its files.
    ``above``: the way to it, from whoever knows it, so that one row is read instead of one for each step.

    Rights are not checked here; ``may_see`` says whether somebody may.
    """
    statement = _page_statement(draft=draft, alone=above is not None)
    asked = {"here": path, **({} if above else {"lineage": paths.lineage(path)})}
    steps = sorted(rows(session, statement, asked), key=lambda row: len(row.path))
    if not steps or steps[-1].path != path:
        return None
    way = above or Above()
    for step in steps[:-1]:
        way = way.and_then(step)
    whole = way.and_then(steps[-1])
    return PageData(steps[-1], whole.crumbs, whole.settings, whole.protected, way)


def with_version(session: Session, page: PageData, version_id: int) -> PageData:
    """The page with another of its versions. Raises ``NotFound``."""
    row = session.execute(select(*VERSION).where(ItemVersion.id == version_id)).first()
    if row is None:
        raise NotFound("content.unknown_version")
    return replace(page, row=_row(page, {**row._mapping, "has_files": True}))


def as_published(page: PageData, repeated: Mapping[str, Any] | None = None) -> PageData:
    """The page as it will stand once its version is published: title, state and moments as publishing sets them.

    ``repeated``: what the catalogue will hold of the version's fields (``duties.repeated``).
    """
    row, now = page.row, clock.now()
    shown = {
        "title": row.version_title or row.title, "summary": row.version_summary or "", "state": PUBLISHED,
        "published_at": row.published_at or now, "version_published_at": row.version_published_at or now,
        "live_version_id": row.version_id, **(repeated or {}),
    }  # fmt: skip
    crumbs = (*page.crumbs[:-1], replace(page.crumbs[-1], title=shown["title"]))
    return replace(page, row=_row(page, shown), crumbs=crumbs)


def _row(page: PageData, changed: dict[str, Any]) -> Line:
    return cast(Line, SimpleNamespace(**{**_mapping(page.row), **changed}))


def _mapping(row: Any) -> dict[str, Any]:
    return vars(row) if isinstance(row, SimpleNamespace) else dict(row._mapping)


def may_see(session: Session, actor: Actor, page: PageData) -> bool:
    """Whether ``actor`` may open the page as it stands: it is public, or they hold a role that views there.

    Nobody known is never asked for grants, so their pages depend on the site's version alone.
    """
    return page.public or may_see_drafts(session, actor, page)


def may_see_drafts(session: Session, actor: Actor, page: PageData) -> bool:
    """Whether ``actor`` holds a role that views what is not public at the page."""
    if actor.kind == "anonymous":
        return False
    return policy.can(session, actor, page.type.family.rights["view"], page.row.path)


def item_at(session: Session, path: str, actor: Actor) -> PageData:
    """The page at ``path`` for ``actor``. Raises ``NotFound``, also when they may not know that it exists."""
    page = page_at(session, path)
    if page is None or not may_see(session, actor, page):
        raise NotFound("content.unknown")
    return page


def moved_to(session: Session, path: str, asked: str = "") -> str | None:
    """Where the item that once lived at ``path`` lives now: also for a path under one that moved as a whole.

    ``asked``: the query string that came with it; addresses of an old site are often told apart by it alone.
    """
    whole = f"{path}?{asked}" if asked else ""
    query = (
        select(Redirect.path, Item.path.label("now"))
        .join(Item, Item.id == Redirect.item_id)
        .where(Redirect.path.in_([*paths.lineage(path)[1:], whole]), Item.binned_at.is_(None))
    )
    found = {row.path: row.now for row in session.execute(query)}
    if whole in found:
        return str(found[whole])
    if not found:
        return None
    nearest = max(found, key=len)
    return str(found[nearest]) + path[len(nearest) :]


_LISTED = tuple(sorted({state for family in FAMILIES.values() for state in family.listed}))


def listed() -> ColumnElement[bool]:
    """The condition of every list, menu, feed and export: in a listed state, not in the bin, open to everyone."""
    return states_visible(_LISTED)


@cache
def states_visible(states: tuple[str, ...]) -> ColumnElement[bool]:
    """In one of ``states``, not in the bin, and neither it nor anything above it is protected."""
    closed = aliased(Item, name="closed")
    shut = (
        select(closed.id)
        .where(
            # Written as the partial index says it: any other way SQLite reads the whole table.
            literal_column("closed.protected"),
            or_(
                closed.path == paths.ROOT,
                Item.path == closed.path,
                and_(Item.path > closed.path.concat("/"), Item.path < closed.path.concat("0")),
            ),
        )
        .exists()
    )
    return and_(Item.state.in_(states), Item.binned_at.is_(None), ~shut)


def protected() -> ColumnElement[bool]:
    """Items only for those who hold a role there, written as the partial index says it."""
    return and_(literal_column("item.protected"), Item.binned_at.is_(None))


def below(path: str) -> ColumnElement[bool]:
    """Everything under ``path``, not itself: one range of the index."""
    if path == paths.ROOT:
        return Item.path != paths.ROOT
    return and_(Item.path > f"{path}/", Item.path < f"{path}0")


def within(places: Iterable[str]) -> ColumnElement[bool]:
    """Anything at or under one of ``places``; nothing when there is none."""
    return or_(*(or_(Item.path == place, below(place)) for place in sorted(places)), Item.id < 0)


def children_query(parent_id: int, *, states: Iterable[str] = ()) -> Lines:
    """The public children, without an order; ``states`` asks for others than the listed (the archive)."""
    found = states_visible(tuple(states)) if states else listed()
    return select(*CATALOGUE).where(Item.parent_id == parent_id, found)


def children(session: Session, parent_id: int, *, limit: int = 500) -> list[Line]:
    """The public children in the order of the tree."""
    return list(rows(session, _children_statement(), {"parent": parent_id, "most": limit}))


@cache
def _children_statement() -> Lines:
    query = select(*LISTING).where(Item.parent_id == bindparam("parent"), listed())
    return query.order_by(Item.position, Item.id).limit(bindparam("most"))


class Around(NamedTuple):
    """What stands around a page: below it, beside it, and its languages."""

    below: list[Line]
    beside: list[Line]
    languages: list[Line]


def around(session: Session, *, below: int = 0, beside: int = 0, most_beside: int, family: int = 0) -> Around:
    """The public children of ``below`` and of ``beside``, and those of the language ``family``; 0 asks for none.

    One statement at most, however much is asked for.
    """
    asked = {
        "parent_0": below, "most_0": 500, "parent_1": beside, "most_1": most_beside, "parent_2": family, "most_2": 500
    }  # fmt: skip
    parts = tuple(number for number, key in enumerate((below, beside, family)) if key)
    found = Around([], [], [])
    if parts:
        for row in rows(session, _around_statement(parts), asked):
            found[row.part].append(row)
    return found


@cache
def _around_statement(parts: tuple[int, ...]) -> Lines:
    def one(part: int) -> Lines:
        column = Item.original_id if part == len(Around._fields) - 1 else Item.parent_id
        own = select(literal_column(str(part)).label("part"), *LISTING).where(
            column == bindparam(f"parent_{part}", type_=Integer), listed()
        )
        return select(own.order_by(Item.position, Item.id).limit(bindparam(f"most_{part}", type_=Integer)).subquery())

    every = union_all(*(one(part) for part in parts)).subquery()
    return select(every).order_by(every.c.part, every.c.position, every.c.id)


def recent(session: Session, path: str, *, kinds: Iterable[str], limit: int) -> list[Line]:
    """The newest public items of ``kinds`` anywhere under ``path``."""
    query = (
        select(*CATALOGUE)
        .where(below(path), Item.type.in_(tuple(kinds)), listed())
        .order_by(Item.published_at.desc(), Item.id.desc())
    )
    return list(session.execute(query.limit(limit)).all())


@cache
def _files_statement() -> Lines:
    columns: tuple[Any, ...] = (
        ItemFile.document_id, ItemFile.title, Document.name, Document.content_type, Document.size, Document.sha256,
        Document.text_note, Document.scan, Document.scan_note,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Document, Document.id == ItemFile.document_id)
        .where(ItemFile.version_id == bindparam("version"))
        .order_by(ItemFile.position, ItemFile.document_id)
    )


def files_of(session: Session, page: PageData) -> list[File]:
    """The documents beside the version shown; asks for none where it is known that there are none."""
    return files(session, page.row.version_id) if page.row.has_files else []


def files(session: Session, version_id: int | None) -> list[File]:
    """The documents beside a version, in order."""
    return [File(*row) for row in rows(session, _files_statement(), {"version": version_id})]


def history(session: Session, item_id: int, *, published_only: bool) -> list[Line]:
    """The versions of an item, newest first, without bodies."""
    return list(rows(session, _history_statement(published_only=published_only), {"item": item_id}))


@cache
def _history_statement(*, published_only: bool) -> Lines:
    columns = [column for column in VERSION if column.key not in ("body", "fields")]
    query = select(*columns).where(ItemVersion.item_id == bindparam("item"))
    if published_only:
        query = query.where(ItemVersion.published_at.is_not(None))
    return query.order_by(ItemVersion.number.desc())


def version_of(session: Session, item_id: int, number: int, *, published_only: bool) -> Line:
    """One version whole. Raises ``NotFound``."""
    query = select(*VERSION).where(ItemVersion.item_id == item_id, ItemVersion.number == number)
    if published_only:
        query = query.where(ItemVersion.published_at.is_not(None))
    row = session.execute(query).first()
    if row is None:
        raise NotFound("content.unknown_version")
    return row
