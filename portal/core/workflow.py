"""States as data. One engine serves pages, submissions, messages, cases, letters and deliveries.

A workflow is a table: states, and transitions between them with the right each one needs. The engine
only moves a thing along the table; who may and what follows is the action's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.core.errors import Conflict


class HasState(Protocol):
    """Anything with a ``state`` column."""

    state: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow. ``right`` is the permission a person needs; empty means the system alone fires it."""

    name: str
    sources: tuple[str, ...]
    target: str
    right: str = ""


@dataclass(frozen=True)
class Workflow:
    """A named machine. Raises ``ValueError`` at import when its table contradicts itself."""

    name: str
    states: tuple[str, ...]
    initial: str
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        named = {self.initial} | {t.target for t in self.transitions}
        named |= {source for t in self.transitions for source in t.sources}
        if unknown := named - set(self.states):
            raise ValueError(f"workflow {self.name}: unknown states {sorted(unknown)}")
        if len({t.name for t in self.transitions}) != len(self.transitions):
            raise ValueError(f"workflow {self.name}: a transition is named twice")

    def transition(self, name: str) -> Transition:
        """The transition called ``name``. Raises ``KeyError``."""
        for item in self.transitions:
            if item.name == name:
                return item
        raise KeyError(f"workflow {self.name} has no transition {name!r}")

    def possible(self, state: str) -> tuple[Transition, ...]:
        """The transitions that lead out of ``state``."""
        return tuple(t for t in self.transitions if state in t.sources)

    def allows(self, state: str, name: str) -> bool:
        return state in self.transition(name).sources

    def fire(self, thing: HasState, name: str) -> str:
        """Move ``thing`` along transition ``name`` and return the state it left. Raises ``Conflict``."""
        arrow = self.transition(name)
        before = thing.state
        if before not in arrow.sources:
            raise Conflict("workflow.not_now", workflow=self.name, transition=name, state=before)
        thing.state = arrow.target
        return before
