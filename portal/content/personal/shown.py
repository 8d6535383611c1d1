"""The words of images that a text shows: titles, descriptions and the names of their files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import links
from portal.content.models import Item, ItemFile, ItemVersion
from portal.core.documents import Document

PLACES = ("image_title", "image_words", "image_file")
"""Where the words stand; they are changed on the image's own page."""


def words(session: Session, version: ItemVersion) -> Iterator[tuple[str, str, int]]:
    """Place, words and the image's number for each image that ``version`` shows."""
    wanted = links.targets(version.body)
    if not wanted:
        return
    query = (
        select(Item.id, ItemVersion.title, ItemVersion.fields, Document.name)
        .join(ItemVersion, ItemVersion.id == func.coalesce(Item.draft_version_id, Item.live_version_id))
        .outerjoin(ItemFile, ItemFile.version_id == ItemVersion.id)
        .outerjoin(Document, Document.id == ItemFile.document_id)
        .where(Item.id.in_(wanted), Item.type == "image", Item.binned_at.is_(None))
        .order_by(Item.id)
    )
    for number, title, fields, name in session.execute(query):
        yield "image_title", title, number
        yield "image_words", _said(fields), number
        if name:
            yield "image_file", name, number


def _said(fields: dict[str, Any]) -> str:
    return "\n".join(str(value) for name, value in fields.items() if isinstance(value, str) and name != "origin")
