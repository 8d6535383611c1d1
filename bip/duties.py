"""What the Bulletin's editors must see to in time: ends near and past, answers and captions due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from bip import terms
from portal.content import types
from portal.content.models import Item, ItemVersion
from portal.content.workflow import BULLETIN, PUBLISHED
from portal.core import clock

SOON = timedelta(days=14)
MOST = 200
"""How many publications one look names; what is nearest its end comes first."""
ORDER = ("longest", "decide", "late", "answer", "captions", "soon")


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to see to. ``kind`` is of ``ORDER`` (its sentence: ``bip.duty.<kind>``), ``due`` the last day."""

    kind: str
    item_id: int
    title: str
    type: str
    due: date
    basis: str


def due(session: Session) -> list[Duty]:
    """Everything that waits for an editor, what is most pressing first."""
    kinds = [name for name, kind in types.TYPES.items() if kind.family is BULLETIN and kind.terms]
    query = (
        select(Item, ItemVersion.fields)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type.in_(kinds), Item.state == PUBLISHED, Item.binned_at.is_(None), _open())
        .order_by(Item.published_at, Item.id)
        .limit(MOST)
    )
    found = [duty for item, fields in session.execute(query) if (duty := _of(item, fields)) is not None]
    return sorted(found, key=lambda duty: (ORDER.index(duty.kind), duty.due, duty.item_id))


def _open() -> ColumnElement[bool]:
    """Items that may have something due: what ends by rule and is near or past it, and what waits to be completed."""
    ends = [
        name for name, kind in types.TYPES.items()
        if any(rule.get("at_end", "keep") != "keep" for rule in kind.terms)
    ]  # fmt: skip
    near = or_(Item.expires_at.is_(None), Item.expires_at <= clock.now() + SOON)
    unanswered = (Item.type == "interpellation") & _empty("answered_on")
    silent = (Item.type == "session") & _empty("captions_on")
    return or_(Item.type.in_(ends) & near, unanswered, silent)


def _empty(name: str) -> ColumnElement[bool]:
    value: ColumnElement[str] = ItemVersion.fields[name].as_string()
    return or_(value.is_(None), value == "")


def _of(item: Item, fields: dict[str, object]) -> Duty | None:
    rule, today = terms.rule_of(item), clock.today()
    kind, day = "", None
    if rule.get("answer_days"):
        kind, day = "answer", _after(fields.get("received_on"), int(rule["answer_days"]))
    elif rule.get("captions_days"):
        kind = "captions"
        day = _after(fields.get("held_on"), int(rule["captions_days"])) if fields.get("recording") else None
    else:
        planned = item.expires_at
        day = clock.local(planned).date() - timedelta(days=1) if planned else terms.last_day(item, fields, rule)
        if day is not None and day >= today:
            kind = "soon"
        else:
            kind = "longest" if rule.get("max_months") else "decide" if rule.get("at_end") == "decide" else "late"
        if day is not None and day > today + SOON:
            day = None
    return Duty(kind, item.id, item.title, item.type, day, str(rule["basis"])) if day is not None else None


def _after(value: object, days: int) -> date | None:
    try:
        return date.fromisoformat(str(value or "")) + timedelta(days=days)
    except ValueError:
        return None
