"""The states of a register's line as data."""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

MANAGE = "register.manage"
OPEN = ("new", "assigned")
"""States in which nobody has yet decided what becomes of the item."""

WORKFLOW = Workflow(
    name="entry",
    states=(*OPEN, "in_case", "filed", "ended", "cancelled"),
    initial="new",
    transitions=(
        Transition("assign", OPEN, "assigned", MANAGE),
        Transition("join_case", OPEN, "in_case", "cases.work"),
        # Documents that belong to no case: invitations, offers, periodicals (instruction 2021, § 27).
        Transition("file", OPEN, "filed", MANAGE),
        Transition("end", ("in_case",), "ended"),
        Transition("cancel", OPEN, "cancelled", MANAGE),
    ),
)
