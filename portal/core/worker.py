"""The worker: takes jobs from the outbox and carries out their effects.

The only file that knows the queue library: huey's storage is a bell between processes, its messages carry
no facts. A lost ring costs at most ``IDLE`` seconds, a lost worker is noticed by its released file lock.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import uuid
from collections.abc import Callable
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
        self._file: IO[str] = (folder / self.name).open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def dead(self) -> list[str]:
        """Names of workers of this folder that live no more; their files are removed."""
        gone = []
        for path in self.folder.iterdir():
            if path.name == self.name:
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

    ``lease`` must be longer than the longest timeout of any port. ``step`` is called at each marked point
    (``claimed``, ``loaded``, ``calling``, ``called``, ``saved``) and exists for fault tests.
    """

    def __init__(
        self,
        database: Database,
        effects: Effects,
        ports: Ports,
        presence: Presence,
        *,
        lease: timedelta = timedelta(minutes=5),
        step: Step = _no_step,
    ) -> None:
        self.database, self.effects, self.ports, self.presence = database, effects, ports, presence
        self.lease, self.step = lease, step
        self.name = f"{presence.name}/{uuid.uuid4().hex[:6]}"

    def reclaim(self) -> int:
        """Free the jobs of workers that died on this machine, without waiting for their leases."""
        freed = 0
        for name in self.presence.dead():
            with self.database.transaction() as session:
                orphan = update(Job).where(Job.worker.startswith(f"{name}/"), Job.state == outbox.DUE)
                freed += getattr(session.execute(orphan.values(lease_until=None, worker="")), "rowcount", 0)
            self.presence.forget(name)
        return freed

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
        if job.topic not in self.effects:
            self._close(
                job, outbox.FAILED, Permanent("no effect handles this topic", code="outbox.topic"), None
            )
            return True
        self._carry_out(job, self.effects.get(job.topic))
        return True

    def drain(self, limit: int = 10_000) -> int:
        """Run jobs until none is due; the number run. For commands and tests."""
        return next((n for n in range(limit) if not self.run_one()), limit)

    def _carry_out(self, job: Job, effect: Effect[Any, Any]) -> None:
        try:
            self._steps(job, effect)
        except Temporary as error:
            self._again(job, effect, error)
        except Uncertain as error:
            self._look_up_later(job, effect, error)
        except Permanent as error:
            self._close(job, outbox.FAILED, error, effect)
        except DomainError as error:
            self._close(job, outbox.FAILED, Permanent(error.code, code=error.code), effect)
        except Exception as error:
            # A defect of ours. It is logged as one, and the job stays visible instead of being lost.
            log.exception("effect_defect", job=job.id, topic=job.topic)
            self._again(job, effect, Temporary(f"defect: {type(error).__name__}", code="outbox.defect"))

    def _steps(self, job: Job, effect: Effect[Any, Any]) -> None:
        with self.database.reading() as session:
            request = effect.load(session, job.payload)
        self.step("loaded", job)
        if request is None:
            self._save(job, effect, None, achieved=True)
            return
        require_no_transaction()
        result = self._found(job, effect, request) if job.calling else None
        if result is None:
            if not effect.repeatable:
                self._mark_calling(job)
            self.step("calling", job)
            result = effect.call(self.ports, request)
            self.step("called", job)
        self._save(job, effect, result)

    def _found(self, job: Job, effect: Effect[Any, Any], request: Any) -> Any:
        """The call left once and nobody knows what came of it: ask, and never repeat it blindly."""
        found = effect.find(self.ports, request) if effect.find else None
        if found is None:
            raise _Unknown("the earlier call left and its outcome is not known", code="outbox.uncertain")
        if found is False:
            return None
        return found

    def _mark_calling(self, job: Job) -> None:
        with self.database.transaction() as session:
            row = self._held(session, job)
            row.calling = True

    def _save(self, job: Job, effect: Effect[Any, Any], result: Any, *, achieved: bool = False) -> None:
        with self.database.transaction() as session:
            row = self._held(session, job)
            if not achieved:
                effect.save(session, row.payload, result)
            outbox.finish(row)
        self.step("saved", job)

    def _held(self, session: Session, job: Job) -> Job:
        row = outbox.held(session, job.id, self.name)
        if row is None:
            raise _LostLease("the lease ran out and another worker has the job", code="outbox.lease")
        return row

    def _again(self, job: Job, effect: Effect[Any, Any], error: Temporary) -> None:
        if isinstance(error, _LostLease):
            log.warning("lease_lost", job=job.id, topic=job.topic)
            return
        if job.attempts >= effect.attempts and not job.every:
            self._close(job, outbox.FAILED, error, effect)
            return
        with self.database.transaction() as session:
            row = self._held(session, job)
            # The call came back with "try later": it certainly was not carried out.
            row.calling = False
            outbox.postpone(row, error)
        log.info("job_postponed", job=job.id, topic=job.topic, reason=error.reason, attempts=job.attempts)

    def _look_up_later(self, job: Job, effect: Effect[Any, Any], error: Uncertain) -> None:
        if isinstance(error, _Unknown) or effect.find is None or job.attempts >= effect.attempts:
            self._close(job, outbox.UNCERTAIN, error, effect)
            return
        with self.database.transaction() as session:
            row = self._held(session, job)
            row.calling = True
            outbox.postpone(row, error)
        log.warning("job_uncertain", job=job.id, topic=job.topic, reason=error.reason)

    def _close(self, job: Job, state: str, error: OutsideError, effect: Effect[Any, Any] | None) -> None:
        if job.every:
            # A recurring job is never lost: it is tried again at its next time.
            with self.database.transaction() as session:
                outbox.postpone(self._held(session, job), error, wait=timedelta(seconds=job.every))
            log.error("recurring_job_failed", job=job.id, topic=job.topic, reason=error.reason)
            return
        with self.database.transaction() as session:
            row = self._held(session, job)
            outbox.end(session, row, state, error)
            if effect is not None and effect.gave_up is not None:
                effect.gave_up(session, row.payload, state, error)
        log.error("job_ended", job=job.id, topic=job.topic, state=state, reason=error.reason, code=error.code)

    def run(self, bell: Bell, stop: threading.Event) -> None:
        """Work until ``stop`` is set, sleeping between rings."""
        while not stop.is_set():
            try:
                if self.run_one():
                    continue
                self.reclaim()
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


class _LostLease(Temporary):
    """Another worker has the job now; this one must leave it alone."""


class _Unknown(Uncertain):
    """Nobody can tell whether the call was made: a person decides."""
