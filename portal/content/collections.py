"""Collections: a saved question that lists pages by kind, place, words, time, in an order, page by page.

The answers of the form are texts; ``wish_of`` reads them and says in a sentence what cannot be understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.content import paths, queries, types
from portal.content.models import Item
from portal.content.queries import Lines, PageData
from portal.core import clock
from portal.core.errors import Invalid
from portal.web import paging
from portal.web.paging import Page

LEAST, USUAL, MOST = 1, 20, 100
PERIODS = ("", "upcoming", "past")
SORTS = ("newest", "oldest", "title", "changed", "event")
_WORDS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What a collection asks for. ``words``: all of them stand in the title or the summary."""

    kinds: tuple[str, ...]
    under: str
    words: tuple[str, ...]
    period: str
    sort: str
    limit: int


def wish_of(fields: dict[str, Any]) -> Wish:
    """The question in ``fields``. Raises ``Invalid`` with a sentence on what is wrong."""
    period, sort = str(fields.get("collect_period") or ""), str(fields.get("collect_sort") or "newest")
    if period not in PERIODS or sort not in SORTS:
        raise Invalid("content.collect_unknown_choice", text=period if period not in PERIODS else sort)
    kinds = _kinds(str(fields.get("collect_type") or ""))
    if (period or sort == "event") and kinds != ("event",):
        raise Invalid("content.collect_period_events_only")
    words = tuple(str(fields.get("collect_words") or "").split())
    if len(words) > _WORDS:
        raise Invalid("content.collect_too_many_words", limit=_WORDS)
    return Wish(kinds, _under(str(fields.get("collect_under") or "")), words, period, sort, _limit(fields))


def _kinds(text: str) -> tuple[str, ...]:
    """Types by name or by the title people know; ``Wiadomość, Strona``."""
    titles = {kind.title.casefold(): name for name, kind in types.TYPES.items()}
    found = []
    for part in (piece.strip() for piece in text.split(",")):
        name = part if part in types.TYPES else titles.get(part.casefold(), "")
        if part and not name:
            raise Invalid("content.collect_unknown_type", text=part)
        found += [name] if name else []
    if not found:
        raise Invalid("content.collect_type_missing")
    return tuple(dict.fromkeys(found))


def _under(text: str) -> str:
    text = text.strip()
    if text and not text.startswith("/"):
        raise Invalid("content.collect_bad_place", text=text)
    return paths.clean(text)


def _limit(fields: dict[str, Any]) -> int:
    text = str(fields.get("collect_limit") or USUAL).strip()
    if not text.isdecimal() or not LEAST <= int(text) <= MOST:
        raise Invalid("content.collect_bad_limit", least=LEAST, most=MOST)
    return int(text)


def query_of(wish: Wish) -> Lines:
    """The public items that answer ``wish``, without an order."""
    query = select(*queries.CATALOGUE)
    query = query.where(queries.below(wish.under), Item.type.in_(wish.kinds), queries.listed())
    if wish.period == "upcoming":
        query = query.where(Item.ends_at >= clock.now())
    if wish.period == "past":
        query = query.where(Item.ends_at < clock.now())
    if wish.period or wish.sort == "event":
        query = query.where(Item.starts_at.is_not(None))
    return query.where(*(says(word) for word in wish.words))


def says(word: str) -> ColumnElement[bool]:
    """Whether the title or the summary holds ``word``."""
    # Not lower(): SQLite knows no small Polish letters.
    shapes = dict.fromkeys((word, word.lower(), word.capitalize(), word.upper()))
    return or_(*(column.contains(shape, autoescape=True) for column in (Item.title, Item.summary) for shape in shapes))


def listed(session: Session, page: PageData) -> Page[Any]:
    """The page of findings the address asks for; a question that cannot be understood finds nothing."""
    try:
        wish = wish_of(page.fields)
    except Invalid:
        return Page([])
    columns, key, descending = _order(wish)
    query = query_of(wish)
    if wish.sort in ("newest", "oldest"):
        query = query.where(Item.published_at.is_not(None))
    return paging.page(session, query, columns, key=key, size=wish.limit, descending=descending, scalars=False)


def _order(wish: Wish) -> tuple[tuple[Any, ...], Any, bool]:
    if wish.sort == "title":
        return (Item.title, Item.id), lambda row: (row.title, row.id), False
    if wish.sort == "changed":
        return (Item.changed_at, Item.id), lambda row: (row.changed_at, row.id), True
    if wish.sort == "event":
        return (Item.starts_at, Item.id), lambda row: (row.starts_at, row.id), wish.period == "past"
    return (Item.published_at, Item.id), lambda row: (row.published_at, row.id), wish.sort == "newest"
