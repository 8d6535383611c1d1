"""An item of the Bulletin as its public pages read it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import exclusions, journal
from bip.journal import Change
from bip.types import ROOT
from portal.content import paths, queries, rendering
from portal.content.models import Item
from portal.content.pictures import Unseen
from portal.content.queries import PageData
from portal.content.workflow import RETIRED, WITHDRAWN
from portal.core.errors import NotFound
from portal.web import context

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def text(
    session: Session, body: str | None, fields: dict[str, Any], unseen: Unseen | None = None
) -> list[str | exclusions.Exclusion]:
    """A version's text as pages show it, cut where something is withheld; ``unseen`` as in ``rendering``."""
    return exclusions.parts(rendering.shown(session, body, unseen), exclusions.of_fields(fields))


def withdrawal(session: Session, page: PageData) -> Change | None:
    """How an item whose text was kept was withdrawn, for the note above it; ``None`` for any other."""
    return journal.last_withdrawal(session, page.row.id) if page.row.state == RETIRED else None


def merged_into(session: Session, change: Change) -> PageData | None:
    """The item with which a withdrawn one was merged, while everyone can open it and it is not withdrawn itself."""
    path = session.scalar(select(Item.path).where(Item.id == change.into, Item.binned_at.is_(None)))
    page = queries.page_at(session, path) if change.into and path else None
    return page if page is not None and page.public and page.row.state != WITHDRAWN else None


def merged(session: Session, page: PageData, asked: str) -> PageData | None:
    """The merged item from whose address a reader was led to ``page``, when ``asked`` truly names such a one."""
    path = session.scalar(select(Item.path).where(Item.id == int(asked))) if _NUMBER.fullmatch(asked) else None
    other = queries.page_at(session, path) if path else None
    if other is None or not other.public or other.row.state != WITHDRAWN:
        return None
    return other if journal.last_withdrawal(session, other.row.id).into == page.row.id else None


def found(session: Session, path: str) -> PageData:
    """The public item at ``path`` for its side pages. Raises ``NotFound``; a withdrawn text is not shown again."""
    page = queries.item_at(session, paths.clean(f"{ROOT}/{path}"), context.actor())
    if page.row.state == WITHDRAWN:
        raise NotFound("bip.text_withdrawn")
    return page
