"""The states of an incoming message as data."""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

MANAGE = "intake.manage"

WORKFLOW = Workflow(
    name="message",
    states=("received", "registered", "proof", "set_aside", "dismissed"),
    initial="received",
    transitions=(
        Transition("register", ("received",), "registered"),
        Transition("keep_proof", ("received",), "proof"),
        Transition("set_aside", ("received", "proof"), "set_aside"),
        # A trial sending is taken off the queue and never enters the register.
        Transition("ignore", ("received",), "dismissed"),
        Transition("register_by_hand", ("set_aside",), "registered", MANAGE),
        Transition("dismiss", ("set_aside", "proof"), "dismissed", MANAGE),
    ),
)
