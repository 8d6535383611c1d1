"""The states of an export or import as data: an old site is walked through, what came is looked through, then, when a
person says so, carried out. A person can stop it and let it go on."""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

WALKING, CHECKING, CHECKED, RUNNING = "walking", "checking", "checked", "running"
STOPPED, DONE, FAILED = "stopped", "done", "failed"
BUSY = (WALKING, CHECKING, RUNNING)

TRANSFER = Workflow(
    "content.transfer",
    states=(WALKING, CHECKING, CHECKED, RUNNING, STOPPED, DONE, FAILED),
    initial=CHECKING,
    transitions=(
        Transition("walked", (WALKING,), CHECKING),
        Transition("checked", (CHECKING,), CHECKED),
        Transition("walk", (CHECKED, STOPPED, FAILED), WALKING, "admin"),
        Transition("check", (CHECKED, STOPPED, FAILED), CHECKING, "admin"),
        Transition("go", (CHECKED,), RUNNING, "admin"),
        Transition("go_on", (STOPPED, FAILED), RUNNING, "admin"),
        Transition("stop", BUSY, STOPPED, "admin"),
        Transition("finish", (RUNNING,), DONE),
        Transition("fail", (*BUSY, CHECKED), FAILED),
    ),
)
