"""What happened: the append-only, hash-chained log of events.

One table serves a case's history, the citizen's "status of my case", the Bulletin's register of changes
and the audit trail. Each event carries the hash of its predecessor, so a change to any of them, a removal
or an insertion is found by ``broken_link``. **Events hold references, never personal data**: what the law
orders erased is erased elsewhere and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, String, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import clock
from portal.core.actors import Actor
from portal.core.db import Base, before_commit

GENESIS = "0" * 64
AUDIENCES = ("public", "citizen", "office", "system")
"""Who may see an event: everyone; the case's citizen and the office; the office; operators."""

_BATCH = 1000


class Event(Base):
    """One fact. ``seq`` has no gaps; ``refs`` repeats the subjects so that the hash covers them."""

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(80))
    verb: Mapped[str] = mapped_column(String(80), index=True)
    audience: Mapped[str] = mapped_column(String(10))
    refs: Mapped[list[Any]]
    data: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EventRef(Base):
    """The index from a subject (``case:12``) to its events."""

    __tablename__ = "event_ref"
    __table_args__ = (Index("ix_event_ref_ref_seq", "ref", "seq"),)

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True)
    ref: Mapped[str] = mapped_column(String(80), primary_key=True)


class EventHead(Base):
    """The end of the chain; its row is the lock that lets one transaction at a time append."""

    __tablename__ = "event_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class _Pending:
    at: datetime
    actor: str
    verb: str
    audience: str
    refs: tuple[str, ...]
    data: dict[str, Any]


Watcher = Callable[[Session, str, tuple[str, ...]], None]
_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> Watcher:
    """Tell ``watcher`` of every event as it is recorded: the session, the verb, the subjects. It may add to the act."""
    _watchers.append(watcher)
    return watcher


Sealer = Callable[[Session, "list[Event]"], None]
_sealers: list[Sealer] = []


def on_seal(sealer: Sealer) -> Sealer:
    """Tell ``sealer`` of a transaction's events with their numbers, in the same commit. It may add rows, no events."""
    _sealers.append(sealer)
    return sealer


def ref(kind: str, key: object) -> str:
    """How a subject is named in events: ``case:12``."""
    return f"{kind}:{key}"


def record(
    session: Session,
    actor: Actor,
    verb: str,
    refs: Iterable[str],
    *,
    audience: str = "office",
    data: dict[str, Any] | None = None,
) -> None:
    """Note that ``actor`` did ``verb`` to the subjects ``refs``. It is sealed when the transaction commits.

    ``data`` must be JSON and free of personal data (ids, numbers, codes, hashes only). Fractions are refused:
    databases write them each in their own way, and the hash must come out the same for ever.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"unknown audience {audience!r}")
    pending: list[_Pending] = session.info.setdefault("events", [])
    unique = tuple(dict.fromkeys(refs))
    facts: dict[str, Any] = json.loads(json.dumps(data or {}, allow_nan=False), parse_float=_no_fraction)
    pending.append(_Pending(clock.now(), actor.ref, verb, audience, unique, facts))
    for watcher in _watchers:
        watcher(session, verb, unique)


def _no_fraction(text: str) -> float:
    raise ValueError(f"an event cannot hold the fraction {text}; write it as a text")


def digest(previous: str, seq: int, at: str, actor: str, verb: str, audience: str, refs: Any, data: Any) -> str:
    """The SHA-256 that an event must carry: over its predecessor's hash and its own canonical JSON."""
    body = json.dumps(
        [previous, seq, at, actor, verb, audience, refs, data],
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(body.encode()).hexdigest()


@before_commit
def seal(session: Session) -> None:
    """Append the transaction's events to the chain. Last before the commit, so the lock is held shortly."""
    pending: list[_Pending] = session.info.pop("events", [])
    if not pending:
        return
    end = select(EventHead.seq, EventHead.hash).where(EventHead.id == 1).with_for_update()
    seq, previous = session.execute(end).one()
    sealed: list[Event] = []
    for item in pending:
        seq += 1
        at = item.at.isoformat()
        mark = digest(previous, seq, at, item.actor, item.verb, item.audience, list(item.refs), item.data)
        sealed.append(
            Event(
                seq=seq, at=item.at, actor=item.actor, verb=item.verb, audience=item.audience,
                refs=list(item.refs), data=item.data, previous=previous, hash=mark,
            )
        )  # fmt: skip
        session.add(sealed[-1])
        session.add_all(EventRef(seq=seq, ref=name) for name in item.refs)
        previous = mark
    session.execute(update(EventHead).where(EventHead.id == 1).values(seq=seq, hash=previous))
    session.flush()
    for sealer in _sealers:
        sealer(session, sealed)


def history(
    session: Session, subject: str, *, audiences: Iterable[str] = AUDIENCES, after: int = 0, limit: int = 200
) -> list[Event]:
    """The events about ``subject`` that ``audiences`` may see, oldest first, those with ``seq`` > ``after``."""
    query = (
        select(Event)
        .join(EventRef, EventRef.seq == Event.seq)
        .where(EventRef.ref == subject, Event.seq > after, Event.audience.in_(tuple(audiences)))
        .order_by(EventRef.seq)
        .limit(limit)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken link: its number and what is wrong with it.

    ``missing`` or ``predecessor``: something was removed, inserted or rechained before it; ``content``: a field of it
    was changed; ``refs``: the index of its subjects was; ``head``: the end of the chain is not where it should be.
    """

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class _Stored:
    """A row of the log as it lies in the table: a damaged one need not even be JSON any more."""

    seq: int
    at: Any
    actor: Any
    verb: Any
    audience: Any
    refs: Any
    data: Any
    previous: Any
    hash: Any
    index: frozenset[str]

    def problem(self, previous: str) -> str:
        """What is wrong with this link after one whose hash is ``previous``; empty when nothing is."""
        if self.previous != previous:
            return "predecessor"
        try:
            refs, data = _json(self.refs), _json(self.data)
            at = _moment(self.at).isoformat()
            expected = digest(previous, self.seq, at, self.actor, self.verb, self.audience, refs, data)
        except (ValueError, TypeError):
            return "content"
        if self.hash != expected:
            return "content"
        return "" if self.index == frozenset(refs) else "refs"


def _json(value: Any) -> Any:
    """The value of a JSON column. As text (SQLite) it must stand exactly as we write it, spaces included."""
    if not isinstance(value, str):
        return value
    read = json.loads(value)
    if json.dumps(read) != value:
        raise ValueError("not as we write it")
    return read


def _moment(value: Any) -> datetime:
    """The value of a moment's column; as text (SQLite) exactly as we write it."""
    if not isinstance(value, str):
        return cast(datetime, value).astimezone(UTC)
    read = datetime.fromisoformat(value)
    if f"{read:%Y-%m-%d %H:%M:%S.%f}" != value:
        raise ValueError("not as we write it")
    return read.replace(tzinfo=UTC)


def _stored(session: Session) -> Iterator[_Stored]:
    """The log in order and in batches, read without the types' conversions, so that damage cannot stop the walk."""
    last = -sys.maxsize
    rows = text(
        "select seq, at, actor, verb, audience, refs, data, previous, hash from event"
        " where seq > :last order by seq limit :batch"
    )
    while True:
        batch = session.execute(rows, {"last": last, "batch": _BATCH}).all()
        if not batch:
            return
        index: dict[int, set[str]] = {}
        span = EventRef.seq.between(batch[0].seq, batch[-1].seq)
        for seq, name in session.execute(select(EventRef.seq, EventRef.ref).where(span)):
            index.setdefault(seq, set()).add(name)
        for row in batch:
            yield _Stored(**row._mapping, index=frozenset(index.get(row.seq, ())))
        last = batch[-1].seq


def broken_link(session: Session) -> Break | None:
    """Walk the whole chain and name the first link that does not hold; ``None`` when all do."""
    previous, seq = GENESIS, 0
    for item in _stored(session):
        if item.seq != seq + 1:
            return Break(seq + 1, "missing")
        if problem := item.problem(previous):
            return Break(item.seq, problem)
        previous, seq = item.hash, item.seq
    head = session.execute(select(EventHead.seq, EventHead.hash).where(EventHead.id == 1)).first()
    return None if head is not None and (head.seq, head.hash) == (seq, previous) else Break(seq + 1, "head")
