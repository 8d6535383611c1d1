"""The pace of the demonstration: each act of its past at a moment of its own, reckoned from the day it is seeded.

The moments are counted once, before anything is played: what plays runs with its clock there (``clock.frozen``).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.core import clock

Node = dict[str, Any]
OPENED = 62
"""How many working days ago the town began to work with this program: about three months."""
_FIRST, _LAST = 8 * 60 + 10, 14 * 60 + 50
"""The minutes of the day between which an office publishes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act of the past; without a moment it belongs to the day the site opened."""

    moment: datetime | None
    act: Callable[[], object]


def ordered(steps: Iterable[Step], opened: datetime, pace: timedelta = timedelta(seconds=40)) -> Iterator[Step]:
    """The steps in the order of time; those without a moment, or with one before ``opened``, follow each other then."""
    rest: list[Step] = []
    first: list[Step] = []
    for step in steps:
        if step.moment is None or step.moment < opened:
            first.append(Step(opened + len(first) * pace, step.act))
        else:
            rest.append(step)
    return iter(sorted([*first, *rest], key=lambda step: step.moment or opened))


def opening() -> datetime:
    """The moment the site opened."""
    return moment(OPENED, "7:30")


def play(steps: Iterable[Step], opened: datetime | None = None) -> None:
    """Each step in the order of time, with the clock at its moment."""
    for step in ordered(steps, opened or opening()):
        with ExitStack() as stack:
            if step.moment is not None:
                stack.enter_context(clock.frozen(step.moment))
            step.act()


def moment(day: int, hour: str) -> datetime:
    """``hour`` on the ``day``-th working day before today (1: the last one)."""
    found = clock.today()
    for _ in range(day):
        found = _working_day_before(found)
    return at(found, hour)


def on(day: date, name: str = "", hour: str = "") -> datetime:
    """An hour of work on ``day`` or the first working day after it; always past, the same for the same ``name``."""
    found = clock.next_working_day(day)
    if found >= clock.today():
        found = _working_day_before(clock.today())
    minute = _FIRST + zlib.crc32(name.encode()) % (_LAST - _FIRST)
    return at(found, hour or f"{minute // 60}:{minute % 60:02}")


def of_node(node: Node) -> datetime | None:
    """When a node was published: ``day`` (working days back) and ``hour``, else by the day in its fields."""
    name = str(node.get("name", ""))
    if "day" in node:
        hour = node.get("hour", "")
        return moment(node["day"], hour) if hour else on(moment(node["day"], "12:00").date(), name)
    fields = node.get("fields", {})
    day = clock.typed_day(fields.get("received_on")) or clock.typed_day(fields.get("produced_on"))
    return on(day, name) if day is not None else None


def at(day: date, hour: str) -> datetime:
    """``hour`` (``9:15``) of ``day`` on a Polish clock."""
    hours, _, minutes = hour.partition(":")
    return datetime.combine(day, time(int(hours), int(minutes)), clock.WARSAW)


def _working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    return _working_day_before(day) if clock.is_day_off(day) else day
