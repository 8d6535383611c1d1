"""The parts of the Bulletin's acceptance about attached files and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip.acceptance_parts import Part, Tally, Wanted
from portal.content import checks
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.personal.models import DONE, FileCheck
from portal.core.documents import Document

PDF = "application/pdf"
_BATCH = 200
_ALTERNATIVE = 300
"""Letters of the item's own text that are taken for an alternative to a file nobody can read."""
_MARKUP = re.compile(r"<[^>]+>")


def parts(session: Session, items: Sequence[int]) -> Iterator[Part]:
    """Of these items: PDF files have text or an alternative, texts bar nobody from reading them."""
    tally, files = Tally(), 0
    for start in range(0, len(items), _BATCH):
        files += _look(session, tally, items[start : start + _BATCH])
    yield tally.part("pdf", none="files_unread" if files else "no_files", of=files)
    yield tally.part("texts", none="no_items")


def unread(session: Session, items: Sequence[int]) -> list[int]:
    """The PDF documents beside these items that nobody has looked into yet."""
    query = (
        select(Document.id)
        .join(ItemFile, ItemFile.document_id == Document.id)
        .join(Item, Item.live_version_id == ItemFile.version_id)
        .outerjoin(FileCheck, FileCheck.sha256 == Document.sha256)
        .where(Item.id.in_(items), Document.content_type == PDF, FileCheck.sha256.is_(None))
    )
    return list(session.scalars(query.distinct().order_by(Document.id)))


def _look(session: Session, tally: Tally, items: Sequence[int]) -> int:
    """Look at one batch; says how many PDF files it has."""
    query = select(Item, ItemVersion).join(ItemVersion, ItemVersion.id == Item.live_version_id)
    found = session.execute(query.where(Item.id.in_(items)).order_by(Item.id)).all()
    beside = _files(session, [version.id for _, version in found])
    count = 0
    for item, version in found:
        one = Wanted("item", item.path, item.id)
        written = checks.Written(version.title, version.summary, version.body or "")
        serious = [f for f in checks.findings(session, written) if f.weight == checks.MUST]
        tally.saw("texts", one, *(("text_bars", finding.code) for finding in serious))
        mine = beside.get(version.id, [])
        readable = [has_text for _, has_text in mine if has_text]
        own = len(_MARKUP.sub("", version.body or "")) >= _ALTERNATIVE
        for kind, has_text in mine:
            count += kind == PDF
            if kind == PDF and has_text is not None:
                tally.saw("pdf", one, *([] if has_text or readable or own else [("pdf_without_text", "")]))
    return count


def _files(session: Session, versions: Sequence[int]) -> dict[int, list[tuple[str, bool | None]]]:
    """Version → its files: the kind of each, and whether it says anything to be read (``None``: not known)."""
    query = (
        select(
            ItemFile.version_id,
            Document.content_type,
            Document.text,
            Document.text_note,
            FileCheck.state,
            FileCheck.pieces,
        )
        .join(Document, Document.id == ItemFile.document_id)
        .outerjoin(FileCheck, FileCheck.sha256 == Document.sha256)
        .where(ItemFile.version_id.in_(versions))
    )
    found: dict[int, list[tuple[str, bool | None]]] = {}
    for row in session.execute(query):
        if row.content_type != PDF:
            has_text = bool(row.text) if row.text is not None else row.content_type.startswith("text/") or None
        else:
            known = {"ok": True, "ocr": False, "no_text": False}.get(row.text_note) if row.text is not None else None
            has_text = _says_something(row.pieces) if row.state == DONE else known
        found.setdefault(row.version_id, []).append((row.content_type, has_text))
    return found


def _says_something(pieces: Sequence[dict[str, Any]]) -> bool:
    """Whether any page has text of its own; what a program reads from a picture of it does not count."""
    return any(one.get("place") == "page" and str(one.get("text") or "").strip() for one in pieces)
