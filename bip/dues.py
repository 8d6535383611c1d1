"""What the rule of an item makes due, worked out from what is known of it: its fields, states and what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bip import answers, spans, terms
from bip.council import recordings
from bip.models import TermFact
from bip.rules import Rule
from portal.content.models import Item
from portal.content.workflow import PUBLISHED, UNPUBLISHED
from portal.core import clock

PLACES = ("board", "website", "press")
"""Where a publication may have to appear besides: the office's notice board, its website, the press."""
TAKEN_DOWN = ("board",)
"""The places from which a sheet is taken down again, with its day written on it."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to see to by ``due``. ``kind``: ``publish``, ``also`` (another place), ``remove`` (from a place),
    ``end``, ``settle`` (a petition), ``answer``, ``captions``, ``copy`` (of what was announced), ``explain`` (why it
    was late),
    ``unreadable`` (a field's day)."""

    kind: str
    due: date
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item has to appear besides the Bulletin, and what was done about it so far."""

    name: str
    posted: TermFact | None = None
    removed: TermFact | None = None


def places(rule: Rule, facts: Sequence[TermFact]) -> list[Place]:
    """Every place the rule names, with what holds now of it; an act that was undone counts no more."""
    found = {name: Place(name) for name in rule.get("also", ())}
    for fact in facts:
        before = found.get(fact.detail)
        if before is None or fact.act not in ("posted", "removed", "undone"):
            continue
        if fact.act == "posted":
            found[fact.detail] = Place(fact.detail, fact)
        elif fact.act == "removed":
            found[fact.detail] = Place(fact.detail, before.posted, fact)
        else:
            found[fact.detail] = Place(fact.detail, before.posted if before.removed else None)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Copy:
    """A party's request for a copy of what was announced (KPA art. 49b); ``ended``: it was given, or a mistake."""

    number: str
    asked: TermFact
    due: date
    ended: TermFact | None = None


def copies(rule: Rule, facts: Sequence[TermFact]) -> list[Copy]:
    """Every request, oldest first. A term that ends on a day off ends on the next working day (KPA art. 57 § 4)."""
    found: dict[str, Copy] = {}
    for fact in facts:
        if fact.act == "copy_asked" and fact.day is not None:
            due = clock.next_working_day(fact.day + timedelta(days=int(rule.get("copy_days", 0))))
            found[fact.detail] = Copy(fact.detail, fact, due)
        elif fact.act in ("copy_given", "copy_void") and fact.detail in found:
            found[fact.detail] = replace(found[fact.detail], ended=fact)
    return list(found.values())


def comes_down(rule: Rule, last: date | None, posted: date) -> date | None:
    """From which day a sheet posted on the notice board may come down: after the days the rule gives it there, else
    after the ``last`` day the item must stand; ``None`` when no rule says."""
    if rule.get("board_days"):
        return posted + timedelta(days=int(rule["board_days"]) + 1)
    return max(last, posted) + timedelta(days=1) if last is not None else None


def latest(facts: Sequence[TermFact], *acts: str) -> TermFact | None:
    """The last of the facts of one of ``acts``."""
    return next((fact for fact in reversed(facts) if fact.act in acts), None)


def of_item(item: Item, fields: Mapping[str, Any], rule: Rule, facts: Sequence[TermFact]) -> list[Due]:
    """All that is due of ``item`` by ``rule``, in no order."""
    if not rule:
        return []
    if item.state == UNPUBLISHED:
        day = None if spans.public_elsewhere(fields) else terms.publish_by(fields, rule)
        return [Due("publish", day)] if day is not None else []
    found = _of_places(item, fields, rule, facts)
    found += [Due("copy", one.due, one.number) for one in copies(rule, facts) if one.ended is None]
    if item.state == PUBLISHED and item.published_at is not None:
        wrong = terms.unreadable(fields, rule)
        begun = clock.local(item.published_at).date()
        found += [Due("unreadable", begun, wrong)] if wrong else []
        found += _of_course(fields, rule) + _of_end(item, fields, rule)
        late = latest(facts, "late", "explained")
        if late is not None and late.act == "late":
            found.append(Due("explain", clock.local(late.at).date()))
    return found


def _of_places(item: Item, fields: Mapping[str, Any], rule: Rule, facts: Sequence[TermFact]) -> list[Due]:
    found: list[Due] = []
    since = spans.since(item)
    if since is None:
        return found
    begun = clock.local(since).date()
    last = spans.must_stand_to(since, rule) or terms.last_day(item, fields, rule)
    when = rule.get("also_when", ())
    # What was public in another Bulletin had its places there.
    before = spans.public_elsewhere(fields)
    owed = item.state == PUBLISHED and not before and (not when or any(fields.get(one) for one in when))
    # What has to stand elsewhere only once it is there (votes) is there on its own day at the earliest.
    own = terms.day_in(fields, str(rule.get("since_field", ""))) if when else None
    for place in places(rule, facts):
        if place.posted is None and owed:
            found.append(Due("also", max(begun, own or begun), place.name))
        elif place.posted and not place.removed and place.name in TAKEN_DOWN:
            day = comes_down(rule, last, place.posted.day or begun)
            found += [Due("remove", day, place.name)] if day is not None else []
    return found


def _of_course(fields: Mapping[str, Any], rule: Rule) -> list[Due]:
    """Petitions to settle, answers and captions the law waits for."""
    found = []
    owed = answers.due_on(rule, fields)
    if owed is not None and answers.done_on(fields) is None:
        found.append(Due("settle" if rule.get("settle_months") else "answer", owed))
    captions = recordings.due_on(fields, rule) if rule.get("captions_days") else None
    if captions is not None and fields.get("recording") and not fields.get("captions_on"):
        found.append(Due("captions", captions))
    return found


def _of_end(item: Item, fields: Mapping[str, Any], rule: Rule) -> list[Due]:
    planned = item.expires_at
    day = clock.local(planned - timedelta(microseconds=1)).date() if planned else terms.last_day(item, fields, rule)
    return [Due("end", day)] if day is not None else []
