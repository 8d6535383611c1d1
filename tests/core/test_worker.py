"""The worker: whatever the outside does, nothing is lost, nothing that must not be repeated is repeated."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.core import clock, outbox
from portal.core.db import Database
from portal.core.errors import Conflict, Permanent, Temporary, Uncertain
from portal.core.outbox import Job
from portal.core.worker import HueyBell, Presence, Worker, install_bell
from tests.core.conftest import Benches
from tests.core.outside import Outside


def test_a_job_is_loaded_called_and_saved_once(benches: Benches, outside: Outside) -> None:
    bench = benches(outside.effect())
    bench.put()
    assert (bench.run(), bench.run()) == (1, 0)
    assert (outside.done, outside.saved, bench.job().state) == (["a"], ["answer to a"], "done")


def test_what_is_achieved_already_is_not_done_again(benches: Benches, outside: Outside) -> None:
    outside.achieved = True
    bench = benches(outside.once())
    bench.put()
    bench.run()
    assert (outside.done, outside.saved, bench.job().state) == ([], [], "done")


def test_temporary_trouble_is_waited_out(benches: Benches, outside: Outside) -> None:
    outside.moods = [Temporary("busy"), Temporary("busy")]
    bench = benches(outside.once())
    bench.put()
    bench.run()
    assert (bench.job().state, bench.job().error) == ("due", "busy")
    bench.settle()
    assert (outside.done, bench.job().state, bench.job().calling) == (["a"], "done", False)


def test_trouble_without_end_becomes_a_failure_on_a_persons_list(benches: Benches, outside: Outside) -> None:
    outside.moods = [Temporary("busy", code="x") for _ in range(10)]
    bench = benches(outside.effect())
    bench.put()
    bench.settle()
    assert (bench.job().state, bench.job().attempts, outside.gave_up) == ("failed", 4, [("failed", "x")])


def test_a_refusal_fails_at_once(benches: Benches, outside: Outside) -> None:
    outside.moods = [Permanent("no", code="x")]
    bench = benches(outside.once())
    bench.put()
    bench.run()
    assert (bench.job().state, outside.done, outside.gave_up) == ("failed", [], [("failed", "x")])


def test_a_lost_answer_is_looked_up_after_a_grace_and_not_sent_again(benches: Benches, outside: Outside) -> None:
    outside.after = [Uncertain("no answer")]
    bench = benches(outside.once())
    bench.put()
    bench.run()
    assert bench.run(seconds=29) == 0
    bench.run(seconds=2)
    assert (outside.done, outside.saved, bench.job().state) == (["a"], ["found a"], "done")


def test_a_call_that_certainly_never_arrived_is_made_again(benches: Benches, outside: Outside) -> None:
    outside.moods = [Uncertain("no answer")]
    bench = benches(outside.once())
    bench.put()
    bench.settle(2)
    assert (outside.done, outside.saved) == (["a"], ["answer to a"])


@pytest.mark.parametrize("lookups", [[Temporary("busy")], [ValueError("defect")], [Uncertain("x")]])
def test_a_lookup_that_fails_does_not_make_the_call_look_unmade(
    benches: Benches, outside: Outside, lookups: list[BaseException]
) -> None:
    outside.after, outside.lookups = [Uncertain("no answer")], lookups
    bench = benches(outside.once())
    bench.put()
    bench.settle()
    assert (outside.done, outside.saved, bench.job().state) == (["a"], ["found a"], "done")


def test_lookups_without_end_leave_it_uncertain_and_never_failed(benches: Benches, outside: Outside) -> None:
    outside.after = [Uncertain("no answer")]
    outside.lookups = [Temporary("busy", code="b") for _ in range(20)]
    bench = benches(outside.once())
    bench.put()
    bench.settle()
    assert (outside.done, bench.job().state, outside.gave_up) == (["a"], "uncertain", [("uncertain", "b")])


@pytest.mark.parametrize("wrong", [ValueError("defect"), Conflict("x"), Temporary("x"), Permanent("x")])
def test_a_result_that_could_not_be_saved_is_not_got_by_sending_again(
    benches: Benches, outside: Outside, wrong: BaseException
) -> None:
    outside.saves = [wrong]
    bench = benches(outside.once())
    bench.put()
    bench.settle()
    assert outside.done == ["a"]
    assert bench.job().state in ("done", "uncertain")


def test_when_nobody_can_tell_a_person_decides(benches: Benches, outside: Outside) -> None:
    outside.after, outside.tells = [Uncertain("no answer")], False
    bench = benches(outside.once())
    bench.put()
    bench.settle()
    assert (outside.done, bench.job().state) == (["a"], "uncertain")
    assert outside.gave_up == [("uncertain", "outbox.uncertain")]


def test_without_a_way_to_look_up_a_lost_answer_is_uncertain_at_once(benches: Benches, outside: Outside) -> None:
    outside.after = [Uncertain("no answer")]
    bench = benches(outside.effect(repeatable=False))
    bench.put()
    bench.run()
    assert (outside.done, bench.job().state) == (["a"], "uncertain")


def test_a_defect_after_the_call_is_looked_up_too(benches: Benches, outside: Outside) -> None:
    outside.after = [KeyError("defect in the adapter")]
    bench = benches(outside.once())
    bench.put()
    bench.settle()
    assert (outside.done, bench.job().state) == (["a"], "done")


def test_a_repeatable_call_is_simply_made_again(benches: Benches, outside: Outside) -> None:
    outside.after = [Uncertain("no answer")]
    bench = benches(outside.effect())
    bench.put()
    bench.settle(3)
    assert (outside.done, bench.job().state) == (["a", "a"], "done")


def test_a_job_nobody_handles_fails_visibly(benches: Benches) -> None:
    bench = benches()
    bench.put()
    bench.run()
    assert (bench.job().state, bench.job().error) == ("failed", "no effect handles this topic")


def test_a_note_that_is_refused_does_not_keep_the_job_alive(benches: Benches, outside: Outside) -> None:
    def refuse(*_: object) -> None:
        raise Conflict("moved.on")

    outside.moods = [Permanent("no")]
    bench = benches(outside.effect(gave_up=refuse))
    bench.put()
    bench.run()
    assert bench.job().state == "failed"


def test_a_recurring_job_survives_everything(benches: Benches, outside: Outside) -> None:
    outside.moods = [Permanent("no"), ValueError("defect"), Temporary("busy")]
    bench = benches(outside.effect())
    bench.put(every=2)
    for _ in range(6):
        bench.run(seconds=61)
    assert (bench.job().state, len(outside.done) >= 2) == ("due", True)
    assert bench.job().run_after == bench.now + timedelta(seconds=2)


def test_a_worker_whose_lease_ran_out_leaves_the_job_alone(
    database: Database, benches: Benches, outside: Outside
) -> None:
    bench = benches(outside.effect())

    def stolen(point: str, job: Job) -> None:
        if point == "called":
            with database.transaction() as session:
                session.get_one(Job, job.id).worker = "other"

    bench.worker.step = stolen
    bench.put()
    bench.run()
    assert (outside.saved, bench.job().worker, bench.job().state) == ([], "other", "due")


def test_the_jobs_of_a_dead_worker_are_freed_at_once_and_lookups_wait_a_little(
    database: Database, benches: Benches, outside: Outside
) -> None:
    bench = benches(outside.once())
    ghost = Presence(bench.presence.folder)
    for name in ("plain", "calling"):
        bench.put(name)
    with clock.frozen(bench.now), database.transaction() as session:
        for name in ("plain", "calling"):
            job = outbox.claim(session, f"{ghost.name}/1", timedelta(hours=1))
            assert job is not None
            job.calling = name == "calling"
            session.flush()
    assert bench.worker.reclaim() == 0
    ghost._file.close()
    with clock.frozen(bench.now):
        assert bench.worker.reclaim() == 2
    bench.run()
    assert outside.done == ["plain"]
    bench.run(seconds=31)
    assert outside.done == ["plain", "calling"]
    assert [path.name for path in bench.presence.folder.iterdir()].count(ghost.name) == 0


def test_a_worker_with_a_half_made_presence_is_not_taken_for_dead(tmp_path: Path) -> None:
    mine = Presence(tmp_path)
    (tmp_path / ".just-starting").touch()
    assert mine.dead() == []
    mine.leave()


def test_the_outside_is_never_called_within_a_transaction(
    database: Database, benches: Benches, outside: Outside
) -> None:
    bench = benches(outside.effect())
    bench.put()
    with database.reading():
        bench.run()
    assert (outside.done, bench.job().error) == ([], "defect: RuntimeError")


def test_a_bell_wakes_a_sleeping_worker_in_another_thread(tmp_path: Path, benches: Benches, outside: Outside) -> None:
    bell, stop, saved = HueyBell(tmp_path / "bell"), threading.Event(), threading.Event()
    install_bell(bell)

    def save(_session: Session, _payload: dict[str, object], _result: str) -> None:
        saved.set()

    effect = outside.effect()
    bench = benches(type(effect)(effect.topic, effect.load, effect.call, save))
    thread = threading.Thread(target=bench.worker.run, args=(bell, stop))
    thread.start()
    bench.put()
    assert saved.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_many_workers_share_the_work_and_repeat_none(database: Database, benches: Benches, outside: Outside) -> None:
    bench = benches(outside.once())
    for number in range(40):
        bench.put(str(number), lane=f"lane{number % 3}" if number % 2 else "")
    workers = [Worker(database, bench.worker.effects, bench.worker.ports, bench.presence) for _ in range(4)]

    def work(worker: Worker) -> None:
        deadline = clock.now() + timedelta(seconds=60)
        while len(outside.saved) < 40 and clock.now() < deadline:
            worker.run_one()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert sorted(outside.done, key=int) == [str(number) for number in range(40)]


def test_a_recurring_job_with_an_hour_of_its_own_runs_then(benches: Benches, outside: Outside) -> None:
    bench = benches(outside.effect(next_at=lambda now: now + timedelta(hours=5)))
    bench.put(every=2)
    bench.run()
    assert bench.job().run_after == bench.now + timedelta(hours=5)
