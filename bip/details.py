"""What a page of the Bulletin shows beside text and marks: of a session its votes, of a petition its course."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from bip import courses, relations, rules
from bip.council import roll, shown
from bip.council.actions import SESSION
from bip.council.roll import Councillor
from bip.council.shown import ShownSession, Voted
from bip.courses import Step
from portal.content.queries import File
from portal.content.types import ItemType


@dataclass(frozen=True, slots=True)
class Details:
    """What there is, by kind; empty for the types that have no such thing. ``today``: the day one looks from."""

    today: date
    council: ShownSession | None = None
    roll: tuple[Councillor, ...] = ()
    voted: tuple[Voted, ...] = ()
    course: tuple[Step, ...] = ()


def of(
    session: Session,
    kind: ItemType,
    fields: Mapping[str, Any],
    *,
    today: date,
    files: Sequence[File] = (),
    named: Sequence[relations.Named] = (),
    item_id: int = 0,
    path: Callable[[str], str] = str,
) -> Details:
    """The details of one state of an item; at most one statement, none for most types.

    ``named``: the sessions that name the item ``item_id``, for the votes about it. ``path``: how addresses are given.
    """
    if kind.name == SESSION:
        rule = rules.of(session, kind.name, None)
        drawn = shown.session_of(session, fields, rule=rule, files=files, today=today, path=path)
        return Details(today, council=drawn)
    if kind.name == roll.TYPE:
        return Details(today, roll=shown.roll_of(fields))
    if named:
        return Details(today, voted=shown.about(item_id, named))
    if kind.name in courses.TYPES:
        return Details(today, course=tuple(courses.of(kind.name, fields, rules.of(session, kind.name, None), today)))
    return Details(today)
