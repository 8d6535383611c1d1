"""Stored files handed to clerks: always through the case, the item or the message they belong to."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from eoffice.desk import casefile, reading, scope
from eoffice.desk.views.base import DESK, blueprint
from eoffice.intake import queries as intake
from eoffice.intake.models import Message
from portal.accounts import policy
from portal.core.documents import Document
from portal.core.errors import NotFound
from portal.web import context
from portal.web.download import send_document


@blueprint.get("/sprawy/<int:case_id>/pliki/<int:document_id>")
@DESK
def case_file(case_id: int, document_id: int) -> Response:
    """A file of a case."""
    with context.reading() as session:
        found = scope.case(session, context.actor(), case_id)
        return _send(session, document_id, casefile.documents(session, found))


@blueprint.get("/wplyw/<int:entry_id>/pliki/<int:document_id>")
@DESK
def entry_file(entry_id: int, document_id: int) -> Response:
    """A file that came with an item."""
    with context.reading() as session:
        found = scope.entry(session, context.actor(), entry_id)
        message = session.get(Message, found.message_id) if found.message_id else None
        own = {found.document_id} if found.document_id else set[int]()
        return _send(session, document_id, own | (reading.documents_of_message(session, message) if message else set()))


@blueprint.get("/odlozone/<int:message_id>/pliki/<int:document_id>")
@DESK
def message_file(message_id: int, document_id: int) -> Response:
    """A file of a message that waits for a person."""
    with context.reading() as session:
        policy.require(session, context.actor(), "intake.manage", policy.OFFICE)
        found = intake.message(session, message_id)
        return _send(session, document_id, reading.documents_of_message(session, found))


def _send(session: Session, document_id: int, allowed: set[int]) -> Response:
    if document_id not in allowed:
        raise NotFound("document.unknown")
    document = session.get_one(Document, document_id)
    return send_document(document, context.blobs().get(document.sha256))
