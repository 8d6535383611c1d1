"""What the worker does with files: versions of images, the look for viruses. Repeatable at any point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.content import outside, pictures, renditions, scanning, site
from portal.content.models import Picture, Rendition
from portal.core.blobs import BlobStore, MissingBlob
from portal.core.documents import INFECTED, UNSCANNED, WAITING, Document
from portal.core.errors import Invalid, Temporary
from portal.core.outbox import Effect
from portal.core.ports import Ports


@dataclass(frozen=True, slots=True)
class Wanted:
    """An image to make versions of, and those that stand already."""

    document_id: int
    sha256: str
    focus: tuple[int, int]
    there: frozenset[str]
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What was made: rows of ``Rendition`` without the document's number; or why nothing was."""

    size: renditions.Size
    rows: tuple[dict[str, Any], ...] = ()
    refused: str = ""


def effects(blobs: BlobStore) -> list[Effect[Any, Any]]:
    """The effects that read and write files in ``blobs``."""

    def call(_ports: Ports, wanted: Wanted) -> Kept:
        return _render(blobs, wanted)

    return [
        Effect(pictures.RENDER, _load_image, call, _save_image, attempts=5000),
        scanning.effect(blobs),
        outside.effect(),
    ]


def _load_image(session: Session, payload: dict[str, Any]) -> Wanted | None:
    document = session.get(Document, payload["document"])
    if document is None or document.scan == INFECTED:
        return None
    there = session.scalars(select(Rendition.name).where(Rendition.document_id == document.id))
    x, y = payload["focus"]
    return Wanted(document.id, document.sha256, (x, y), frozenset(there), document.scan in (WAITING, UNSCANNED))


def _render(blobs: BlobStore, wanted: Wanted) -> Kept:
    if wanted.waits:
        raise Temporary("the file waits for the look for viruses", code="scan.waiting")
    try:
        data = blobs.get(wanted.sha256)
        size = renditions.size_of(data)
        rows = [
            {
                "name": made.name, "sha256": blobs.put(made.data), "width": made.width, "height": made.height,
                "size": len(made.data),
            }
            for made in renditions.make(data, focus=wanted.focus)
            if made.name not in wanted.there
        ]  # fmt: skip
    except (Invalid, MissingBlob) as refusal:
        return Kept(renditions.Size(0, 0), refused=getattr(refusal, "code", "content.image_unreadable"))
    return Kept(size, tuple(rows))


def _save_image(session: Session, payload: dict[str, Any], kept: Kept) -> None:
    number = payload["document"]
    session.execute(delete(Picture).where(Picture.document_id == number))
    session.add(Picture(document_id=number, width=kept.size.width, height=kept.size.height, refused=kept.refused))
    names = [row["name"] for row in kept.rows]
    session.execute(delete(Rendition).where(Rendition.document_id == number, Rendition.name.in_(names)))
    session.add_all(Rendition(document_id=number, **row) for row in kept.rows)
    # Pages kept while the image was being made show its words only.
    site.bump(session)
