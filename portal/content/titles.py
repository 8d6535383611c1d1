"""Items by the beginnings of words of their titles, whatever their state: what editors pick from as they type.

Every item has its words in an index of its own, without Polish letters (``łąka`` is found by ``ŁĄ`` and by ``la``).
They follow each change of its row. What is asked costs the same in a large town: no more than ``MOST`` items of the
rarest word are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, event, func, insert, literal, select, union_all
from sqlalchemy import inspect as state_of
from sqlalchemy.orm import Mapper, Session, aliased

from portal.content import paths
from portal.content.models import Item, ItemWord
from portal.core.db import insert_missing

PAGE, IMAGE = "p:", "i:"
MOST = 150
"""Items looked at for one question; whoever finds too much adds a word."""
_WORDS, _LENGTH = 40, 50
_AT_ONCE = 2000


def words_of(kind: str, title: str, path: str) -> set[str]:
    """The words under which an item of type ``kind`` is kept."""
    mark = IMAGE if kind == "image" else PAGE
    words = paths.words(f"{title} {paths.name_of(path)}")[:_WORDS]
    return {mark + word[:_LENGTH] for word in words} | ({IMAGE} if mark == IMAGE else set())


def _rows(items: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {"word": word, "item_id": item.id}
        for item in items
        for word in sorted(words_of(item.type, item.title, item.path))
    ]


def _write(connection: Connection | Session, item: Any) -> None:
    connection.execute(delete(ItemWord).where(ItemWord.item_id == item.id))
    if rows := _rows([item]):
        connection.execute(insert(ItemWord), rows)


def renew(session: Session, item: Item) -> None:
    """Make the words of ``item`` anew, after its address was changed past the object."""
    _write(session, item)


@event.listens_for(Item, "after_insert")
def _inserted(_mapper: Mapper[Any], connection: Connection, item: Item) -> None:
    _write(connection, item)


@event.listens_for(Item, "after_update")
def _updated(_mapper: Mapper[Any], connection: Connection, item: Item) -> None:
    attributes = state_of(item).attrs
    if attributes.title.history.has_changes() or attributes.path.history.has_changes():
        _write(connection, item)


def fill(session: Session) -> None:
    """Add the words of items that have none: their rows came in by bulk, or from a program older than this table."""
    last = 0
    has_none = ~select(ItemWord.word).where(ItemWord.item_id == Item.id).exists()
    query = select(Item.id, Item.type, Item.title, Item.path).where(has_none).order_by(Item.id).limit(_AT_ONCE)
    while rows := session.execute(query.where(Item.id > last)).all():
        insert_missing(session, ItemWord, _rows(rows))
        last = rows[-1].id


def found(session: Session, kind: str, words: Sequence[str]) -> list[int]:
    """The numbers of at most ``MOST`` items of ``kind`` (``PAGE``, ``IMAGE``) with a word that begins with each of
    ``words`` (as ``paths.words`` gives them): whole words first, the newest first. Two statements of bounded cost."""
    starts = list(dict.fromkeys(kind + word[:_LENGTH] for word in words))
    rarest = _rarest(session, starts) if len(starts) > 1 else starts[0]
    whole = select(ItemWord.item_id, literal(0).label("part")).where(ItemWord.word == rarest)
    begun = select(ItemWord.item_id, literal(1)).where(_begins(ItemWord.word, rarest), ItemWord.word != rarest)
    near = union_all(
        select(whole.order_by(ItemWord.item_id.desc()).limit(MOST).subquery()),
        select(begun.limit(MOST).subquery()),
    ).subquery()
    others = [_has(near.c.item_id, start) for start in starts if start != rarest]
    query = select(near.c.item_id).where(*others).group_by(near.c.item_id)
    return list(session.scalars(query.order_by(func.min(near.c.part), near.c.item_id.desc()).limit(MOST)))


def newest(session: Session, kind: str) -> list[int]:
    """The newest items of a kind that is kept as a whole (``IMAGE``)."""
    query = select(ItemWord.item_id).where(ItemWord.word == kind).order_by(ItemWord.item_id.desc())
    return list(session.scalars(query.limit(MOST)))


def _rarest(session: Session, starts: list[str]) -> str:
    here = [
        select(ItemWord.item_id).where(_begins(ItemWord.word, start)).limit(MOST + 1).subquery() for start in starts
    ]
    counts = session.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in here))).one()
    return min(zip(counts, starts, strict=True), key=lambda pair: pair[0])[1]


def _begins(column: Any, start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < f"{start}~")


def _has(item: Any, start: str) -> ColumnElement[bool]:
    word = aliased(ItemWord)
    return select(word.word).where(word.item_id == item, _begins(word.word, start)).exists()
