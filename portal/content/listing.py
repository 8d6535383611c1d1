"""What a page lists: its children in order or newest first by keyset, a collection's findings, its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.content import collections, queries
from portal.content.models import Item
from portal.content.queries import Line, Lines, PageData
from portal.web import paging
from portal.web.paging import Page

SIZE = 20
_SIBLINGS = 40


def below(session: Session, page: PageData) -> Page[Any]:
    """The listing of ``page``: nothing for a page without children of its own."""
    if page.row.type == "collection":
        return collections.listed(session, page)
    if not page.type.is_folder:
        return Page([])
    if page.type.order == "newest":
        return newest(session, queries.children_query(page.row.id))
    return Page(queries.children(session, page.row.id))


def newest(session: Session, query: Lines) -> Page[Any]:
    """Rows of ``CATALOGUE`` by the moment they were made available, newest first."""
    columns = (Item.published_at, Item.id)
    return paging.page(session, query, columns, key=lambda row: (row.published_at, row.id), size=SIZE, scalars=False)


def siblings(session: Session, page: PageData) -> Sequence[Line]:
    """The pages beside this one, when its folder is kept in order by hand."""
    if (page.type.is_folder and page.type.name != "page") or len(page.crumbs) < 3:
        return ()
    rows = queries.children(session, page.crumbs[-2].id, limit=_SIBLINGS)
    return [row for row in rows if row.type not in ("file", "image")]
