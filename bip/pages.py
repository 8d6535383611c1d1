"""An item of the Bulletin as its public pages read it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bip import exclusions
from bip.types import ROOT
from portal.content import paths, queries, rendering
from portal.content.queries import PageData
from portal.content.workflow import WITHDRAWN
from portal.core.errors import NotFound
from portal.web import context


def text(session: Session, body: str | None, fields: dict[str, Any]) -> list[str | exclusions.Exclusion]:
    """A version's text as pages show it, cut where something is withheld."""
    return exclusions.parts(rendering.shown(session, body), exclusions.of_fields(fields))


def found(session: Session, path: str) -> PageData:
    """The public item at ``path`` for its side pages. Raises ``NotFound``; a withdrawn text is not shown again."""
    page = queries.item_at(session, paths.clean(f"{ROOT}/{path}"), context.actor())
    if page.row.state == WITHDRAWN:
        raise NotFound("bip.text_withdrawn")
    return page
