"""States as data: the table is checked when it is made, and things move only along it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portal.core.errors import Conflict
from portal.core.workflow import Transition, Workflow

DOOR = Workflow(
    "door", ("open", "shut", "locked"), "open",
    (Transition("shut", ("open",), "shut", "door.use"), Transition("lock", ("shut",), "locked"),
     Transition("open", ("shut", "locked"), "open")),
)  # fmt: skip


@dataclass
class Door:
    state: str = DOOR.initial


def test_a_thing_moves_along_an_arrow_and_tells_where_it_was() -> None:
    door = Door()
    assert (DOOR.fire(door, "shut"), door.state) == ("open", "shut")
    assert [arrow.name for arrow in DOOR.possible("shut")] == ["lock", "open"]
    assert (DOOR.allows("open", "shut"), DOOR.allows("open", "lock")) == (True, False)


def test_where_there_is_no_arrow_it_stays_and_says_why() -> None:
    door = Door()
    with pytest.raises(Conflict) as refusal:
        DOOR.fire(door, "lock")
    assert (door.state, refusal.value.details["state"]) == ("open", "open")


def test_an_unknown_transition_is_a_defect_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        DOOR.fire(Door(), "paint")


@pytest.mark.parametrize(
    ("initial", "arrows"),
    [("ajar", ()), ("a", (Transition("x", ("b",), "a"),)), ("a", (Transition("x", ("a",), "c"),)),
     ("a", (Transition("x", ("a",), "a"), Transition("x", ("a",), "a")))],
)  # fmt: skip
def test_a_table_that_contradicts_itself_is_refused(initial: str, arrows: tuple[Transition, ...]) -> None:
    with pytest.raises(ValueError):
        Workflow("w", ("a",), initial, arrows)
