"""The register of changes of the whole Bulletin, read from the event log by keyset, and the journal of refusals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bip.types import JOURNAL
from portal.content.models import Item, ItemNote, ItemVersion
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import NotFound
from portal.core.events import Event, EventRef

REFUSED = "bip.refused"
REFUSALS = "journal:bip:refused"
"""The subject of refused attempts: seen by those who review the journal, not by the public."""

ACTS = (
    "bip.published",
    "bip.updated",
    "bip.withdrawn",
    "bip.merged",
    "bip.retired",
    "bip.archived",
    "bip.related",
    "bip.relation_ended",
    "bip.moved",
    "bip.erased",
    "bip.unbinned",
    "bip.binned",
)
"""The acts that the public register shows."""
WITHDRAWALS = ("bip.withdrawn", "bip.merged", "bip.retired")
"""Published in error (the text goes), merged with another item, withdrawn with the text kept."""


ORDER = EventRef.seq
"""What the register is ordered by: the second column of the index of subjects."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the register."""

    seq: int
    at: datetime
    verb: str
    item_id: int
    path: str
    title: str
    person: str
    reason: str
    number: int | None
    hash: str
    into: int | None = None
    """The item with which a withdrawn one was merged."""


def changes(
    *, since: date | None = None, until: date | None = None, verb: str = "", item_id: int | None = None
) -> Select[Any]:
    """The query of the register, without an order (``ORDER`` is it): public acts in the Bulletin, narrowed as asked.

    Walked along the index of subjects, so that a page costs the same however long the register is; the days are
    turned into places in the log first.
    """
    subject = JOURNAL if item_id is None else f"item:{item_id}"
    verbs = (verb,) if verb in ACTS else ACTS
    query = select(Event).join(EventRef, EventRef.seq == Event.seq)
    # The verb narrows what the index of subjects has found; as a start it would have to sort the whole register.
    query = query.where(
        EventRef.ref == subject, Event.verb.concat("").in_(verbs), Event.audience.concat("") == "public"
    )
    if since:
        query = query.where(_place(_midnight(since)) <= ORDER, Event.at >= _midnight(since))
    if until:
        end = _midnight(until + timedelta(days=1))
        query = query.where(_place(end + _DISORDER, otherwise=sys.maxsize) >= ORDER, Event.at < end)
    return query


def last_withdrawal(session: Session, item_id: int) -> Change:
    """When, by whom, why and how an item that is withdrawn now was withdrawn. Raises ``NotFound``."""
    asked = changes(item_id=item_id).where(Event.verb.in_(WITHDRAWALS)).order_by(ORDER.desc()).limit(1)
    for change in lines(session, session.scalars(asked)):
        return change
    raise NotFound("content.unknown")


_DISORDER = timedelta(hours=1)
"""Longer than any transaction: events are sealed in the order of their commits, not of their moments."""


def _place(moment: datetime, otherwise: int = 0) -> Any:
    """The place in the log of about ``moment``, never after it."""
    first = select(Event.seq).where(Event.at >= moment - _DISORDER).order_by(Event.at).limit(1).scalar_subquery()
    return func.coalesce(first, otherwise)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.WARSAW)


def lines(session: Session, found: Iterable[Event]) -> list[Change]:
    """Events with what people read beside them: three statements, however many lines."""
    found = list(found)
    ids = {_item(event) for event in found}
    items = {
        row.id: row
        for row in session.execute(select(Item.id, Item.path, Item.title, Item.binned_at).where(Item.id.in_(ids)))
    }
    versions = {
        row.id: row
        for row in session.execute(
            select(ItemVersion.id, ItemVersion.reason, ItemVersion.published_by, ItemVersion.title).where(
                ItemVersion.id.in_({event.data.get("version") for event in found})
            )
        )
    }
    notes = {
        row.id: row
        for row in session.execute(
            select(ItemNote.id, ItemNote.text, ItemNote.author).where(
                ItemNote.id.in_({event.data.get("note") for event in found})
            )
        )
    }
    return [_line(event, items, versions, notes) for event in found]


_PART = 500


def parts(reading: Callable[[], AbstractContextManager[Session]], asked: Any) -> Iterator[Change]:
    """Every change of ``asked``, newest first, read in parts of a few hundred: a slow reader holds nothing open."""
    last: int | None = None
    while True:
        query = asked if last is None else asked.where(last > ORDER)
        with reading() as session:
            found = session.scalars(query.order_by(ORDER.desc()).limit(_PART)).all()
            told = lines(session, found)
        yield from told
        if len(found) < _PART:
            return
        last = found[-1].seq


def _item(event: Event) -> int:
    return next((int(ref.split(":")[1]) for ref in event.refs if ref.startswith("item:")), 0)


def _line(event: Event, items: dict[int, Any], versions: dict[int, Any], notes: dict[int, Any]) -> Change:
    item = items.get(_item(event))
    version = versions.get(event.data.get("version", 0))
    note = notes.get(event.data.get("note", 0))
    return Change(
        seq=event.seq,
        at=event.at,
        verb=event.verb,
        item_id=_item(event),
        path=item.path if item is not None and item.binned_at is None else "",
        title=version.title if version is not None else item.title if item is not None else "",
        person=note.author if note is not None else version.published_by if version is not None else "",
        reason=note.text if note is not None else version.reason if version is not None else "",
        number=event.data.get("number"),
        hash=event.hash,
        into=event.data.get("into"),
    )


def refused(session: Session, actor: Actor, address: str, permission: str) -> None:
    """Note an attempt at a change that was not allowed; the journal keeps it whoever tried."""
    facts = {"address": address[:200], "permission": permission[:60]}
    events.record(session, actor, REFUSED, [REFUSALS], audience="office", data=facts)
