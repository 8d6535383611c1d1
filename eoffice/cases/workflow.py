"""The states of a case as data."""

from __future__ import annotations

from portal.core.workflow import Transition, Workflow

WORK = "cases.work"
LIVE = ("open", "in_progress", "awaiting_party", "decided")
"""States in which something may still be added to the case."""

RUNNING = ("open", "in_progress")
"""States in which the term of settling runs: it stands still for the party and is met by a decision."""

WORKFLOW = Workflow(
    name="case",
    states=(*LIVE, "ended", "resumed"),
    initial="open",
    transitions=(
        Transition("begin", ("open",), "in_progress", WORK),
        Transition("await_party", ("open", "in_progress"), "awaiting_party", WORK),
        Transition("party_answered", ("awaiting_party",), "in_progress", WORK),
        Transition("decide", ("open", "in_progress", "awaiting_party"), "decided"),
        Transition("end", LIVE, "ended", WORK),
        # An ended case never lives again: it is taken up under a new sign, and both carry the other's.
        Transition("resume", ("ended",), "resumed", WORK),
    ),
)

OUTCOMES = ("granted", "partly_granted", "refused", "discontinued", "answered", "noted", "forwarded", "withdrawn")
"""How a case may end: each has its words in ``templates/cases``."""
