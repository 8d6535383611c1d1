"""Acts of the Bulletin: publish a document in one act, correct what is published, withdraw it. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import (  # noqa: F401
    carried,
    endings,
    entries,
    exclusions,
    following,
    leaves,
    moved,
    relations,
    removed,
    term_acts,
    terms,
    withheld,
)
from bip.council import checks
from bip.types import ROOT
from portal.content import actions as content
from portal.content import checks as texts
from portal.content import paths, queries
from portal.content.acts import (
    ARCHIVING_CHECKS,
    BEGINNINGS,
    CLOSING_CHECKS,
    ENDINGS,
    PLANNED_ENDS,
    PUBLIC_CHANGES,
    PUBLIC_WORDS,
    PUBLICATION_CHECKS,
    TAKING_OFF_CHECKS,
    WITHDRAWAL_WORDS,
    WORD_CHECKS,
)
from portal.content.exchange import saving, ties
from portal.content.models import Item, ItemVersion
from portal.content.personal import deciding, review
from portal.content.versions import Attachment
from portal.content.workflow import PUBLISHED
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid, NotFound

PUBLIC_CHANGES.register("bip.leaves", leaves.append)
PUBLIC_CHANGES.register("bip.relations", relations.announce)
PUBLIC_CHANGES.register("bip.words", entries.follow)
PUBLIC_CHANGES.register("bip.late", term_acts.note_late)
PUBLICATION_CHECKS.register("bip.exclusions", exclusions.check)
PUBLIC_CHANGES.register("bip.exclusions", withheld.note)
texts.MORE.register("bip.exclusions", withheld.gone)
ARCHIVING_CHECKS.register("bip.terms", terms.check_planned)
CLOSING_CHECKS.register("bip.terms", terms.check_closing)
TAKING_OFF_CHECKS.register("bip.terms", terms.check_taking_off)
PUBLICATION_CHECKS.register("bip.terms", terms.check_publication)
PUBLICATION_CHECKS.register("bip.council", checks.check)
BEGINNINGS.register("bip.terms", terms.begins_anew)
PLANNED_ENDS.register("bip.terms", terms.planned_end)
WITHDRAWAL_WORDS.register("bip.terms", terms.early_words)
ENDINGS.register("bip.terms", endings.end)
WORD_CHECKS.register("bip.personal", review.check)
WORD_CHECKS.register("bip.exclusions", exclusions.check_brought)
PUBLIC_WORDS.register("bip.personal", review.check_words)
saving.OVER.register("bip.terms", moved.over)
ties.CARRIERS.register("bip.relation", carried.RELATION)
ties.CARRIERS.register("bip.term", carried.TERM)
deciding.TAKEN_OUT.register("bip.exclusions", removed.note)

withdraw = content.withdraw
"""``withdraw(session, actor, item_id, reason=…)``: published in error, the text goes, its place says when and why;
with ``into`` an item: merged with it, the address leads there."""

retire = content.retire
"""``retire(session, actor, item_id, reason=…)``: withdrawn with the text kept, the reason stands above it."""


def publish_document(
    session: Session,
    blobs: BlobStore,
    actor: Actor,
    *,
    folder: str,
    type: str,
    title: str,
    body_html: str,
    documents: Sequence[tuple[Document, str]] = (),
    produced_by: str,
    produced_on: date,
    responsible: str = "",
    source: str,
    fields: dict[str, Any] | None = None,
    kept: Mapping[str, str] | None = None,
) -> Item:
    """Publish what a case holds, entering nothing again: the door of the Bulletin for the rest of the office.

    ``folder`` is a path in the Bulletin, ``source`` says what it was made from (``letter:7``); the same source
    again gives the same item and publishes nothing. ``kept``: personal data that stays on purpose → reason, as
    decided where it comes from. ``documents`` must have been looked into before (``asking.request_check``).
    Raises ``Forbidden``, ``NotFound`` (folder), ``Invalid``.
    """
    if not source:
        raise Invalid("bip.source_missing")
    known = session.scalars(select(Item).where(Item.source == source)).first()
    if known is not None:
        return known
    if not paths.inside(folder, ROOT):
        raise Invalid("bip.not_in_bulletin")
    for document, _ in documents:
        if not blobs.holds(document.sha256):
            raise Invalid("bip.file_missing", name=document.name)
    marks = {
        "publisher": _publisher(session, folder),
        "produced_by": produced_by,
        "responsible": responsible,
        "produced_on": produced_on.isoformat(),
    }
    item = content.create_item(
        session, actor, folder, type, title, body=body_html, fields=marks | (fields or {}),
        files=[Attachment(document.id, name) for document, name in documents], in_menu=False, source=source,
    )  # fmt: skip
    if kept:
        deciding.keep(session, actor, item, session.get_one(ItemVersion, item.draft_version_id), kept)
    return content.publish(session, actor, item.id)


def correct(
    session: Session,
    actor: Actor,
    item_id: int,
    *,
    reason: str,
    title: str | None = None,
    body_html: str | None = None,
    fields: dict[str, Any] | None = None,
    files: Sequence[Attachment] | None = None,
    expected: int | None = None,
) -> Item:
    """Publish a corrected state in one act; what is not given stays. The earlier state can still be read.

    Raises ``Conflict("bip.draft_waiting")`` when somebody's working copy would be published with it.
    """
    item = session.get(Item, item_id)
    if item is None or item.live_version_id is None:
        raise NotFound("content.unknown")
    if item.draft_version_id is not None:
        raise Conflict("bip.draft_waiting")
    live = session.get_one(ItemVersion, item.live_version_id)
    content.save_draft(
        session, actor, item_id, expected=expected, title=live.title if title is None else title,
        summary=live.summary, body=live.body if body_html is None else body_html,
        fields=live.fields | (fields or {}), reason=reason, files=files,
    )  # fmt: skip
    return content.publish(session, actor, item_id, reason=reason)


def published_from(session: Session, source: str) -> Item | None:
    """The public item made from ``source``, if there is one."""
    item = session.scalars(select(Item).where(Item.source == source)).first()
    return item if item is not None and item.state == PUBLISHED else None


def _publisher(session: Session, folder: str) -> str:
    page = queries.page_at(session, folder)
    if page is None:
        raise NotFound("content.parent_unknown")
    return str(page.settings.get("publisher", ""))
