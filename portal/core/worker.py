"""The worker: takes jobs from the outbox and carries out their effects.

The only file that knows the queue library: huey's storage is a bell between processes, its messages carry
no facts. A lost ring costs at most ``IDLE`` seconds, a lost worker is noticed by its released file lock.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, Protocol

import structlog
from huey.storage import MemoryStorage, SqliteStorage
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core import clock, outbox
from portal.core.db import Database, after_commit, require_no_transaction
from portal.core.errors import DomainError, OutsideError, Permanent, Temporary, Uncertain
from portal.core.outbox import Effect, Effects, Job
from portal.core.ports import Ports

log = structlog.get_logger(__name__)

IDLE = 1.0
"""Seconds between looks at the outbox when nobody rings."""

_LOOK = 0.05


class Bell(Protocol):
    """Wakes a sleeping worker."""

    def ring(self) -> None:
        """There may be work."""

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return when it rang, ``stop`` is set, or ``seconds`` are over."""


class HueyBell:
    """A bell over a huey storage: in memory within a process, SQLite's between processes of one machine."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            self._storage: Any = MemoryStorage("bell")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._storage = SqliteStorage("bell", filename=str(folder / "bell.sqlite3"), fsync=False)

    def ring(self) -> None:
        self._storage.enqueue(b"ring")

    def wait(self, seconds: float, stop: threading.Event) -> None:
        waited = 0.0
        while waited < seconds and not stop.is_set():
            if self._storage.dequeue() is not None:
                self._storage.flush_queue()
                return
            stop.wait(_LOOK)
            waited += _LOOK


_bells: list[Bell] = []


def install_bell(bell: Bell) -> None:
    """Ring ``bell`` after each commit of this process that left a job."""
    _bells[:] = [bell]


@after_commit
def _ring(session: Session) -> None:
    if session.info.pop("ring", False):
        for bell in _bells:
            bell.ring()


class Presence:
    """Proof that a worker lives: a locked file. The kernel lets go of the lock when the process dies."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.name = f"{socket.gethostname()[:30]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        # Locked before it bears its name: a file that is seen without a lock is a dead worker's.
        unnamed = folder / f".{self.name}"
        self._file: IO[str] = unnamed.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unnamed.rename(folder / self.name)

    def dead(self) -> list[str]:
        """Names of workers of this folder that live no more; their files are removed."""
        gone = []
        for path in self.folder.iterdir():
            if path.name == self.name or path.name.startswith("."):
                continue
            try:
                with path.open("r+") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, FileNotFoundError):
                continue
            gone.append(path.name)
        return gone

    def forget(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def leave(self) -> None:
        self._file.close()
        self.forget(self.name)


Step = Callable[[str, Job], None]


def _no_step(_point: str, _job: Job) -> None:
    """Nothing to do at a marked point; fault tests put a kill here."""


class Worker:
    """Runs jobs one after another. Several may run beside each other, in threads, processes or machines.

    ``lease`` must be longer than the longest timeout of any port. ``grace`` is how long the other side may still
    be busy with a call whose caller died or stopped waiting: only then is it asked what came of it. ``step`` is
    called at each marked point (``claimed``, ``loaded``, ``calling``, ``called``, ``saved``), for fault tests.
    """

    def __init__(
        self,
        database: Database,
        effects: Effects,
        ports: Ports,
        presence: Presence,
        *,
        lease: timedelta = timedelta(minutes=5),
        grace: timedelta = timedelta(seconds=30),
        step: Step = _no_step,
    ) -> None:
        self.database, self.effects, self.ports, self.presence = database, effects, ports, presence
        self.lease, self.grace, self.step = lease, grace, step
        self.name = f"{presence.name}/{uuid.uuid4().hex[:6]}"

    def reclaim(self) -> int:
        """Free the jobs of workers that died on this machine, without waiting for their leases."""
        freed = 0
        for name in self.presence.dead():
            with self.database.transaction() as session:
                freed += self._free(session, name)
            self.presence.forget(name)
        return freed

    def _free(self, session: Session, name: str) -> int:
        mine = (Job.worker.startswith(f"{name}/", autoescape=True), Job.state == outbox.DUE)
        later = update(Job).where(*mine, Job.calling).values(run_after=clock.now() + self.grace)
        session.execute(later)
        orphans = update(Job).where(*mine).values(lease_until=None, worker="")
        return int(getattr(session.execute(orphans), "rowcount", 0))

    def run_one(self) -> bool:
        """Carry out the next job. Says whether there was one."""
        with self.database.reading() as session:
            due = outbox.next_due(session)
        if due is None or due > clock.now():
            return False
        with self.database.transaction() as session:
            job = outbox.claim(session, self.name, self.lease)
        if job is None:
            return False
        self.step("claimed", job)
        try:
            self._carry_out(job)
        except _LostLease:
            log.warning("lease_lost", job=job.id, topic=job.topic)
        return True

    def drain(self, limit: int = 10_000) -> int:
        """Run jobs until none is due; the number run. For commands and tests."""
        return next((n for n in range(limit) if not self.run_one()), limit)

    def _carry_out(self, job: Job) -> None:
        if job.topic not in self.effects:
            unknown = Permanent("no effect handles this topic", code="outbox.topic")
            self._close(job, outbox.FAILED, unknown, None)
            return
        effect = self.effects.get(job.topic)
        attempt = _Attempt(left=job.calling)
        try:
            self._steps(job, effect, attempt)
        except _LostLease:
            raise
        except OutsideError as error:
            self._went_wrong(job, effect, error, attempt)
        except DomainError as error:
            self._went_wrong(job, effect, Permanent(error.code, code=error.code), attempt)
        except Exception as error:
            # A defect of ours. It is logged as one, and the job stays visible instead of being lost.
            log.exception("effect_defect", job=job.id, topic=job.topic)
            defect = Temporary(f"defect: {type(error).__name__}", code="outbox.defect")
            self._went_wrong(job, effect, defect, attempt)

    def _steps(self, job: Job, effect: Effect[Any, Any], attempt: _Attempt) -> None:
        if effect.lease is not None:
            with self.database.transaction() as session:
                self._held(session, job).lease_until = clock.now() + max(effect.lease, self.lease)
        with self.database.reading() as session:
            request = effect.load(session, job.payload)
        self.step("loaded", job)
        if request is None:
            self._save(job, effect, None, achieved=True)
            return
        require_no_transaction()
        result = self._found(effect, request) if attempt.left else None
        if result is None:
            result = self._call(job, effect, request, attempt)
        self._save(job, effect, result)

    def _found(self, effect: Effect[Any, Any], request: Any) -> Any:
        """The call left once and nobody knows what came of it: ask, and never repeat it blindly."""
        found = effect.find(self.ports, request) if effect.find else None
        if found is None:
            raise _Unknown("the earlier call left and its outcome is not known", code="outbox.uncertain")
        return None if found is False else found

    def _call(self, job: Job, effect: Effect[Any, Any], request: Any, attempt: _Attempt) -> Any:
        if not effect.repeatable:
            self._mark_calling(job)
            attempt.left = True
        self.step("calling", job)
        try:
            result = effect.call(self.ports, request)
        except (Temporary, Permanent):
            # The adapter's word: it was certainly not carried out.
            attempt.left = False
            raise
        self.step("called", job)
        return result

    def _mark_calling(self, job: Job) -> None:
        with self.database.transaction() as session:
            self._held(session, job).calling = True

    def _save(self, job: Job, effect: Effect[Any, Any], result: Any, *, achieved: bool = False) -> None:
        with self.database.transaction() as session:
            row = self._held(session, job)
            if not achieved:
                effect.save(session, row.payload, result)
            outbox.finish(row, effect.next_at)
        self.step("saved", job)

    def _held(self, session: Session, job: Job) -> Job:
        row = outbox.held(session, job.id, self.name)
        if row is None:
            raise _LostLease("the lease ran out and another worker has the job", code="outbox.lease")
        return row

    def _went_wrong(self, job: Job, effect: Effect[Any, Any], error: OutsideError, attempt: _Attempt) -> None:
        """Again later, or on a person's list. What may have been done already is never called simply failed."""
        uncertain = not effect.repeatable and (attempt.left or isinstance(error, Uncertain))
        hopeless = isinstance(error, Permanent | _Unknown) or job.attempts >= effect.attempts
        if uncertain and effect.find is None:
            hopeless = True
        if job.every or not hopeless:
            self._again(job, error, calling=uncertain)
        else:
            self._close(job, outbox.UNCERTAIN if uncertain else outbox.FAILED, error, effect)

    def _again(self, job: Job, error: OutsideError, *, calling: bool) -> None:
        with self.database.transaction() as session:
            rest = self.grace if calling else timedelta(0)
            outbox.postpone(self._held(session, job), error, calling=calling, at_least=rest)
        log.info("job_postponed", job=job.id, topic=job.topic, reason=error.reason, attempts=job.attempts)

    def _close(self, job: Job, state: str, error: OutsideError, effect: Effect[Any, Any] | None) -> None:
        gave_up = effect.gave_up if effect is not None else None
        try:
            self._end(job, state, error, gave_up)
        except DomainError as refusal:
            # The thing has moved on meanwhile; the job's own end must not hang on that.
            log.warning("gave_up_refused", job=job.id, topic=job.topic, code=refusal.code)
            self._end(job, state, error, None)
        log.error("job_ended", job=job.id, topic=job.topic, state=state, reason=error.reason, code=error.code)

    def _end(self, job: Job, state: str, error: OutsideError, gave_up: outbox.GaveUp | None) -> None:
        with self.database.transaction() as session:
            row = self._held(session, job)
            outbox.end(session, row, state, error)
            if gave_up is not None:
                gave_up(session, row.payload, state, error)

    def run(self, bell: Bell, stop: threading.Event) -> None:
        """Work until ``stop`` is set, sleeping between rings."""
        looked = 0.0
        while not stop.is_set():
            try:
                # However busy: what a dead worker held may block a whole lane.
                if time.monotonic() - looked >= IDLE:
                    self.reclaim()
                    looked = time.monotonic()
                if self.run_one():
                    continue
            except Exception:
                # The database may be away for a moment; the worker must outlive that.
                log.exception("worker_stumbled")
            bell.wait(self._pause(), stop)

    def _pause(self) -> float:
        try:
            with self.database.reading() as session:
                due = session.execute(
                    select(Job.run_after).where(Job.state == outbox.DUE, Job.run_after > clock.now())
                    .order_by(Job.run_after).limit(1)
                ).scalar_one_or_none()  # fmt: skip
        except Exception:
            log.exception("worker_stumbled")
            return IDLE
        if due is None:
            return IDLE
        return max(_LOOK, min(IDLE, (due - clock.now()).total_seconds()))


@dataclass(slots=True)
class _Attempt:
    """``left``: a call that must not be made twice may have been made, and what came of it is not saved."""

    left: bool


class _LostLease(Temporary):
    """Another worker has the job now; this one must leave it alone."""


class _Unknown(Uncertain):
    """Nobody can tell whether the call was made: a person decides."""
