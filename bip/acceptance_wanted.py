"""Which pages the Bulletin's acceptance opens: its frame, sections, items, what was withdrawn, old addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bip import exclusions
from bip.acceptance_parts import Wanted, rules
from bip.coverage import FOLDERS
from bip.types import ROOT
from bip.yearly import DECLARATION
from portal.content import queries
from portal.content.models import Item, ItemNote, ItemVersion, Redirect
from portal.content.workflow import BULLETIN, WITHDRAWN
from portal.core import clock

_PUBLIC = tuple(sorted(BULLETIN.public))
_REDIRECTS = 500


def pages(session: Session, most: int) -> tuple[tuple[Wanted, ...], int]:
    """What to open, and how many items there are. ``most``: how many of them at a time; 0: all."""
    count = select(func.count()).select_from(Item).where(
        *_ours(), Item.type.not_in(FOLDERS), Item.state != WITHDRAWN
    )  # fmt: skip
    total = session.scalar(count) or 0
    shares = -(-total // most) if most else 1
    frame = (Wanted("frame", path) for path in rules()["frame"])
    return (*frame, *_items(session, shares), *_declarations(session), *_old(session)), total


def _ours() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return queries.below(ROOT), queries.states_visible(_PUBLIC)


def _items(session: Session, shares: int) -> Iterator[Wanted]:
    """Sections, and the share of the items whose turn it is today."""
    turn = clock.today().toordinal() % max(shares, 1)
    query = (
        select(Item.id, Item.path, Item.type, Item.state, Item.language, ItemVersion.fields)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(*_ours(), Item.type.in_(FOLDERS) | (Item.id % max(shares, 1) == turn))
        .order_by(Item.path)
    )
    found = session.execute(query).all()
    reasons = _reasons(session, [row.id for row in found if row.state == WITHDRAWN])
    for row in found:
        if row.type in FOLDERS:
            yield Wanted("section", row.path, row.id, language=row.language)
        elif row.state == WITHDRAWN:
            yield Wanted("withdrawn", f"{row.path}/wpis-o-wycofaniu", row.id, expected=reasons.get(row.id, ""))
        else:
            shut = exclusions.of_fields(row.fields)
            interests = sum(1 for one in shut if one.interest)
            yield Wanted("item", row.path, row.id, len(shut), interests, language=row.language, type=row.type)


def _reasons(session: Session, ids: list[int]) -> dict[int, str]:
    query = select(ItemNote.item_id, ItemNote.text).where(ItemNote.item_id.in_(ids), ItemNote.kind == "withdraw")
    return {row.item_id: row.text for row in session.execute(query.order_by(ItemNote.id))}


def _declarations(session: Session) -> Iterator[Wanted]:
    query = select(Item.id, Item.path, Item.language).where(Item.type == DECLARATION, queries.listed())
    for row in session.execute(query.order_by(Item.path)):
        yield Wanted("declaration", row.path, row.id, language=row.language)


def _old(session: Session) -> Iterator[Wanted]:
    """The newest old addresses of what can be opened, with where each must lead."""
    query = (
        select(Redirect.path, Item.id, Item.path.label("now"))
        .join(Item, Item.id == Redirect.item_id)
        .where(Redirect.path.startswith(f"{ROOT}/", autoescape=True), queries.states_visible(_PUBLIC))
        .order_by(Redirect.created_at.desc(), Redirect.path)
    )
    for row in session.execute(query.limit(_REDIRECTS)):
        yield Wanted("old", row.path, row.id, expected=row.now)


def templates(wanted: Iterable[Wanted]) -> list[Wanted]:
    """One page of every kind and type: what a template looks like is seen on any of its pages."""
    found: dict[tuple[str, str], Wanted] = {}
    for one in wanted:
        if one.kind != "old":
            found.setdefault((one.kind, one.type or (one.path if one.kind == "frame" else "")), one)
    return list(found.values())
