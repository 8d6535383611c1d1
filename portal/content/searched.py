"""How items become search documents: public ones for everyone, protected ones for whoever may view there.

Drafts, withdrawn and deleted items are not found; what stands in the Bulletin's archive is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import paths, queries, sanitise, standing, structures
from portal.content.models import Item
from portal.content.queries import PageData
from portal.content.workflow import FAMILIES, RETIRED, WITHDRAWN
from portal.core import clock
from portal.web.texts import message
from search.index import PUBLIC, Doc
from search.sources import Entry, readable_by, source

_SIGNATURES = ("number", "case_sign")
_DATES = ("adopted_on", "decided_on", "held_on", "received_on", "produced_on")


def keys(session: Session) -> Iterable[str]:
    """Every item somebody may find: in a public state of its family and not withdrawn."""
    states = {state for family in FAMILIES.values() for state in family.public} - {WITHDRAWN}
    query = select(Item.id).where(Item.state.in_(states), Item.binned_at.is_(None), Item.path != paths.ROOT)
    return [str(number) for number in session.scalars(query)]


def at(session: Session, path: str) -> str | None:
    """The item at a path, in whatever state."""
    number = session.scalar(select(Item.id).where(Item.path == path, Item.binned_at.is_(None)))
    return str(number) if number else None


@source("item", keys=keys, at=at)
def read(session: Session, key: str) -> Entry | None:
    """The item's live state as a search document; ``None`` when nobody may find it."""
    path = session.scalar(select(Item.path).where(Item.id == int(key), Item.binned_at.is_(None)))
    page = queries.page_at(session, path) if path and path != paths.ROOT else None
    if page is None or page.row.version_id is None or not _findable(page):
        return None
    files = queries.files(session, page.row.version_id)
    return Entry(_doc(session, page), tuple((file.document_id, file.title) for file in files))


def _findable(page: PageData) -> bool:
    return page.row.state in page.type.family.public and page.row.state != WITHDRAWN


def _doc(session: Session, page: PageData) -> Doc:
    row, fields = page.row, page.fields
    day = _day(fields) or (clock.local(row.published_at).date() if row.published_at else None)
    answers = [
        str(value) for name, value in fields.items()
        if value and not isinstance(value, bool) and name not in structures.STRUCTURES
    ]  # fmt: skip
    answers += structures.texts(fields).values()
    return Doc(
        key="",
        kind="item",
        title=row.version_title,
        body="\n".join([row.version_summary, sanitise.to_text(row.body), *answers]),
        url="/bip/" if row.path == "/bip" else row.path,
        breadcrumb=tuple(crumb.title for crumb in page.crumbs[1:-1]),
        readers=readable_by(page.type.family.rights["view"], row.path) if page.protected else frozenset({PUBLIC}),
        type=page.type.title,
        year=day.year if day else None,
        organ=str(fields.get("publisher") or ""),
        status=_status(session, page),
        signature=next((str(fields[name]) for name in _SIGNATURES if fields.get(name)), ""),
        language=row.language,
        date=day,
    )


def _day(fields: dict[str, Any]) -> date | None:
    for name in _DATES:
        try:
            return date.fromisoformat(str(fields.get(name) or ""))
        except ValueError:
            continue
    return None


def _status(session: Session, page: PageData) -> str:
    """The label of the act's status (``obowiązuje``), where its type has one; or that the item is withdrawn."""
    if page.row.state == RETIRED:
        return message("content.status.retired")
    for field in page.type.fields:
        if field.name == standing.FIELD:
            labels = {choice.value: choice.label for choice in field.choices}
            known = standing.of(session, [page.row.id]).get(page.row.id) or page.fields.get(standing.FIELD, "")
            return labels.get(str(known), "")
    return ""
