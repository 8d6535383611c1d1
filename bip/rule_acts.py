"""A change of law is an edit: a rule is added with the day it holds from and the reason; the earlier ones stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import dues, rules, sweeping
from bip.models import BulletinRule
from bip.rules import Rule
from bip.types import ROOT
from portal.accounts import policy
from portal.content import site, types
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid

RIGHT = "content.admin"
LONGEST_REASON, LONGEST_BASIS = 500, 300
ENDS = ("keep", "archive", "withdraw", "decide")
PUBLISH = ("", "at_once", "next_working_day")
NUMBERS = (
    "min_days", "min_months", "max_months", "default_days", "default_months", "review_years", "deemed_service_days",
    "before_days", "within_working_days", "answer_days", "settle_months", "extend_months", "captions_days",
    "captions_months_at_most", "copy_days", "appeal_hours", "board_days",
)  # fmt: skip
FLAGS = ("states_day", "served_at_publication", "quarterly")
FIELDS = ("deadline_field", "before_field", "since_field", "period_field", "copy_field")
MOST = 10_000
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def added(session: Session, kind: str) -> list[BulletinRule]:
    """The rules added for the type, the latest day first."""
    query = select(BulletinRule).where(BulletinRule.type == kind)
    return list(session.scalars(query.order_by(BulletinRule.since.desc(), BulletinRule.id.desc())))


def add(
    session: Session, actor: Actor, kind: str, given: Mapping[str, Any], *, since: date, reason: str, confirmed: bool
) -> BulletinRule:
    """Let another rule hold for what is published from ``since`` on. ``confirmed``: the day from which the rule now in
    force holds was one to confirm, and ``since`` is the right one, so before it there is none.

    Raises ``Forbidden``, ``Invalid`` with a sentence, ``Conflict`` when nothing is different.
    """
    policy.require(session, actor, RIGHT, ROOT)
    if kind not in types.TYPES or kind not in rules.possible():
        raise Invalid("content.unknown_type", type=kind)
    reason = reason.strip()
    if not reason:
        raise Invalid("bip.rule_reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid("content.reason_too_long", limit=LONGEST_REASON)
    rule = checked(kind, given)
    before = rules.of(session, kind, None)
    old = str(before.get("from", ""))
    if rule == {key: value for key, value in before.items() if key not in ("from", "until")} and since.isoformat() <= (
        old or clock.today().isoformat()
    ):
        raise Conflict("bip.rule_same")
    if confirmed and old and since.isoformat() > old:
        _keep(session, actor, kind, date.fromisoformat(old), {}, reason)
    made = _keep(session, actor, kind, since, rule, reason)
    rules.forget(session)
    facts = {"since": since.isoformat(), "rule": made.id}
    events.record(session, actor, "bip.rule_added", [f"bulletin_type:{kind}"], data=facts)
    site.bump(session)
    sweeping.ensure(session)
    return made


def _keep(session: Session, actor: Actor, kind: str, since: date, rule: Rule, reason: str) -> BulletinRule:
    made = BulletinRule(type=kind, since=since, rule=rule, reason=reason, added_at=clock.now(), added_by=actor.user_id)
    session.add(made)
    session.flush()
    return made


def checked(kind: str, given: Mapping[str, Any]) -> Rule:
    """A rule of what a form or a program gives, without what says nothing. Raises ``Invalid`` with a sentence."""
    basis = str(given.get("basis") or "").strip()
    if not basis or len(basis) > LONGEST_BASIS:
        raise Invalid("bip.rule_basis", limit=LONGEST_BASIS)
    rule: Rule = {"basis": basis, "at_end": _one_of(given, "at_end", ENDS, "keep")}
    publish = _one_of(given, "publish", PUBLISH, "")
    rule |= {"publish": publish} if publish else {}
    for name in NUMBERS:
        text = str(given.get(name) or "").strip()
        if text:
            if not text.isdecimal() or int(text) > MOST:
                raise Invalid("bip.rule_number", limit=MOST)
            rule[name] = int(text)
    rule |= {name: True for name in FLAGS if given.get(name)}
    known = {field.name for field in types.of(kind).fields}
    for name in FIELDS:
        field = str(given.get(name) or "")
        if field and field not in known:
            raise Invalid("bip.rule_field")
        rule |= {name: field} if field else {}
    places = [place for place in dues.PLACES if place in (given.get("also") or ())]
    rule |= {"also": places} if places else {}
    # When a place is owed hangs on the type's own fields, not on the law that changes.
    came = next((term["also_when"] for term in types.of(kind).terms if "also_when" in term), None)
    rule |= {"also_when": came} if places and came else {}
    yearly = str(given.get("yearly_by") or "").strip()
    if yearly and not _DAY_OF_YEAR.fullmatch(yearly):
        raise Invalid("bip.rule_yearly")
    rule |= {"yearly_by": yearly} if yearly else {}
    unconfirmed = [str(name) for name in given.get("unconfirmed") or () if name in ("from", "yearly_by", *NUMBERS)]
    rule |= {"unconfirmed": unconfirmed} if unconfirmed else {}
    return _consistent(rule)


def _one_of(given: Mapping[str, Any], name: str, allowed: tuple[str, ...], usual: str) -> str:
    found = str(given.get(name) or usual)
    if found not in allowed:
        raise Invalid("bip.rule_choice")
    return found


def _consistent(rule: Rule) -> Rule:
    """Raises ``Invalid`` when no publication could keep the rule."""
    days, months, longest = (int(rule.get(name, 0)) for name in ("min_days", "min_months", "max_months"))
    if longest and (months > longest or (days and days + 31 * months > 28 * longest)):
        raise Invalid("bip.rule_times")
    if rule.get("max_months") and rule["at_end"] not in ("withdraw", "decide"):
        raise Invalid("bip.rule_end")
    if "before_days" in rule and "before_field" not in rule:
        raise Invalid("bip.rule_before")
    if rule.get("yearly_by") == "02-29":
        raise Invalid("bip.rule_yearly")
    if (rule.get("yearly_by") or rule.get("quarterly")) and "period_field" not in rule:
        raise Invalid("bip.rule_period")
    return rule
