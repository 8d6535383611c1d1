"""Rules of law for types of publication: those of ``data/types.json``, and those an administrator added since.

A rule holds for what is made available on its days. One that is added says from which day, so what was published
before keeps the rule of its own day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from bip.models import BulletinRule
from bip.types import ROOT
from portal.content import types
from portal.content.models import Item
from portal.content.workflow import BULLETIN
from portal.core import clock

Rule = dict[str, Any]
Added = dict[str, tuple[Rule, ...]]
"""Type → the rules added for it, oldest first."""
_KEY, _BEGUN = "bip.rules", "bip.begun"


def in_force(rules: Iterable[Rule], published_at: datetime | None) -> Rule:
    """The rule for what is made available at the moment, or now: the newest by ``from``; empty when there is none."""
    text = clock.local(published_at or clock.now()).date().isoformat()
    found: Rule = {}
    for rule in rules:
        if rule.get("from", "") <= text <= rule.get("until", "9") and rule.get("from", "") >= found.get("from", ""):
            found = rule
    return found if found.keys() - {"from", "until"} else {}


def added(session: Session) -> Added:
    """The rules of the database; read once for each session."""
    known: Added | None = session.info.get(_KEY)
    return prime(session, _read(session)) if known is None else known


def prime(session: Session, found: Added) -> Added:
    """Let ``session`` work with rules that were read before."""
    session.info[_KEY] = found
    return found


def forget(session: Session) -> None:
    """One was added: read them anew."""
    session.info.pop(_KEY, None)


def _read(session: Session) -> Added:
    found: dict[str, list[Rule]] = {}
    rows = session.execute(select(BulletinRule).order_by(BulletinRule.since, BulletinRule.id)).scalars()
    for row in rows:
        found.setdefault(row.type, []).append(row.rule | {"from": row.since.isoformat()})
    return {kind: tuple(rules) for kind, rules in found.items()}


def of_type(session: Session, kind: str) -> tuple[Rule, ...]:
    """All rules of a type: those it came with, then those added, so that of two of one day the later one holds."""
    return (*types.of(kind).terms, *added(session).get(kind, ()))


def of(session: Session, kind: str, published_at: datetime | None) -> Rule:
    """The rule for an item of type ``kind`` made available at the moment, or now; empty when there is none."""
    return in_force(of_type(session, kind), published_at)


def of_item(item: Item, planned: datetime | None = None) -> Rule:
    """The rule in force on the day from which the time of ``item`` is counted, or is ``planned`` to be, or today."""
    session = object_session(item)
    moment = item.counted_from or item.published_at or planned
    return of(session, item.type, moment) if session else in_force(types.of(item.type).terms, moment)


def governed(session: Session) -> list[str]:
    """The types that have or had a rule."""
    more = added(session)
    return [name for name, kind in types.TYPES.items() if kind.family is BULLETIN and (kind.terms or name in more)]


def possible() -> list[str]:
    """The types of publication a rule may be given to: all of the Bulletin but its sections."""
    found = TYPES_WITHOUT_RULES
    return [name for name, kind in types.TYPES.items() if kind.family is BULLETIN and name not in found]


TYPES_WITHOUT_RULES = ("bulletin", "bip_folder")


def begun(session: Session) -> date | None:
    """The day this Bulletin began: what was due before it could not be published here in time."""
    if _BEGUN not in session.info:
        moment = session.scalar(select(Item.created_at).where(Item.path == ROOT))
        session.info[_BEGUN] = clock.local(moment).date() if moment else None
    found: date | None = session.info[_BEGUN]
    return found


def digest(session: Session) -> str:
    """Of all rules together and of those in force today: another one means that what they make due must be worked out
    anew. What is not published yet follows the rule of the day, so a rule entered ahead counts once its day comes."""
    every = {name: of_type(session, name) for name in governed(session)}
    today = {name: in_force(found, None) for name, found in every.items()}
    return hashlib.sha256(json.dumps([every, today], sort_keys=True).encode()).hexdigest()
