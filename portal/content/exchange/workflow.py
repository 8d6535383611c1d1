"""The states of an export or import as data: looked through, then, when a person says so, carried out."""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

CHECKING, CHECKED, RUNNING, DONE, FAILED = "checking", "checked", "running", "done", "failed"

TRANSFER = Workflow(
    "content.transfer",
    states=(CHECKING, CHECKED, RUNNING, DONE, FAILED),
    initial=CHECKING,
    transitions=(
        Transition("checked", (CHECKING,), CHECKED),
        Transition("go", (CHECKED,), RUNNING, "admin"),
        Transition("finish", (RUNNING,), DONE),
        Transition("fail", (CHECKING, CHECKED, RUNNING), FAILED),
    ),
)
