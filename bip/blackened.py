"""Which pages of an item's files were really made black: the redactions, followed from a file to its copies."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.content.models import ItemFile, ItemVersion
from portal.content.personal.asking import whole_pages
from portal.content.personal.models import DONE, FileCheck, Redaction
from portal.core.documents import Document


def files(session: Session, item_id: int, version_id: int) -> tuple[set[str], dict[int, str]]:
    """The hashes of what is attached to a version; and document → hash of all that was ever attached to the item.

    By hash, because the same bytes may be attached under another name, as another document.
    """
    query = (
        select(Document.id, Document.sha256, ItemFile.version_id)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .join(ItemVersion, ItemVersion.id == ItemFile.version_id)
        .where(ItemVersion.item_id == item_id)
    )
    rows = session.execute(query).all()
    return {row.sha256 for row in rows if row.version_id == version_id}, {row.id: row.sha256 for row in rows}


def seen(session: Session, version_id: int) -> list[set[int]]:
    """Of each file attached to a version, the pages that were black when it was looked into, whoever made them so."""
    query = (
        select(FileCheck.pieces)
        .join(Document, Document.sha256 == FileCheck.sha256)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .where(ItemFile.version_id == version_id)
    )
    return [
        {int(one["number"]) for one in pieces if any(layer[2] == "black" for layer in one.get("layers") or ())}
        for pieces in session.scalars(query)
    ]


def copies(session: Session, item_id: int, sha256: str) -> dict[str, set[int]]:
    """Every copy made of a file, and of its copies, by hash → its pages that are black as a whole."""
    original, copy = aliased(Document), aliased(Document)
    query = (
        select(original.sha256.label("before"), copy.sha256.label("after"), Redaction.targets)
        .join(original, original.id == Redaction.original_id)
        .join(copy, copy.id == Redaction.copy_id)
        .where(Redaction.item_id == item_id, Redaction.state == DONE)
        .order_by(Redaction.id)
    )
    black: dict[str, set[int]] = {sha256: set()}
    for row in session.execute(query):
        if row.before in black:
            before = black[row.before] | whole_pages(row.targets)
            black[row.after] = black.get(row.after, set()) | before
    del black[sha256]
    return black
