"""The rules of law for types of publication: all of them with their basis and day, and the page that adds one."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import dues, duties, rule_acts, rules
from bip.rules import Rule
from bip.types import ROOT
from portal.accounts import policy
from portal.accounts.models import User
from portal.content import types
from portal.content.editor import lists
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

ADDRESS = "/redakcja/biuletyn/zasady"
blueprint = Blueprint("bip_rules", __name__, url_prefix=ADDRESS)


@blueprint.get("")
@right(duties.RIGHT, path=ROOT)
def every() -> str:
    """The rule of each type as it stands today."""
    with context.reading() as session:
        now = {name: rules.of(session, name, None) for name in rules.possible()}
        rows = [(types.of(name), rule, words(name, rule), _ahead(session, name)) for name, rule in now.items()]
        return render_template(
            "bip/rules.html", page=None, rows=rows,
            may_add=policy.can(session, context.actor(), rule_acts.RIGHT, ROOT),
            unconfirmed=sum(bool(rule.get("unconfirmed")) for rule in now.values()),
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


def _ahead(session: Session, kind: str) -> date | None:
    """The nearest day on which another rule comes into force."""
    today = clock.today().isoformat()
    days = (str(rule["from"]) for rule in rules.of_type(session, kind) if rule.get("from", "") > today)
    return min((date.fromisoformat(day) for day in days), default=None)


@blueprint.route("/<name>", methods=["GET", "POST"])
@right(rule_acts.RIGHT, path=ROOT)
def one(name: str) -> str | Response:
    """All rules of a type, and the form for another one; what was typed stays when it is refused."""
    if name not in rules.possible():
        raise NotFound("content.unknown")
    if request.method == "POST":
        try:
            _add(name)
        except (Invalid, Conflict) as refusal:
            flash(message(refusal.code, **refusal.details), "danger")
        else:
            flash(message("bip.done.rule"), "success")
            return redirect(f"{ADDRESS}/{name}")
    with context.reading() as session:
        now = rules.of(session, name, None)
        given = _given() if request.method == "POST" else now
        people = {row.id: row.name for row in session.execute(select(User.id, User.name))}
        return render_template(
            "bip/rule.html", page=None, kind=types.of(name), now=now, words=words(name, now), given=given,
            typed=request.form, today=clock.today(), acts=rule_acts, places=dues.PLACES, people=people,
            added=[(row, words(name, row.rule)) for row in rule_acts.added(session, name)],
            came=[(rule, words(name, rule)) for rule in types.of(name).terms],
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


def _given() -> dict[str, Any]:
    form = request.form
    given: dict[str, Any] = {name: form.get(name, "") for name in form}
    confirmed = form.getlist("confirmed")
    return given | {
        "also": form.getlist("also"),
        "unconfirmed": [name for name in form.getlist("unconfirmed") if name not in confirmed],
    }


def _add(name: str) -> None:
    """Raises ``Invalid``, ``Conflict``."""
    try:
        since = date.fromisoformat(request.form.get("since", ""))
    except ValueError as cause:
        raise Invalid("content.bad_day") from cause
    with context.transaction() as session:
        rule_acts.add(
            session, context.actor(), name, _given(), since=since, reason=request.form.get("reason", ""),
            confirmed="from" in request.form.getlist("confirmed"),
        )  # fmt: skip


def words(kind: str, rule: Rule) -> list[str]:
    """What a rule says, each thing as a sentence."""
    labels = {field.name: field.label for field in types.of(kind).fields}
    found = []
    for name in (*rule_acts.NUMBERS, *rule_acts.FLAGS, *rule_acts.FIELDS, "publish", "yearly_by", "also", "at_end"):
        value = rule.get(name)
        named = name == "before_field" and rule.get("before_days")
        if value is None or value in ("", []) or value is False or named or (name == "before_days" and not value):
            continue
        if name in rule_acts.FIELDS:
            value = labels.get(str(value), value)
        if name == "also":
            value = ", ".join(message(f"bip.place.{place}") for place in rule["also"])
        if name in ("publish", "at_end"):
            value = message(f"bip.rule.{name}.{value}")
        field = labels.get(str(rule.get("before_field", "")), "")
        found.append(message(f"bip.rule.{name}", value=value, field=field))
    return found
