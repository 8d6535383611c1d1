"""What a page lists: its children in order or newest first by keyset, a collection's findings, its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from portal.content import collections, paths, queries
from portal.content.models import Item
from portal.content.queries import Line, Lines, PageData
from portal.web import fragments, paging
from portal.web.paging import Page

SIZE = 20
_SIBLINGS = 40


def below(session: Session, page: PageData) -> Page[Any]:
    """The listing of ``page``: nothing for a page without children of its own."""
    if page.row.type == "collection":
        return collections.listed(session, page)
    if not (page.type.is_folder and page.row.has_below):
        return Page([])
    if page.type.order == "newest":
        return newest(session, queries.children_query(page.row.id))
    return Page(queries.children(session, page.row.id))


def newest(session: Session, query: Lines) -> Page[Any]:
    """Rows of ``CATALOGUE`` by the moment they were made available, newest first."""
    columns = (Item.published_at, Item.id)
    return paging.page(session, query, columns, key=lambda row: (row.published_at, row.id), size=SIZE, scalars=False)


def page_at(session: Session, path: str) -> PageData | None:
    """``queries.page_at``; the way to a page is the same for its neighbours, and kept per version of the site."""
    if path == paths.ROOT:
        return queries.page_at(session, path)
    key = ("above", paths.parent(path))
    known = fragments.find(key)
    page = queries.page_at(session, path, above=known)
    if page is not None and known is None:
        fragments.keep(key, page.above)
    return page


class Around(NamedTuple):
    """What a page names besides its text."""

    listing: Page[Any]
    siblings: Sequence[Line]
    languages: Sequence[Line]


def around(session: Session, page: PageData) -> Around:
    """The listing of ``page``, the pages beside it (files and images apart), and its public languages.

    Two statements at most; one when the page's children stand in the order of the tree, none for a page without
    children beside pages already listed: the neighbours of a folder's pages are kept per version of the site.
    """
    listed = page.row.has_below and page.type.is_folder and page.row.type != "collection"
    by_hand = listed and page.type.order != "newest"
    alone = (page.type.is_folder and page.type.name != "page") or len(page.crumbs) < 3
    parent = 0 if alone else page.crumbs[-2].id
    key = ("beside", parent)
    beside = fragments.find(key) if parent else ()
    found = queries.around(
        session, below=page.row.id if by_hand else 0, beside=parent if beside is None else 0,
        most_beside=_SIBLINGS, family=page.row.original_id or 0,
    )  # fmt: skip
    if beside is None:
        beside = fragments.keep(key, tuple(row for row in found.beside if row.type not in ("file", "image")))
    return Around(Page(found.below) if by_hand else below(session, page), beside, found.languages)
