"""The register of changes of the whole Bulletin, read from the event log by keyset, and the journal of refusals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from bip import exclusions
from bip.digests import LEAF_ACTS
from bip.models import BulletinLeaf
from bip.types import JOURNAL
from portal.content import paths, queries
from portal.content.models import Item, ItemNote, ItemVersion
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import NotFound
from portal.core.events import Event, EventRef
from portal.web.texts import message

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
    "bip.term_kept",
    "bip.related",
    "bip.relation_ended",
    "bip.moved",
    "bip.excluded",
    "bip.exclusion_changed",
    "bip.disclosed",
    "bip.erased",
    "bip.unbinned",
    "bip.binned",
)
"""The acts that the public register shows."""
EXCLUDED = "bip.excluded"
WITHDRAWALS = ("bip.withdrawn", "bip.merged", "bip.retired")
"""Published in error (the text goes), merged with another item, withdrawn with the text kept."""


ORDER = EventRef.seq
"""What the register is ordered by: the second column of the index of subjects."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The facts of a leaf, in the order in which they are hashed."""

    position: int
    act: str
    item: int
    number: int
    at: datetime
    path: str
    digest: str

    @property
    def facts(self) -> list[Any]:
        """What the leaf's hash is made of, once more for those who check it."""
        return [self.position, self.act, self.item, self.number, self.at.isoformat(), self.path, self.digest]


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
    answers: str = ""
    """Who answers for the content."""
    entered: str = ""
    """Who entered it."""
    closed: bool = False
    """The item is open only to those who hold a role there: its words are not shown."""
    version_id: int | None = None
    leaf: Placed | None = None
    """Its place in the public log, where it was asked for; acts that change no text have none."""


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
    return query.where(*between(since, until))


def between(since: date | None, until: date | None, order: Any = ORDER) -> list[ColumnElement[bool]]:
    """The conditions of two days, both included, either of them left open; ``order`` is the place in the log."""
    found: list[ColumnElement[bool]] = []
    if since:
        found += [_place(_midnight(since)) <= order, Event.at >= _midnight(since)]
    if until:
        end = _midnight(until + timedelta(days=1))
        found += [_place(end + _DISORDER, otherwise=2**31 - 1) >= order, Event.at < end]
    return found


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
    columns = (Item.id, Item.path, Item.title, Item.binned_at, Item.published_at)
    # Two parts of one statement: an "or" of the two would read every item.
    named = select(*columns, literal(0).label("place")).where(Item.id.in_(ids))
    known = session.execute(union_all(named, select(*columns, literal(1)).where(queries.protected()))).all()
    items = {row.id: row for row in known if not row.place}
    closed = [row.path for row in known if row.place]
    versions = {
        row.id: row
        for row in session.execute(
            select(
                ItemVersion.id,
                ItemVersion.reason,
                ItemVersion.published_by,
                ItemVersion.title,
                ItemVersion.author,
                ItemVersion.fields,
            ).where(ItemVersion.id.in_({event.data.get("version") for event in found}))
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
    told = [_line(event, items, versions, notes) for event in found]
    inside = {row.id for row in items.values() if any(paths.inside(row.path, place) for place in closed)}
    inside |= {row.id for row in items.values() if row.published_at is None}
    return [_closed(line) if line.item_id in inside else line for line in told]


def _closed(line: Change) -> Change:
    """A line about what is not for everyone: that something was done stays, its words do not."""
    return replace(line, path="", title=message("bip.register.closed"), reason="", answers="", closed=True)


_PART = 500


def parts(reading: Callable[[], AbstractContextManager[Session]], asked: Any, order: Any = ORDER) -> Iterator[Change]:
    """Every change of ``asked``, newest first, read in parts of a few hundred: a slow reader holds nothing open."""
    last: int | None = None
    while True:
        query = asked if last is None else asked.where(last > order)
        with reading() as session:
            found = session.scalars(query.order_by(order.desc()).limit(_PART)).all()
            told = placed(session, lines(session, found))
        yield from told
        if len(found) < _PART:
            return
        last = found[-1].seq


def placed(session: Session, changes: Sequence[Change]) -> list[Change]:
    """The changes, each with the leaf of the public log that the same act made; one statement.

    An act and its leaf take their moments one after the other: of several leaves about one version the nearest is it.
    """
    query = (
        select(
            BulletinLeaf.position, BulletinLeaf.act, BulletinLeaf.item_id, ItemVersion.number, BulletinLeaf.at,
            BulletinLeaf.path, BulletinLeaf.digest, BulletinLeaf.version_id,
        )
        .join(ItemVersion, ItemVersion.id == BulletinLeaf.version_id)
        .where(
            BulletinLeaf.item_id.in_({change.item_id for change in changes}),
            BulletinLeaf.version_id.in_({change.version_id for change in changes}),
        )
    )  # fmt: skip
    known = defaultdict[tuple[int | None, str], list[Placed]](list)
    for row in session.execute(query):
        known[row.version_id, row.act].append(Placed(*row[:-1]))
    return [replace(change, leaf=_nearest(change, known)) for change in changes]


def _nearest(change: Change, known: Mapping[tuple[int | None, str], list[Placed]]) -> Placed | None:
    found = known.get((change.version_id, LEAF_ACTS.get(change.verb.partition(".")[2], "")), [])
    near = [leaf for leaf in found if abs(leaf.at - change.at) <= _DISORDER]
    return min(near, key=lambda leaf: abs(leaf.at - change.at), default=None)


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
        reason=note.text if note is not None else _reason(event, version) if version is not None else "",
        number=event.data.get("number"),
        hash=event.hash,
        into=event.data.get("into"),
        answers=_answers(version.fields or {}) if version is not None else "",
        entered=version.author if version is not None else "",
        version_id=event.data.get("version"),
    )


def _reason(event: Event, version: Any) -> str:
    """Why the state was published; of what was withheld with it, the scope and the basis."""
    numbers = event.data.get("exclusions")
    if event.verb not in (EXCLUDED, "bip.exclusion_changed") or not numbers:
        return str(version.reason)
    kept = [one for one in exclusions.of_fields(version.fields or {}) if one.number in numbers]
    return "; ".join(f"{one.scope} ({one.why.basis})" for one in kept)


def _answers(fields: dict[str, Any]) -> str:
    return str(fields.get("responsible") or fields.get("produced_by") or "")


def refused(session: Session, actor: Actor, address: str, permission: str) -> None:
    """Note an attempt at a change that was not allowed; the journal keeps it whoever tried."""
    facts = {"address": address[:200], "permission": permission[:60]}
    events.record(session, actor, REFUSED, [REFUSALS], audience="office", data=facts)
