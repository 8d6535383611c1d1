"""Lists of pages as tables for machines: what lies in a place, or anywhere under it, read part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from forms.schema import Field
from portal.content import listing, queries, standing
from portal.content.models import Item, ItemVersion
from portal.content.queries import Line, PageData
from portal.content.types import TYPES

Reading = Callable[[], AbstractContextManager[Session]]
COLUMNS = (
    "id", "path", "address", "type", "title", "summary", "published_at", "changed_at", "version", "author",
    "published_by",
)  # fmt: skip
_PART = 500
_MORE = (
    ItemVersion.number, ItemVersion.author, ItemVersion.published_by, ItemVersion.fields,
    ItemVersion.published_at.label("version_published_at"),
)  # fmt: skip


def rows(
    reading: Reading, page: PageData, *, below: bool = False, only: ColumnElement[bool] | None = None
) -> Iterator[Line]:
    """The public items a place lists (``below``: all under it), with the fields of their public version.

    By path, in parts of a few hundred, each in a reading of its own: a slow reader holds nothing open.
    """
    where = queries.below(page.row.path) if below else Item.parent_id == page.row.id
    query = _query().where(where, queries.listed())
    if only is not None:
        query = query.where(only)
    last = ""
    while True:
        with reading() as session:
            found = session.execute(query.where(Item.path > last).order_by(Item.path).limit(_PART)).all()
            known = standing.of(session, [row.id for row in found])
        yield from (_standing(row, known) for row in found)
        if len(found) < _PART:
            return
        last = found[-1].path


def _standing(row: Line, known: dict[int, str]) -> Line:
    """The row of an act with the status that is known, where it is not as it was written."""
    if row.id not in known:
        return row
    fields = {**(row.fields or {}), standing.FIELD: known[row.id]}
    return cast(Line, SimpleNamespace(**{**row._mapping, "fields": fields}))


def collected(reading: Reading, page: PageData) -> Iterator[Line]:
    """What a collection finds, in its order."""
    with reading() as session:
        order = [row.id for row in listing.below(session, page).items]
        known = standing.of(session, order)
        rows = session.execute(_query().where(Item.id.in_(order)))
        found = {row.id: _standing(row, known) for row in rows}
    yield from (found[number] for number in order if number in found)


def _query() -> Select[Any]:
    return select(*queries.CATALOGUE, *_MORE).join(ItemVersion, ItemVersion.id == Item.live_version_id)


def columns(page: PageData, *, below: bool) -> tuple[str, ...]:
    """The columns of a place's table: those every page has, then the fields of the types that may lie there."""
    kinds = [TYPES.get(name) for name in page.type.children if name in TYPES and not TYPES.get(name).is_folder]
    if below or page.row.type == "collection":
        kinds = [kind for _, kind in TYPES.items() if kind.family is page.type.family and not kind.is_folder]
    named = dict.fromkeys(field.name for kind in kinds for field in kind.fields if _told(field))
    return (*COLUMNS, *(name for name in named if name not in COLUMNS))


def _told(field: Field) -> bool:
    return field.type not in ("statement", "files", "multiline")


def cells(row: Line, base: str) -> dict[str, Any]:
    """One row of the table."""
    own = {
        "id": row.id, "path": row.path, "address": base + row.path, "type": row.type, "title": row.title,
        "summary": row.summary, "published_at": row.published_at.isoformat() if row.published_at else "",
        "changed_at": row.changed_at.isoformat(), "version": row.number, "author": row.author,
        "published_by": row.published_by,
    }  # fmt: skip
    return {name: value for name, value in (row.fields or {}).items() if isinstance(value, str | bool)} | own


def table(reading: Reading, page: PageData, base: str, *, below: bool) -> Iterator[dict[str, Any]]:
    """The rows of the table of ``page``, to be sent as they are read."""
    found = collected(reading, page) if page.row.type == "collection" else rows(reading, page, below=below)
    names = set(columns(page, below=below))
    return ({name: value for name, value in cells(row, base).items() if name in names} for row in found)
