"""Picking from the tree: pages to link to and images to show, by words of their titles or by looking around."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.content import paths, queries
from portal.content.editor import lists
from portal.content.models import Item, ItemFile
from portal.content.queries import Line
from portal.core.actors import Actor
from portal.core.documents import Document

_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: ``address`` goes into the text; a ``folder`` can be opened."""

    id: int
    title: str
    path: str
    address: str
    folder: bool = False


def pages(session: Session, actor: Actor, *, words: str, under: str) -> list[Choice]:
    """Pages where the actor may look: those whose title or address has all ``words``, else what lies in ``under``."""
    found = _rows(session, actor, words=words, under=under, images=False)
    return [Choice(row.id, row.title, row.path, row.path, folder=True) for row in found]


def images(session: Session, actor: Actor, *, words: str) -> list[Choice]:
    """Images where the actor may look, the newest first or by words."""
    rows = _rows(session, actor, words=words, under="", images=True)
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


def _rows(session: Session, actor: Actor, *, words: str, under: str, images: bool) -> list[Line]:
    kind = Item.type == "image" if images else Item.type.not_in(("image", "file"))
    query = select(*queries.CATALOGUE).where(kind, Item.binned_at.is_(None))
    public = and_(queries.listed(), Item.path != paths.ROOT)
    query = query.where(or_(lists.reach(session, actor), public))
    parts = words.split()[:6]
    for word in parts:
        # Addresses are made of titles without Polish letters, so they find "łąka" by "laka" and by "ŁĄKA".
        slug = paths.slug(word)
        query = query.where(or_(Item.path.contains(slug, autoescape=True), Item.title.icontains(word, autoescape=True)))
    if parts or images:
        query = query.order_by(Item.changed_at.desc(), Item.id.desc())
    else:
        parent = select(Item.id).where(Item.path == (under or paths.ROOT)).scalar_subquery()
        query = query.where(Item.parent_id == parent).order_by(Item.position, Item.id)
    return list(session.execute(query.limit(_LIMIT)).all())
