"""Reading exports, imports and their reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import queries
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.plan import KNOWN, PARTLY, TAKEN
from portal.content.models import Item
from portal.core.actors import Actor
from portal.web.texts import message

_PART = 500
COLUMNS = ("number", "outcome", "title", "path", "key", "item", "reasons")


def recent(session: Session, actor: Actor, *, limit: int = 50) -> list[Any]:
    """The last exports and imports about places that ``actor`` administers, newest first."""
    places = policy.places(session, actor, "content.admin")
    inside = [or_(Item.path == place, queries.below(place)) for place in sorted(places)]
    if not inside:
        return []
    query = select(Transfer, Item.path, Item.title).join(Item, Item.id == Transfer.item_id).where(or_(*inside))
    return list(session.execute(query.order_by(Transfer.id.desc()).limit(limit)).all())


def lines_query(transfer_id: int, outcome: str = "") -> Select[Any]:
    """The lines of a report, those of ``outcome`` if one is named."""
    query = select(TransferLine).where(TransferLine.transfer_id == transfer_id)
    return query.where(TransferLine.outcome == outcome) if outcome else query


def outcome(line: TransferLine, *, ahead: bool = False) -> str:
    """What came of an entry, or will: a line without an item is still a plan, and all are when nothing began."""
    ahead = (ahead and line.outcome != KNOWN) or (line.item_id is None and line.outcome in (TAKEN, PARTLY))
    return message(f"import.{'planned' if ahead else 'outcome'}.{line.outcome}")


def reasons(line: TransferLine) -> list[str]:
    """Why an entry was not taken whole, in sentences."""
    return [message(code, **details) for code, details in line.notes]


def table(reading: Callable[[], AbstractContextManager[Session]], transfer_id: int) -> Iterator[dict[str, Any]]:
    """The whole report, read part by part."""
    last = -1
    while True:
        query = lines_query(transfer_id).where(TransferLine.number > last).order_by(TransferLine.number).limit(_PART)
        with reading() as session:
            found = session.scalars(query).all()
        yield from (row(line) for line in found)
        if len(found) < _PART:
            return
        last = found[-1].number


def row(line: TransferLine) -> dict[str, Any]:
    """One line of the report as a table has it."""
    return {
        "number": line.number + 1, "outcome": outcome(line), "title": line.title,
        "path": line.path, "key": line.key, "item": line.item_id or "", "reasons": " ".join(reasons(line)),
    }  # fmt: skip
