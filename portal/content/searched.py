"""Pages, news and everything in the Bulletin as search finds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import queries, types
from portal.content.models import Item, ItemFile
from portal.content.queries import PageData
from portal.content.sanitise import to_text
from portal.content.workflow import ARCHIVED, PUBLISHED
from portal.core import clock
from search.index import PUBLIC, Doc
from search.sources import Entry, readable_by, source

_NOT_PAGES = frozenset({"link", "collection"})
_SIGNATURES = ("number", "case_sign")
_DAYS = ("adopted_on", "decided_on", "held_on", "received_on", "starts_on", "produced_on")
"""Fields that say of which day a thing is; else it is of the day it was published."""


def _keys(session: Session) -> Iterable[str]:
    """Every item that is public in some state; ``read`` decides."""
    query = select(Item.id).where(Item.state.in_((PUBLISHED, ARCHIVED)), Item.binned_at.is_(None))
    return [str(number) for number in session.scalars(query.order_by(Item.id))]


@source("item", keys=_keys)
def read(session: Session, key: str) -> Entry | None:
    """The public state of an item; ``None`` when it has none. A protected one is for those with a role there."""
    path = session.scalar(select(Item.path).where(Item.id == int(key)))
    page = queries.page_at(session, path) if path else None
    if page is None or page.row.version_id is None or page.row.type in _NOT_PAGES:
        return None
    if page.row.state not in page.type.family.public & {PUBLISHED, ARCHIVED}:
        return None
    return Entry(_doc(page), _documents(session, page.row.version_id))


def _doc(page: PageData) -> Doc:
    row, fields = page.row, page.fields
    day = _day(fields) or (clock.local(row.published_at).date() if row.published_at else None)
    view = page.type.family.rights["view"]
    return Doc(
        key="", kind="item", title=row.version_title, url=row.path, language=row.language,
        body="\n".join(filter(None, [row.version_summary, to_text(row.body), *_texts(fields)])),
        breadcrumb=tuple(crumb.title for crumb in page.crumbs[1:-1]),
        readers=readable_by(view, row.path) if page.protected else frozenset({PUBLIC}),
        visible_until=row.expires_at if page.type.family.name == "portal" else None,
        type=types.of(row.type).title, year=day.year if day else None, organ=str(fields.get("publisher") or ""),
        status=row.state, signature=next((str(fields[n]) for n in _SIGNATURES if fields.get(n)), ""), date=day,
    )  # fmt: skip


def _texts(fields: dict[str, Any]) -> list[str]:
    return [value for value in fields.values() if isinstance(value, str) and not _is_day(value)]


def _is_day(value: str) -> bool:
    return _date(value) is not None


def _day(fields: dict[str, Any]) -> date | None:
    return next((day for name in _DAYS if (day := _date(fields.get(name)))), None)


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return clock.local(value).date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _documents(session: Session, version_id: int) -> tuple[tuple[int, str], ...]:
    query = select(ItemFile.document_id, ItemFile.title).where(ItemFile.version_id == version_id)
    return tuple((number, title) for number, title in session.execute(query.order_by(ItemFile.position)))
