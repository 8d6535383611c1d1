"""Files beside pages: their address, and who may fetch them."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import queries
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.workflow import WITHDRAWN
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import NotFound


def address(item_id: int, document_id: int, name: str) -> str:
    """Where the file is fetched; it stays valid when the page moves."""
    return f"/zalacznik/{item_id}/{document_id}/{quote(name, safe='')}"


def readable(session: Session, actor: Actor, item_id: int, document_id: int) -> Document:
    """The document, when ``actor`` may open it through the item. Raises ``NotFound``.

    Everyone: files of states that were published, while the page is public and not withdrawn. Whoever may
    view drafts at the page: files of any state.
    """
    query = (
        select(Document, Item.path, ItemVersion.published_at)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .join(ItemVersion, ItemVersion.id == ItemFile.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(Item.id == item_id, Document.id == document_id, Item.binned_at.is_(None))
        .order_by(ItemVersion.published_at.is_(None))
    )
    row = session.execute(query).first()
    page = queries.page_at(session, row.path) if row else None
    if row is None or page is None:
        raise NotFound("content.unknown_file")
    open_to_all = page.public and page.row.state != WITHDRAWN and row.published_at is not None
    if not open_to_all and not queries.may_see_drafts(session, actor, page):
        raise NotFound("content.unknown_file")
    document: Document = row[0]
    return document
