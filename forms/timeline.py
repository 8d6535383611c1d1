"""The course of a submission as its sender sees it: done, now, next; words are in messages.json."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forms.models import Submission
from forms.workflow import FAILED, UNCERTAIN
from portal.core import events

_STAGES = ("submitted", "lodged", "registered")
_FOR_CITIZENS = ("public", "citizen")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: ``state`` is ``done``, ``now``, ``next`` or ``wrong``; ``number`` the register's, when it has one."""

    name: str
    state: str
    at: datetime | None = None
    number: str = ""

    @property
    def title_code(self) -> str:
        return f"submission.step.{self.name}.{self.state}"


def stages(session: Session, submission: Submission) -> list[Stage]:
    """The steps of a sent submission, in order."""
    history = events.history(session, submission.ref, audiences=_FOR_CITIZENS)
    seen = {event.verb.removeprefix("submission."): event for event in history}
    stuck = submission.state if submission.state in (FAILED, UNCERTAIN) else ""
    # What the office has registered it has received, whether or not the answer to our sending came back.
    reached = max((n for n, name in enumerate(_STAGES) if name in seen), default=0)
    found = []
    for n, name in enumerate(_STAGES):
        event = seen.get(name)
        if n <= reached:
            number = str(event.data.get("number", "")) if event else ""
            found.append(Stage(name, "done", event.at if event else None, number))
        else:
            found.append(Stage(name, _ahead(n - reached, stuck)))
    return found


def _ahead(distance: int, stuck: str) -> str:
    if distance > 1:
        return "next"
    return {FAILED: "wrong", UNCERTAIN: "unclear"}.get(stuck, "now")
