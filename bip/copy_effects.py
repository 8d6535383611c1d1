"""The two standing jobs about copies of the Bulletin: one makes a copy when it is due, one tests the newest copy.

What came of each is a fact, also when it was nothing: administrators see when the last copy was made, when the last
test passed, and what went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bip import notes, stamping, verify_export
from bip.copying import BROKEN, COPY, NONE, TEST, WHOLE, Asked, Copying, Key, Made, due, last
from bip.models import BulletinCopy
from bip.shelf import SHELF, Shelf
from portal.core import clock, events, outbox
from portal.core.actors import SYSTEM
from portal.core.errors import OutsideError
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.core.program import Program
from portal.core.settings import Settings
from portal.web.texts import message

JOB, TEST_JOB = "bip.copy", "bip.copy_test"
HOUR, DAY = 3600, 24 * 3600
LEASE = timedelta(hours=3)
"""Longer than a copy or its test takes in a large town."""
MOST_SAID = 20
"""Findings of a test that are kept; the command names them all."""


def effects(program: Program, key: Key) -> list[Effect[Any, Any]]:
    """The two standing jobs: a copy when one is due, a test of the newest copy."""

    def load(session: Session, _payload: dict[str, Any]) -> Asked | None:
        return due(session) if program.settings.bulletin_copies else None

    def call(ports: Ports, asked: Asked) -> Made:
        try:
            return Copying(program, ports.of(Shelf), key(), asked).write()
        except OutsideError as problem:
            return Made(asked, problem.code, problem.reason)

    def newest(session: Session, _payload: dict[str, Any]) -> str | None:
        made = last(session, COPY, WHOLE) if program.settings.bulletin_copies else None
        return made.name if made is not None else None

    def test(ports: Ports, name: str) -> Tested:
        try:
            return _tested(ports.of(Shelf), name, notes.public_text(key().public_key()), program.settings)
        except OutsideError as problem:
            return Tested(name, problem.code, problem.reason)

    return [
        Effect(JOB, load, call, _save, lease=LEASE),
        Effect(TEST_JOB, newest, test, _save_test, lease=LEASE),
    ]


def ensure(session: Session) -> None:
    """Let both jobs stand."""
    outbox.enqueue(session, JOB, JOB, {}, every=HOUR)
    outbox.enqueue(session, TEST_JOB, TEST_JOB, {}, every=DAY)


def _save(session: Session, _payload: dict[str, Any], made: Made) -> None:
    before, asked = last(session, COPY), made.asked
    if made.outcome != WHOLE and before is not None and before.outcome == made.outcome:
        return  # the same trouble again
    row = BulletinCopy(
        kind=COPY, at=clock.now(), name=asked.name, outcome=made.outcome, said=made.said[:1000], size=asked.size,
        up_to=asked.up_to, files=made.files, bytes=made.length,
    )  # fmt: skip
    session.add(row)
    if made.outcome == WHOLE:
        facts = {"name": asked.name, "files": made.files, "size": asked.size, "removed": list(made.removed)}
        events.record(session, SYSTEM, "bip.copied", ["bulletin:copies"], data=facts)
        outbox.hurry(session, TEST_JOB)
    else:
        facts = {"name": asked.name, "outcome": made.outcome}
        events.record(session, SYSTEM, "bip.not_copied", ["bulletin:copies"], data=facts)


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of a copy found."""

    name: str
    outcome: str
    said: str = ""


def _tested(shelf: Shelf, name: str, key: str, settings: Settings) -> Tested:
    """Read the copy back and check it as any outsider would."""
    if name not in shelf.names():
        return Tested(name, NONE)
    try:
        problems = verify_export.export(shelf.open(name), key=key, roots=stamping.roots(settings))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Tested(name, BROKEN, message("verify_bip.unreadable"))
    except OSError as cause:
        return Tested(name, SHELF, type(cause).__name__)
    told = [message(f"verify_bip.{one.code}", place=one.place) for one in problems[:MOST_SAID]]
    return Tested(name, BROKEN if problems else WHOLE, "\n".join(told))


def _save_test(session: Session, _payload: dict[str, Any], tested: Tested) -> None:
    row = BulletinCopy(
        kind=TEST, at=clock.now(), name=tested.name, outcome=tested.outcome, said=tested.said[:1000],
    )  # fmt: skip
    session.add(row)
    facts = {"name": tested.name, "outcome": tested.outcome}
    events.record(session, SYSTEM, "bip.copy_tested", ["bulletin:copies"], data=facts)
