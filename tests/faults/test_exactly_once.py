"""Exactly once, whatever dies: the worker is killed by SIGKILL while it talks to the real sandbox.

Every document is registered exactly once, no letter is sent twice, no receipt is lost, no number is missing.
The two wrong designs must fail the same check. ``WROTA_TEST_FULL=1``: two hundred deaths at random, two hundred at
marked points, two hundred while the outside misbehaves; the short form shows the same with fewer.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.core.db import Database
from tests.faults.controls import DESIGNS, MIDWAY
from tests.faults.world import Tally, World, living

FULL = os.environ.get("WROTA_TEST_FULL") == "1"
DEATHS = 200 if FULL else 12
TOPICS = ("submission.lodge", "channel.poll", "channel.acknowledge", "delivery.send")
POINTS = ("claimed", "loaded", "calling", "called", "saved")
PATIENCE = 6.0
"""Seconds a worker gets to reach its point."""
TRIES = 4

Mishap = tuple[str, str, dict[str, int]]
ONCE: tuple[Mishap, ...] = (
    ("nadaj", "drop", {}), ("nadaj", "status", {"code": 503}), ("nadaj", "lose", {}), ("nadaj", "half", {}),
    ("nadaj", "late", {"ms": 3500}), ("nadaj", "wrong_key", {}), ("nadaj", "stranger", {}), ("nadaj", "unsigned", {}),
    ("nadaj", "tampered", {}), ("nadaj", "wrapped", {"variant": 1}), ("nadaj", "duplicate", {}), ("nadaj", "fault", {}),
    ("dorecz", "drop", {}), ("dorecz", "lose", {}), ("dorecz", "half", {}), ("dorecz", "wrong_key", {}),
    ("dorecz", "status", {"code": 500}), ("dorecz", "wrapped", {"variant": 2}), ("dorecz", "fault", {}),
    ("pobierzNastepny", "drop", {}), ("pobierzNastepny", "lose", {}), ("pobierzNastepny", "fault", {}),
    ("pobierzNastepny", "tampered", {}), ("pobierzNastepny", "wrapped", {"variant": 3}),
    ("pobierzNastepny", "late", {"ms": 3500}), ("pobierzNastepny", "status", {"code": 503}),
    ("potwierdzOdebranie", "drop", {}), ("potwierdzOdebranie", "lose", {}), ("potwierdzOdebranie", "fault", {}),
    ("potwierdzOdebranie", "fault_after", {}), ("potwierdzOdebranie", "duplicate", {}),
    ("potwierdzOdebranie", "unsigned", {}), ("potwierdzOdebranie", "status", {"code": 500}),
)  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """One row of the table: how workers die and what the outside does meanwhile."""

    name: str
    points: tuple[tuple[str, str], ...] = ()
    random_deaths: int = 0
    mishaps: tuple[Mishap, ...] = ()
    deaths: int = 1

    def play(self, world: World) -> Tally:
        dice = random.Random(f"{self.name}")
        for operation, kind, params in self.mishaps:
            world.sandbox.mishap(operation, kind, 1, **params)
        if self.mishaps:
            world.feed(letters=10, submissions=14, deliveries=9)
        for _ in range(self.deaths):
            for topic, point in self.points:
                world.feed()
                reached = any(world.kill_at(topic, point, PATIENCE) for _ in range(TRIES))
                assert reached, f"no worker came to {topic}@{point}"
        for _ in range(self.random_deaths):
            world.feed()
            world.kill_after(dice.uniform(0.05, 0.9))
        world.finish(900 if FULL else 240)
        tally = world.check()
        print(f"\n{self.name}: {tally.table()}")
        return tally


def _points(topics: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((topic, point) for topic in topics for point in POINTS)


SCENARIOS = (
    Scenario("killed at random moments", random_deaths=DEATHS),
    Scenario("killed at every marked point", points=_points(TOPICS), deaths=10 if FULL else 1),
    Scenario("an outside that misbehaves in every way", mishaps=ONCE),
    Scenario("killed while the outside misbehaves", mishaps=ONCE, random_deaths=DEATHS if FULL else 4),
)

CONTROL = Scenario("control", points=(("channel.poll", MIDWAY),), deaths=10 if FULL else 3)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_everything_happens_exactly_once(
    database: Database, database_url: str, tmp_path: Path, scenario: Scenario
) -> None:
    with living(database, database_url, tmp_path) as world:
        tally = scenario.play(world)
    assert tally.problems == []


@pytest.mark.parametrize("design", DESIGNS)
def test_a_wrong_design_is_caught_by_the_same_check(
    database: Database, database_url: str, tmp_path: Path, design: str
) -> None:
    with living(database, database_url, tmp_path, design) as world:
        tally = CONTROL.play(world)
    assert tally.counts["lost"] + tally.counts["doubled"] >= CONTROL.deaths
