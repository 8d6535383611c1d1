"""Documents as the desk shows them: a letter's readable view, its files, what is known of its signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.intake import queries as intake
from eoffice.intake.models import Message, MessageFile
from forms import document as documents
from forms.view import View
from portal.core import xml
from portal.core.blobs import BlobStore, MissingBlob
from portal.core.documents import Document


@dataclass(frozen=True, slots=True)
class FileRow:
    """An attachment; ``document`` is ``None`` when it was only linked or could not be taken out."""

    name: str
    document: Document | None
    problem: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Readable:
    """A document with its view (``None`` when it is no XML letter) and its judged signatures."""

    document: Document
    view: View | None = None
    signatures: list[dict[str, Any]] = field(default_factory=list)


def readable(session: Session, blobs: BlobStore, document_id: int | None) -> Readable | None:
    """The document with everything a person may be shown of it; ``None`` without a document."""
    document = session.get(Document, document_id) if document_id else None
    if document is None:
        return None
    reports = document.signatures.get("reports", []) if document.signatures else []
    return Readable(document, _view(blobs, document), list(reports))


def _view(blobs: BlobStore, document: Document) -> View | None:
    if "xml" not in document.content_type:
        return None
    try:
        return documents.view(blobs.get(document.sha256))
    except (xml.UnsafeXml, MissingBlob):
        return None


def files(session: Session, message: Message | None) -> list[FileRow]:
    """The attachments of a message."""
    rows = intake.files(session, message.id) if message else []
    return [_file(session, row) for row in rows]


def _file(session: Session, row: MessageFile) -> FileRow:
    document = session.get(Document, row.document_id) if row.document_id else None
    return FileRow(row.name, document, row.problem, row.uri)


def documents_of_message(session: Session, message: Message) -> set[int]:
    """Which documents came with a message: itself, its attachments, what the channel added."""
    attached = select(MessageFile.document_id).where(MessageFile.message_id == message.id)
    found = {message.document_id, message.extra_id, *session.scalars(attached)}
    return {number for number in found if number is not None}
