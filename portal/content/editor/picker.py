"""Picking from the tree: pages to link to and images to show, by words of their titles or by looking around."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import paths, queries, titles, types
from portal.content.editor import lists
from portal.content.models import Item, ItemFile
from portal.content.queries import Line, Lines
from portal.core.actors import Actor
from portal.core.documents import Document

LIMIT = 30
"""Choices shown for one question."""
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: ``address`` goes into the text; a ``folder`` can be opened."""

    id: int
    title: str
    path: str
    address: str
    folder: bool = False


def pages(session: Session, actor: Actor, *, words: str, under: str) -> list[Choice]:
    """Pages and files where the actor may look: with words that begin like all of ``words``, or at an address that
    begins like them (``/kon``); without words what lies in ``under``."""
    rows = _found(session, actor, titles.PAGE, words) if words else _inside(session, actor, under)
    return [Choice(row.id, row.title, row.path, row.path, folder=types.of(row.type).is_folder) for row in rows]


def images(session: Session, actor: Actor, *, words: str) -> list[Choice]:
    """Images where the actor may look, the newest first or by words."""
    rows = _found(session, actor, titles.IMAGE, words)
    versions = [row.draft_version_id or row.live_version_id for row in rows]
    query = (
        select(ItemFile.version_id)
        .join(Document, Document.id == ItemFile.document_id)
        .where(ItemFile.version_id.in_(versions), Document.content_type.like("image/%"))
    )
    drawn = set(session.scalars(query))
    # The address by number outlives every move and change of the image, and is kept as a reference.
    return [
        Choice(row.id, row.title, row.path, f"/obraz/{row.id}")
        for row, version in zip(rows, versions, strict=True)
        if version in drawn
    ]


def own(session: Session, actor: Actor, *, words: str) -> list[Line]:
    """Pages, files and images the actor may view before publication, found as ``pages`` finds them."""
    where = lists.reach(session, actor)
    rows = [*_found(session, actor, titles.PAGE, words, where), *_found(session, actor, titles.IMAGE, words, where)]
    return rows[:LIMIT]


def editable(session: Session, actor: Actor, rows: list[Line]) -> set[int]:
    """The numbers of those of ``rows`` that the actor may edit."""
    places = {
        right: policy.places(session, actor, right)
        for right in {types.of(row.type).family.rights["edit"] for row in rows}
    }
    return {
        row.id
        for row in rows
        if any(paths.inside(row.path, place) for place in places[types.of(row.type).family.rights["edit"]])
    }


def _open(session: Session, actor: Actor) -> ColumnElement[bool]:
    """What the actor may link to: what everyone sees and what they may view before that."""
    return or_(lists.reach(session, actor), and_(queries.listed(), Item.path != paths.ROOT))


def _rows(where: ColumnElement[bool]) -> Lines:
    return select(*queries.CATALOGUE).where(Item.binned_at.is_(None), where)


def _inside(session: Session, actor: Actor, under: str) -> list[Line]:
    parent = select(Item.id).where(Item.path == (under or paths.ROOT)).scalar_subquery()
    query = _rows(_open(session, actor)).where(Item.parent_id == parent, Item.type != "image")
    return list(session.execute(query.order_by(Item.position, Item.id).limit(LIMIT)))


def _found(
    session: Session, actor: Actor, kind: str, words: str, where: ColumnElement[bool] | None = None
) -> list[Line]:
    rows = _rows(_open(session, actor) if where is None else where)
    if words.startswith(paths.ROOT) and kind == titles.PAGE:
        # Nobody's address holds such a letter, so this is the end of all that begin like it.
        here = and_(Item.path >= words, Item.path < f"{words}~")
        return list(session.execute(rows.where(here, Item.type != "image").order_by(Item.path).limit(LIMIT)))
    asked = paths.words(words)[:MOST_WORDS]
    numbers = titles.found(session, kind, asked) if asked else titles.newest(session, kind)
    known = {row.id: row for row in session.execute(rows.where(Item.id.in_(numbers)))}
    inside = [known[number] for number in numbers if number in known]
    return sorted(inside, key=lambda row: _distance(row, asked))[:LIMIT]


def _distance(row: Line, asked: list[str]) -> int:
    """How far a title is from the words asked for: the same words, words that begin it, any others."""
    title = paths.words(row.title)
    return 0 if title == asked else 1 if title[: len(asked)] == asked else 2
