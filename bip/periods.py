"""Publications the law wants of every year or quarter: which are due, and whether the Bulletin holds them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import rules
from bip.models import TermFact
from bip.rules import Rule
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.core import clock

QUARTERS = ("I", "II", "III", "IV")
_YEAR = re.compile(r"\b(20\d\d)\b")
_QUARTER = re.compile(
    r"\b(iv|iii|ii|i|[1-4]|pierwsz\w+|drug\w+|trzeci\w*|czwart\w+)\b\.?\s*(?:kw|kwarta\w*)\b", re.IGNORECASE
)
_ORDER = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "pi": 1, "dr": 2, "tr": 3, "cz": 4}
_MOST = 400
"""Publications of one type looked at; a type of yearly or quarterly ones fills this in a century."""


@dataclass(frozen=True, slots=True)
class Period:
    """``name``: ``2025`` or ``2026-Q3``. ``due``: the last day its publication is in time."""

    name: str
    due: date


def name_of(rule: Rule, fields: Mapping[str, Any]) -> str:
    """The period an item with these fields is for; empty when it cannot be read."""
    text = str(fields.get(rule.get("period_field", "")) or "")
    year = _YEAR.search(text)
    if year is None or not rule.get("quarterly"):
        return year.group(1) if year else ""
    quarter = _QUARTER.search(text)
    return f"{year.group(1)}-Q{_number(quarter.group(1).lower())}" if quarter else ""


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _ORDER.get(word) or _ORDER[word[:2]]


def owed(rule: Rule, today: date) -> Iterator[Period]:
    """The periods over by ``today`` whose publication may still be missed: of a year the last two, four quarters."""
    if rule.get("yearly_by"):
        month, day = (int(part) for part in str(rule["yearly_by"]).split("-"))
        for year in (today.year - 1, today.year):
            yield Period(str(year - 1), date(year, month, day))
    if rule.get("quarterly"):
        for back in range(4, 0, -1):
            index = today.year * 4 + (today.month - 1) // 3 - back
            year, quarter = divmod(index, 4)
            of_year, month = divmod(year * 12 + 3 * quarter + 3, 12)
            last = date(of_year, month + 1, monthrange(of_year, month + 1)[1])
            yield Period(f"{year}-Q{quarter + 1}", last)


def missing(session: Session, kind: str) -> list[Period]:
    """What the Bulletin has not published of type ``kind`` for its periods, those due before it began left out."""
    rule = rules.of(session, kind, None)
    if not (rule.get("yearly_by") or rule.get("quarterly")):
        return []
    begun = rules.begun(session)
    wanted = [one for one in owed(rule, clock.today()) if begun is None or one.due >= begun]
    if not wanted:
        return []
    there = {
        name_of(rule, fields)
        for fields in session.scalars(
            select(ItemVersion.fields)
            .join(Item, Item.live_version_id == ItemVersion.id)
            .where(Item.type == kind, queries.states_visible(("published", "archived", "retired")))
            .order_by(Item.id.desc())
            .limit(_MOST)
        )
    }
    settled = select(TermFact.detail).where(TermFact.type == kind, TermFact.act == "settled")
    return [one for one in wanted if one.name not in there | set(session.scalars(settled))]
