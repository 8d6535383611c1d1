"""Files beside pages: their address, and who may fetch them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import queries
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.workflow import PORTAL, WITHDRAWN
from portal.core.actors import Actor
from portal.core.documents import QUARANTINED, Document
from portal.core.errors import NotFound


def address(item_id: int, document_id: int, name: str) -> str:
    """Where the file is fetched; it stays valid when the page moves."""
    return f"/zalacznik/{item_id}/{document_id}/{quote(name, safe='')}"


@dataclass(frozen=True, slots=True)
class _Found:
    """A document beside an item, and whether everybody may have it."""

    document: Document
    type: str
    path: str
    open_to_all: bool


def _find(session: Session, actor: Actor, item_id: int, document_id: int) -> _Found:
    query = (
        select(Document, Item.path, Item.type, ItemVersion.published_at)
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
    if document.scan in QUARANTINED:
        raise NotFound(f"content.file_{document.scan}")
    return _Found(document, row.type, row.path, open_to_all)


def readable(session: Session, actor: Actor, item_id: int, document_id: int) -> Document:
    """The document, when ``actor`` may open it through the item. Raises ``NotFound``.

    Everyone: files of states that were published, while the page is public and not withdrawn. Whoever may
    view drafts at the page: files of any state. Nobody: a file that waits for the look for viruses or holds one.
    The file of an image as it came (it may tell where it was taken) is for editors alone.
    """
    found = _find(session, actor, item_id, document_id)
    if found.type == "image" and not policy.can(session, actor, PORTAL.rights["view"], found.path):
        raise NotFound("content.unknown_file")
    return found.document


def image(session: Session, actor: Actor, item_id: int, document_id: int) -> tuple[Document, bool]:
    """The document of an image, by the rights of the image, and whether it is open to everybody."""
    found = _find(session, actor, item_id, document_id)
    return found.document, found.open_to_all
