"""Effects over an outside that is a plain list, with every mood a real one may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import clock, outbox
from portal.core.db import Database
from portal.core.errors import OutsideError
from portal.core.outbox import Effect, Effects, Job
from portal.core.ports import Ports
from portal.core.registry import Registry
from portal.core.worker import Presence, Worker

MOODS: dict[str, Callable[[], BaseException]] = {}


@dataclass
class Outside:
    """Counts what was done. ``moods``: exceptions for the next calls; ``after``: those raised after the work."""

    done: list[str] = field(default_factory=list)
    moods: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)
    lookups: list[BaseException] = field(default_factory=list)
    tells: bool = True
    saves: list[BaseException] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    gave_up: list[tuple[str, str]] = field(default_factory=list)
    achieved: bool = False

    def load(self, _session: Session, payload: dict[str, Any]) -> str | None:
        return None if self.achieved else str(payload["name"])

    def call(self, _ports: Ports, request: str) -> str:
        if self.moods:
            raise self.moods.pop(0)
        self.done.append(request)
        if self.after:
            raise self.after.pop(0)
        return f"answer to {request}"

    def find(self, _ports: Ports, request: str) -> str | bool | None:
        if self.lookups:
            raise self.lookups.pop(0)
        if not self.tells:
            return None
        return f"found {request}" if request in self.done else False

    def save(self, _session: Session, _payload: dict[str, Any], result: str) -> None:
        if self.saves:
            raise self.saves.pop(0)
        self.saved.append(result)

    def note(self, _session: Session, _payload: dict[str, Any], state: str, error: OutsideError) -> None:
        self.gave_up.append((state, error.code))

    def effect(self, **changes: Any) -> Effect[str, str]:
        facts: dict[str, Any] = {"attempts": 4, "gave_up": self.note}
        return Effect("post", self.load, self.call, self.save, **(facts | changes))

    def once(self, **changes: Any) -> Effect[str, str]:
        """The same as a call that must not be made twice."""
        return self.effect(repeatable=False, find=self.find, **changes)


class Bench:
    """A worker over a database, with time moved by hand."""

    def __init__(self, database: Database, folder: Path, *effects: Effect[Any, Any]) -> None:
        self.database, self.presence = database, Presence(folder)
        registry: Effects = Registry("effect")
        for effect in effects:
            registry.register(effect.topic, effect)
        self.worker = Worker(database, registry, Ports(), self.presence, grace=timedelta(seconds=30))
        self.now: datetime = clock.now()

    def put(self, name: str = "a", **more: Any) -> None:
        with clock.frozen(self.now), self.database.transaction() as session:
            outbox.enqueue(session, "post", more.pop("key", name), {"name": name}, **more)

    def run(self, *, seconds: float = 0) -> int:
        """Let ``seconds`` pass and do what is due."""
        self.now += timedelta(seconds=seconds)
        with clock.frozen(self.now):
            return self.worker.drain(100)

    def settle(self, rounds: int = 30) -> None:
        """Let hours pass."""
        for _ in range(rounds):
            self.run(seconds=3600)

    def job(self, key: str = "a") -> Job:
        with self.database.reading() as session:
            return session.scalars(select(Job).where(Job.key == key)).one()
