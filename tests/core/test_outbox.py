"""The outbox: one job per key, one at a time per lane, and a person's word where nobody else knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.core import clock, outbox
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.errors import Conflict, NotFound, Temporary
from portal.core.outbox import Job

LEASE = timedelta(minutes=5)


def put(database: Database, key: str, **more: object) -> bool:
    with database.transaction() as session:
        return outbox.enqueue(session, "post", key, {}, **more)  # type: ignore[arg-type]


def claim(database: Database, worker: str = "w") -> str | None:
    with database.transaction() as session:
        job = outbox.claim(session, worker, LEASE)
        return job.key if job else None


def test_the_same_key_twice_is_one_job(database: Database) -> None:
    assert (put(database, "a"), put(database, "a")) == (True, False)
    with database.reading() as session:
        assert session.scalar(select(func.count(Job.id))) == 1


def test_a_job_of_an_act_that_failed_was_never_intended(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            outbox.enqueue(session, "post", "a", {})
            raise Conflict("no")

    with pytest.raises(Conflict):
        fail()
    assert claim(database) is None


def test_jobs_are_taken_in_the_order_of_their_time(database: Database) -> None:
    now = clock.now()
    put(database, "late", run_after=now - timedelta(seconds=1))
    put(database, "early", run_after=now - timedelta(seconds=9))
    put(database, "tomorrow", run_after=now + timedelta(days=1))
    assert [claim(database) for _ in range(3)] == ["early", "late", None]


def test_a_lane_runs_one_job_at_a_time(database: Database) -> None:
    for key, lane in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("free1", ""), ("free2", "")):
        put(database, key, lane=lane)
    taken = [claim(database) for _ in range(5)]
    assert [key for key in taken if key] == ["a1", "b1", "free1", "free2"]
    with database.transaction() as session:
        outbox.finish(session.scalars(select(Job).where(Job.key == "a1")).one())
    assert claim(database) == "a2"


def test_a_lease_that_ran_out_frees_the_job_and_its_lane(database: Database) -> None:
    put(database, "a1", lane="a")
    put(database, "a2", lane="a")
    assert claim(database) == "a1"
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        assert claim(database, "other") == "a1"
    with database.transaction() as session:
        job = session.scalars(select(Job).where(Job.key == "a1")).one()
        assert outbox.held(session, job.id, "w") is None
        assert outbox.held(session, job.id, "other") is job


def test_again_makes_an_ended_job_due_but_not_an_uncertain_one(database: Database) -> None:
    for state in (outbox.DONE, outbox.FAILED, outbox.UNCERTAIN):
        put(database, state)
        with database.transaction() as session:
            session.scalars(select(Job).where(Job.key == state)).one().state = state
        assert not put(database, state, again=True)
    with database.reading() as session:
        states = {job.key: job.state for job in session.scalars(select(Job))}
        rests = {job.key: job.run_after for job in session.scalars(select(Job))}
    assert states == {"done": "due", "failed": "due", "uncertain": "uncertain"}
    assert rests["failed"] > clock.now() + timedelta(seconds=50)
    assert claim(database) == "done"


def test_hurry_brings_a_waiting_job_forward(database: Database) -> None:
    put(database, "a", run_after=clock.now() + timedelta(hours=1))
    with database.transaction() as session:
        outbox.hurry(session, "a")
    assert claim(database) == "a"


def test_waits_double_up_to_an_hour() -> None:
    waits = [outbox.retry_at(n).total_seconds() for n in (0, 1, 2, 3, 12, 13, 60)]
    assert waits == [1, 1, 2, 4, 2048, 3600, 3600]


def test_a_recurring_job_is_never_more_than_a_minute_late(database: Database) -> None:
    put(database, "a", every=2)
    with database.transaction() as session:
        job = session.scalars(select(Job)).one()
        job.attempts = 50
        outbox.postpone(job, Temporary("away"))
        assert job.run_after <= clock.now() + outbox.LONGEST_REST


@pytest.mark.parametrize(("again", "state"), [(True, "due"), (False, "done")])
def test_a_person_decides_about_an_uncertain_job(database: Database, again: bool, state: str) -> None:
    put(database, "a")
    with database.transaction() as session:
        job = session.scalars(select(Job)).one()
        with pytest.raises(Conflict):
            outbox.decide(session, SYSTEM, job.id, again=True)
        job.state, job.calling = outbox.UNCERTAIN, True
        outbox.decide(session, SYSTEM, job.id, again=again)
        assert (job.state, job.calling) == (state, False)
        with pytest.raises(NotFound):
            outbox.decide(session, SYSTEM, 999, again=True)


def test_the_next_moment_counts_only_jobs_nobody_holds(database: Database) -> None:
    put(database, "a")
    with database.reading() as session:
        assert outbox.next_due(session) is not None
    claim(database)
    with database.reading() as session:
        assert outbox.next_due(session) is None
