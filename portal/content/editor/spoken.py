"""Words typed at an act that everyone will read: what is found in them is named, and a person says why it may stay."""

from __future__ import annotations

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content.models import Item
from portal.content.personal import asking, deciding
from portal.content.personal.review import REASONS
from portal.core.errors import Conflict, DomainError, Invalid
from portal.web import context


def keep(session: Session, item_id: int, *words: str) -> None:
    """Remember why what is found in ``words`` may stay, when the form says so (``reason_kept``)."""
    why = request.form.get("reason_kept", "")
    if why in REASONS:
        for one in words:
            deciding.keep_words(session, context.actor(), item_id, one, why)


def asks(item_id: int, refusal: DomainError) -> bool:
    """Has the form to be shown again, with what was typed and the question why it may stay?

    Files that were taken over from elsewhere begin to be looked into, as a person goes on with them.
    """
    if refusal.code == "personal.unasked":
        with context.transaction() as session:
            item = session.scalars(select(Item).where(Item.id == item_id)).one()
            asking.request_unasked(session, item.draft_version_id or item.live_version_id or 0)
    if not isinstance(refusal, (Invalid, Conflict)) or refusal.code != "personal.in_reason":
        return False
    g.reason_found = refusal.details["found"]
    return True
