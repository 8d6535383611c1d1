"""The outbox: intents to act on the outside, committed with the change that caused them.

A job is due until it is done, failed or uncertain. It is claimed by a conditional UPDATE with a lease;
jobs of one lane run one at a time. A non-repeatable call is marked ``calling`` before it leaves: a worker
that dies there leaves a job that is never resent blindly, but looked up (``Effect.find``) or decided by a clerk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Index, String, exists, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from portal.core import clock, events
from portal.core.actors import SYSTEM, Actor
from portal.core.db import Base, insert_or_ignore
from portal.core.errors import Conflict, NotFound, OutsideError
from portal.core.ports import Ports
from portal.core.registry import Registry

DUE, DONE, FAILED, UNCERTAIN = "due", "done", "failed", "uncertain"

AFTER_FAILURE = timedelta(minutes=1)
"""How long a failed job rests when the same is asked for again."""

LONGEST_REST = timedelta(minutes=1)
"""A recurring job is tried again after at most this (or its own interval): when the outside is back, so are we."""

Request = TypeVar("Request")
Result = TypeVar("Result")


class Job(Base):
    """One intent. ``worker`` and ``lease_until`` say who holds it; ``every`` makes it recur (seconds)."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_run_after", "state", "run_after", "id"),
        Index("ix_job_lane_lease_until", "lane", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    topic: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    lane: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(10), default=DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str] = mapped_column(String(80), default="")
    calling: Mapped[bool] = mapped_column(default=False)
    every: Mapped[int | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def ref(self) -> str:
        return events.ref("job", self.id)


GaveUp = Callable[[Session, dict[str, Any], str, OutsideError], None]
"""Notes that a job ended without success: session, payload, the job's new state, the error."""


@dataclass(frozen=True)
class Effect(Generic[Request, Result]):
    """How the jobs of one topic are carried out.

    ``load``: read what the call needs; ``None`` means it is achieved already. ``call``: talk to the outside,
    with no session. ``save``: write what came of it, together with the job's end. ``repeatable`` False: the call
    must not be made twice; then ``find`` asks the other side whether it was made: a result, ``False`` for
    certainly not, ``None`` when it cannot tell. ``gave_up``: what to note when the job failed or is uncertain
    (called with the new state).
    """

    topic: str
    load: Callable[[Session, dict[str, Any]], Request | None]
    call: Callable[[Ports, Request], Result]
    save: Callable[[Session, dict[str, Any], Result], None]
    repeatable: bool = True
    find: Callable[[Ports, Request], Result | bool | None] | None = None
    gave_up: GaveUp | None = None
    attempts: int = 12
    next_at: Callable[[datetime], datetime] | None = None
    """Of a recurring job that has its hour: when it runs after now; else it rests for its interval."""
    lease: timedelta | None = None
    """How long the job belongs to its worker, for work that takes longer than any talk with another system."""


Effects = Registry[Effect[Any, Any]]


def enqueue(
    session: Session,
    topic: str,
    key: str,
    payload: dict[str, Any],
    *,
    lane: str = "",
    run_after: datetime | None = None,
    every: int | None = None,
    again: bool = False,
) -> bool:
    """Intend to do ``topic`` with ``payload`` after this transaction. The same ``key`` twice is one job.

    Returns whether the job is new. ``every`` (seconds) makes it recur until it is removed. ``again`` makes an
    ended job of this key due once more: what is confirmed to the outside may have to be confirmed again. A job
    that had failed waits a minute first; an uncertain one goes on waiting for a person.
    """
    now = clock.now()
    row = {
        "key": key, "topic": topic, "payload": payload, "lane": lane, "state": DUE, "attempts": 0, "worker": "",
        "run_after": run_after or now, "calling": False, "every": every, "error": "", "created_at": now,
    }  # fmt: skip
    inserted = insert_or_ignore(session, Job, row)
    if again and not inserted:
        _revive(session, key, payload, now)
    session.info["ring"] = True
    return inserted


def _revive(session: Session, key: str, payload: dict[str, Any], now: datetime) -> None:
    fresh = {"state": DUE, "payload": payload, "attempts": 0, "ended_at": None, "calling": False}
    for state, when in ((DONE, now), (FAILED, now + AFTER_FAILURE)):
        ended = update(Job).where(Job.key == key, Job.state == state)
        session.execute(ended.values(run_after=when, **fresh))


def hurry(session: Session, key: str) -> None:
    """Run a due or recurring job now rather than at its time: someone is waiting."""
    session.execute(update(Job).where(Job.key == key, Job.state == DUE).values(run_after=clock.now()))
    session.info["ring"] = True


def claim(session: Session, worker: str, lease: timedelta) -> Job | None:
    """Take the next runnable job for ``worker``, or ``None``.

    Claims queue behind each other for a moment, so that of a lane's jobs only one is taken; the row is locked
    while it is taken, so that a job ended or held by another at this instant is not.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(7261)"))
    now = clock.now()
    busy = aliased(Job)
    lane_busy = exists().where(busy.lane == Job.lane, busy.lease_until > now, busy.id != Job.id, busy.state == DUE)
    free = or_(Job.lease_until.is_(None), Job.lease_until <= now)
    query = (
        select(Job)
        .where(Job.state == DUE, Job.run_after <= now, free, or_(Job.lane == "", ~lane_busy))
        .order_by(Job.run_after, Job.id)
        .limit(1)
        .with_for_update(of=Job, skip_locked=True)
    )
    job = session.scalars(query).first()
    if job is None:
        return None
    job.worker, job.lease_until, job.attempts = worker, now + lease, job.attempts + 1
    return job


def held(session: Session, job_id: int, worker: str) -> Job | None:
    """The job, if ``worker`` still holds it: a worker whose lease ran out must not save."""
    query = select(Job).where(Job.id == job_id, Job.worker == worker, Job.state == DUE)
    return session.scalars(query.with_for_update()).first()


def finish(job: Job, next_at: Callable[[datetime], datetime] | None = None) -> None:
    """The job is done; a recurring one is due again after its interval, or at its hour."""
    job.worker, job.lease_until, job.calling, job.error, job.attempts = "", None, False, "", 0
    now = clock.now()
    if job.every:
        job.run_after = next_at(now) if next_at else now + timedelta(seconds=job.every)
    else:
        job.state, job.ended_at = DONE, now


def retry_at(attempts: int) -> timedelta:
    """The wait before the next try: 1 s, 2 s, 4 s … up to an hour."""
    return timedelta(seconds=min(3600, 2 ** max(0, attempts - 1)))


def postpone(job: Job, error: OutsideError, *, calling: bool = False, at_least: timedelta = timedelta(0)) -> None:
    """Try again later. ``calling``: a call that must not be repeated may have left, so it is looked up first."""
    job.worker, job.lease_until, job.error, job.calling = "", None, error.reason[:500], calling
    wait = retry_at(job.attempts)
    if job.every:
        wait = min(wait, max(LONGEST_REST, timedelta(seconds=job.every)))
    job.run_after = clock.now() + max(wait, at_least)


def end(session: Session, job: Job, state: str, error: OutsideError) -> None:
    """The job failed or stays uncertain: it goes on the list of a person."""
    job.state, job.worker, job.lease_until, job.ended_at = state, "", None, clock.now()
    job.error = error.reason[:500]
    facts = {"topic": job.topic, "code": error.code}
    events.record(session, SYSTEM, f"job.{state}", [job.ref], audience="system", data=facts)


def decide(session: Session, actor: Actor, job_id: int, *, again: bool) -> Job:
    """A person's word on a failed or uncertain job: try ``again``, or it is settled.

    Raises ``NotFound``, ``Conflict`` when the job waits for nobody.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound("job.unknown")
    if job.state not in (FAILED, UNCERTAIN):
        raise Conflict("job.not_waiting", state=job.state)
    job.calling, job.attempts = False, 0
    job.state = DUE if again else DONE
    job.run_after, job.ended_at = clock.now(), None if again else clock.now()
    facts = {"again": again}
    events.record(session, actor, "job.decided", [job.ref], audience="office", data=facts)
    session.info["ring"] = True
    return job


def next_due(session: Session) -> datetime | None:
    """When the earliest job that nobody holds may run."""
    free = or_(Job.lease_until.is_(None), Job.lease_until <= clock.now())
    query = select(func.min(Job.run_after)).where(Job.state == DUE, free)
    return session.execute(query).scalar_one_or_none()
