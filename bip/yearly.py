"""Duties that come back with the calendar: the review of each declaration of accessibility, the report, the plan and
the coordinator's data (``data/yearly.json``: basis, day, every how many years).

A year's duty is done by a review saved in that year, "nothing changed" being one, or by a publication of that year.
Reviews are events; a declaration also shows the day of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip.types import ROOT
from portal.accounts import policy
from portal.content import actions, acts, queries, types, versions
from portal.content.editor.lists import TASKS, Task
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PENDING
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import Event, EventRef
from portal.web import formats
from portal.web.texts import message

DECLARATION = "accessibility_declaration"
ADDRESS = "/redakcja/biuletyn/przeglady"
VERB = "bip.yearly_reviewed"
SUBJECT = "bulletin:yearly"
_DAYS = ("produced_on", "prepared_on", "reviewed_on")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Yearly:
    """One duty at one publication; ``item_id`` 0: there is no such publication. ``last``: when it was last done,
    ``due``: until when it must be done next."""

    code: str
    item_id: int
    path: str
    title: str
    language: str
    last: date | None
    due: date
    basis: str

    @property
    def late(self) -> bool:
        return self.due < clock.today()

    @property
    def near(self) -> bool:
        """Whether it is time to be reminded."""
        return self.due - timedelta(days=int(_rules()["remind_days"])) <= clock.today()


@cache
def _rules() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "yearly.json").read_text("utf-8"))
    return found


def due(session: Session) -> list[Yearly]:
    """Every duty of the calendar, the most pressing first."""
    reviewed = _reviewed(session)
    found = [one for rule in _rules()["duties"] for one in _of(session, rule, reviewed)]
    return sorted(found, key=lambda one: (one.due, one.code, one.path))


def declarations(session: Session) -> list[Yearly]:
    """The duty to review each public declaration, of each language and of each unit's own site."""
    return [one for one in due(session) if one.code == "declaration" and one.item_id]


def _of(session: Session, rule: dict[str, Any], reviewed: dict[int, date]) -> Iterable[Yearly]:
    query = (
        select(Item.id, Item.path, Item.title, Item.language, ItemVersion.fields)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type == rule["type"], queries.listed())
        .order_by(Item.path)
    )
    rows = session.execute(query).all()
    found = [
        Yearly(rule["code"], row.id, row.path, row.title, row.language, last, next_due(rule, last), rule["basis"])
        for row in rows
        for last in [_last(row.fields, reviewed.get(row.id))]
    ]
    if not found:
        title = types.of(rule["type"]).title
        return [Yearly(rule["code"], 0, ROOT, title, "pl", None, next_due(rule, None), rule["basis"])]
    # Of reports the newest is enough; a declaration must be reviewed at each of its places.
    return found if rule["code"] == "declaration" else [max(found, key=lambda one: one.due)]


def _last(fields: dict[str, Any], reviewed: date | None) -> date | None:
    return max((day for day in (*(day_of(fields.get(name)) for name in _DAYS), reviewed) if day), default=None)


def next_due(rule: dict[str, Any], last: date | None) -> date:
    """The last day of the first year of the rule after that of ``last``; never done: of the latest year begun."""
    month, day = (int(part) for part in str(rule["by"]).split("-"))
    every, first = int(rule["every"]), int(rule["from"])
    after = last.year if last else clock.today().year - every
    turn = max(0, (after - first) // every + 1) if after >= first else 0
    return date(first + turn * every, month, day)


def _reviewed(session: Session) -> dict[int, date]:
    """Item → the day of its newest kept review."""
    query = select(Event).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == SUBJECT)
    found: dict[int, date] = {}
    for event in session.scalars(query.order_by(EventRef.seq.desc()).limit(_MOST)):
        found.setdefault(event.data["item"], clock.local(event.at).date())
    return found


def review(session: Session, actor: Actor, item_id: int, *, changed: bool = False) -> Item:
    """Note that ``actor`` looked the publication through today. A declaration says so itself from now on, with the
    answers of its working copy if there is one (``changed``); nothing else of it changes.

    Raises ``Forbidden``, ``NotFound``, ``Conflict`` (somebody is writing in it), ``Invalid`` for any other page.
    """
    item = acts.find(session, item_id)
    rule = next((one for one in _rules()["duties"] if one["type"] == item.type), None)
    if rule is None or item.live_version_id is None:
        raise Invalid("bip.yearly_other_page")
    acts.require(session, actor, item, "publish")
    if item.type == DECLARATION:
        _say(session, actor, item, changed=changed)
    facts = {"item": item.id, "duty": rule["code"], "year": clock.today().year}
    events.record(session, actor, VERB, [item.ref, SUBJECT], data=facts)
    return item


def _say(session: Session, actor: Actor, item: Item, *, changed: bool) -> None:
    source = versions.latest_id(item) if changed else item.live_version_id
    if source is None:
        raise NotFound("content.unknown")
    if not changed and (item.scheduled_version_id is not None or item.review == PENDING):
        # Publishing anything now would call off what a colleague has planned or asked to be accepted.
        raise Conflict("bip.yearly_waits")
    version = session.get_one(ItemVersion, source)
    reason = message("bip.yearly.changed" if changed else "bip.yearly.unchanged")
    waiting = None if changed or item.draft_version_id is None else session.get_one(ItemVersion, item.draft_version_id)
    actions.save_draft(
        session, actor, item.id, expected=None, title=version.title, summary=version.summary, body=version.body,
        fields=version.fields | {"reviewed_on": clock.today().isoformat()}, reason=reason,
    )  # fmt: skip
    actions.publish(session, actor, item.id, reason=reason)
    if waiting is not None:
        # What somebody is preparing goes on being prepared.
        actions.save_draft(
            session, actor, item.id, expected=None, title=waiting.title, summary=waiting.summary, body=waiting.body,
            fields=waiting.fields, reason=waiting.reason,
        )  # fmt: skip


def task(session: Session, actor: Actor) -> Task | None:
    """The reminder on the desk of who may do it, from some weeks before the day on."""
    if not policy.can(session, actor, "bip.publish", ROOT):
        return None
    near = [one for one in due(session) if one.near]
    if not near:
        return None
    first = near[0]
    when = message("bip.yearly.late" if first.late else "bip.yearly.by", day=formats.day(first.due))
    return Task(message("bip.task.yearly", count=len(near)), when, ADDRESS)


def day_of(value: object) -> date | None:
    """The day written in a field; ``None`` when there is none that can be read."""
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None


TASKS.register("bip.yearly", task)
