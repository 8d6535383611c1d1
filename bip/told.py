"""What everyone is told of terms beside the text: when a notice counts as served, where else it stood, why it stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from bip import availability, dues, rules, spans
from bip.availability import Availability
from bip.dues import Place
from bip.models import AvailableDay, TermFact
from portal.content import queries
from portal.content.models import ItemVersion
from portal.web import formats
from portal.web.texts import message


def served(session: Session, rows: Iterable[Any], code: str = "bip.served") -> dict[int, str]:
    """Number → when it counts as served (KPA art. 49 § 2), of those lines that do; in the sentence ``code``.

    What was brought from another Bulletin was public there before: only its page, which knows when, says it.
    """
    found = {}
    for row in rows:
        day = spans.deemed_served(spans.since(row), rules.of(session, row.type, spans.since(row)))
        if day is not None and not _BROUGHT.fullmatch(row.source):
            found[row.id] = message(code, day=formats.day(day))
    return found


_BROUGHT = re.compile(r"\w+:[0-9a-f]{40}")
"""The ``Item.source`` of what was brought (``portal.content.exchange.entries.mark``)."""


class Told(NamedTuple):
    """``places``: those where it was posted; ``kept``: the decision by which it stays beyond its time; ``available``:
    how it could be opened while it had to stand; ``states``: its public versions, the newest first, ``None`` when
    they were not read."""

    places: list[Place]
    kept: TermFact | None
    available: Availability | None
    states: Sequence[Any] | None


def of_item(session: Session, item_id: int, kind: str, begun: datetime | None) -> Told:
    """What everyone may know of the term of an item whose time begins at ``begun``: one statement, none for most.

    Its versions are read in the same statement, because a page may ask for six.
    """
    rule = rules.of(session, kind, begun)
    days = availability.term(session, kind, begun)
    decided = rule.get("also") or rule.get("at_end", "keep") != "keep"
    if begun is None or not (days or decided):
        return Told([], None, None, None)
    first, last = days or (date.max, date.min)
    rows = queries.rows(session, _statement(), {"item": item_id, "first": first, "last": last})
    facts = [
        TermFact(id=row.id, act=row.act, detail=row.detail, day=row.day, reason=row.reason)
        for row in sorted(rows, key=lambda row: row.id) if row.part == _DONE
    ]  # fmt: skip
    seen = {row.day: row for row in rows if row.part == _SEEN}
    states = sorted((row for row in rows if row.part == _STATES), key=lambda row: -row.number)
    places = [one for one in dues.places(rule, facts) if one.posted]
    return Told(places, dues.latest(facts, "kept"), availability.of_days(first, last, seen), states)


_SEEN, _DONE, _STATES = range(3)


@cache
def _statement() -> Any:
    """The days of its term, what was done about it, and its public versions."""
    empty, none = literal("", String), literal(0)
    never = cast(null(), ItemVersion.published_at.type)
    seen = select(
        literal(_SEEN).label("part"), none.label("id"), AvailableDay.day, AvailableDay.seen, AvailableDay.failed,
        AvailableDay.note, empty.label("act"), empty.label("detail"), empty.label("reason"), none.label("number"),
        empty.label("published_by"), never.label("version_published_at"),
    ).where(
        AvailableDay.item_id == bindparam("item"), AvailableDay.day.between(bindparam("first"), bindparam("last"))
    )  # fmt: skip
    done = select(
        literal(_DONE), TermFact.id, TermFact.day, none, none, empty, TermFact.act, TermFact.detail, TermFact.reason,
        none, empty, never,
    ).where(TermFact.item_id == bindparam("item"))  # fmt: skip
    states = select(
        literal(_STATES), ItemVersion.id, cast(null(), AvailableDay.day.type), none, none, empty, empty, empty,
        ItemVersion.reason, ItemVersion.number, ItemVersion.published_by, ItemVersion.published_at,
    ).where(ItemVersion.item_id == bindparam("item"), ItemVersion.published_at.is_not(None))  # fmt: skip
    return union_all(seen, done, states)
