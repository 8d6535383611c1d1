"""The course of a petition and of an interpellation, step by step: what came, what was done, what is owed and by when.

Steps with days are rows of the field ``steps``; the rest follows from the type's fields and its rule, and is not
written a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from bip import answers
from bip.council.roll import day_of
from portal.content import acts, structures, versions
from portal.content.models import Item, ItemVersion
from portal.content.structures import Structure
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Invalid, NotFound
from portal.web import formats
from portal.web.texts import message

STEPS = "steps"
TYPES = ("petition", "interpellation")
MAX_STEPS, MAX_TEXT = 60, 600


@dataclass(frozen=True, slots=True)
class Step:
    """One step as a line of the course. ``state``: ``done``, ``now``, ``next`` or ``wrong`` (late)."""

    title: str
    on: date | None
    state: str
    text: str = ""


def of(kind: str, fields: Mapping[str, Any], rule: Mapping[str, Any], today: date) -> list[Step]:
    """The course of a petition or an interpellation as of ``today``; nothing for other types."""
    if kind not in TYPES:
        return []
    received = day_of(fields.get("received_on"))
    found = [Step(message(f"bip.course.{kind}.received"), received, "done")] if received else []
    found += [Step(str(row["text"]), day_of(row["day"]), "done") for row in fields.get(STEPS) or []]
    if joined := day_of(fields.get("joined_until")):
        found.append(Step(message("bip.course.joined"), joined, "done" if joined < today else "now"))
    found.sort(key=lambda step: step.on or date.min)
    return [*found, *_end(kind, fields, rule, today)]


def _end(kind: str, fields: Mapping[str, Any], rule: Mapping[str, Any], today: date) -> list[Step]:
    """The settling or the answer, or the day by which it is owed."""
    due, done = answers.due_on(rule, fields), answers.done_on(fields)
    if done is not None:
        how = message(f"bip.settled.{fields['settled_how']}") if fields.get("settled_how") else ""
        late = message("bip.course.after_term", day=formats.day(due)) if due and done > due else ""
        title = message(f"bip.course.{kind}.done")
        text = " ".join(filter(None, (str(fields.get("settled") or ""), late)))
        return [Step(f"{title}: {how}" if how else title, done, "done", text)]
    if due is None:
        return []
    over, basis = due < today, str(rule.get("basis", ""))
    text = message("bip.course.extended" if fields.get("extended_to") else "bip.course.basis", basis=basis)
    return [Step(message(f"bip.course.{kind}.{'late' if over else 'due'}"), due, "wrong" if over else "next", text)]


def set_steps(
    session: Session, actor: Actor, item_id: int, rows: Sequence[tuple[str, str]], *, expected: int | None = None
) -> ItemVersion:
    """Save the steps of a petition (day, words) in a working copy, by their days. Raises ``Invalid``."""
    item = acts.find(session, item_id)
    if item.type != "petition":
        raise NotFound("content.unknown")
    found = []
    for day, words in rows:
        text = " ".join(words.split())
        if not text and not day.strip():
            continue
        if day_of(day.strip()) is None:
            raise Invalid("bip.step_day", text=text or day)
        if not text or len(text) > MAX_TEXT:
            raise Invalid("bip.step_text", limit=MAX_TEXT)
        found.append({"day": day.strip(), "text": text})
    if len(found) > MAX_STEPS:
        raise Invalid("bip.too_many_steps", limit=MAX_STEPS)
    found.sort(key=lambda row: row["day"])
    return versions.keep_fields(session, actor, item_id, {STEPS: found}, expected=expected)


def check(_session: Session, item: Item, version: ItemVersion, rule: Mapping[str, Any]) -> None:
    """Before publication: a petition's settling is whole, its term not prolonged too far. Raises ``Invalid``."""
    fields = version.fields
    if item.type != "petition":
        return
    done, received = day_of(fields.get("settled_on")), day_of(fields.get("received_on"))
    if done is None and fields.get("settled_how"):
        raise Invalid("bip.settled_no_day")
    if done is not None and not fields.get("settled_how"):
        raise Invalid("bip.settled_no_way")
    if done is not None and (done > clock.today() or (received is not None and done < received)):
        raise Invalid("bip.settled_day")
    extended, months = day_of(fields.get("extended_to")), int(rule.get("settle_months", 0))
    if extended is not None and received is not None and months:
        usual = clock.months_later(received, months)
        latest = clock.months_later(usual, int(rule.get("extend_months", 0)))
        if not usual < extended <= latest:
            raise Invalid("bip.extended_too_far", first=formats.day(usual), last=formats.day(latest))


def _words(rows: Any, _fields: Mapping[str, Any]) -> str:
    return "\n".join(f"{row['day']}: {row['text']}" for row in rows)


structures.STRUCTURES.register(STEPS, Structure("bip.part.steps", _words))
