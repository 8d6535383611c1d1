"""What an incoming item becomes: a new case, or a part of one that lives."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases import jrwa, terms
from eoffice.cases.models import Case, CaseElement, JrwaClass
from eoffice.desk import forms, lists, scope
from eoffice.desk.acting import act, submit
from eoffice.desk.views.base import DESK, blueprint
from eoffice.intake.models import Message
from eoffice.parties import queries as parties
from eoffice.register.models import Entry
from forms.models import FormVersion, Submission
from portal.accounts.models import Group
from portal.core.errors import Conflict, Invalid
from portal.web import context


@blueprint.get("/wplyw/<int:entry_id>/sprawa")
@DESK
def new_case(entry_id: int) -> str:
    """The form that opens a case, filled in with what is known."""
    return _page(entry_id, None)


@blueprint.post("/wplyw/<int:entry_id>/sprawa")
@DESK
def open_case(entry_id: int) -> ResponseReturnValue:
    """Open a case from an incoming item."""
    form = forms.OpenCase()
    with context.reading() as session:
        _offer(session, form)

    def work(session: Session) -> Case:
        scope.entry(session, context.actor(), entry_id)
        return cases.open_case(
            session, context.actor(), entry_id=entry_id, department_id=form.department_id.data,
            symbol=form.symbol.data, title=form.title.data or "", assignee_id=form.assignee_id.data,
            due_on=form.due_on.data,
        )  # fmt: skip

    return submit(form, work, done="desk.done.opened", to=_case_address, again=lambda: _page(entry_id, form))


@blueprint.post("/wplyw/<int:entry_id>/dolacz")
@DESK
def join_case(entry_id: int) -> ResponseReturnValue:
    """Put the item into a case that lives already."""
    form = forms.Join()

    def work(session: Session) -> CaseElement:
        found = scope.entry(session, context.actor(), entry_id)
        same = parties.same_as(session, found.party_id) if found.party_id else frozenset[int]()
        form.offer(lists.live_cases_of(session, context.actor(), same))
        if not form.validate_on_submit():
            raise Invalid("desk.required")
        return cases.join_entry(session, context.actor(), case_id=form.case_id.data, entry_id=entry_id)

    return act(work, done="desk.done.joined", to=url_for("desk.entry", entry_id=entry_id))


def _case_address(case: Case) -> str:
    return url_for("desk.case", case_id=case.id)


def _page(entry_id: int, bound: forms.OpenCase | None) -> str:
    with context.reading() as session:
        found = scope.entry(session, context.actor(), entry_id)
        if found.case_id is not None:
            raise Conflict("entry.in_case", entry=found.printed)
        rule = _rule(session, found)
        form = bound or forms.OpenCase(**_known(session, found, rule))
        _offer(session, form)
        term = _term(session, found, rule)
        earlier = lists.live_cases_of(
            session, context.actor(), parties.same_as(session, found.party_id) if found.party_id else ()
        )
        join = forms.Join()
        join.offer(earlier)
        return render_template(
            "desk/open_case.html", entry=found, form=form, rule=rule, term=term, join=join, earlier=earlier
        )


def _offer(session: Session, form: forms.OpenCase) -> None:
    where = scope.departments(session, context.actor(), "cases.work")
    form.offer(jrwa.end_classes(session), where, scope.people(session))


def _rule(session: Session, found: Entry) -> dict[str, Any]:
    """What the form of our own portal says the office does with it: class and department. Empty for other letters."""
    message = session.get(Message, found.message_id) if found.message_id else None
    submission = session.get(Submission, message.submission_id) if message and message.submission_id else None
    version = session.get(FormVersion, submission.form_version_id) if submission else None
    return dict(version.rule) if version else {}


def _known(session: Session, found: Entry, rule: dict[str, Any]) -> dict[str, Any]:
    """The answers nobody should have to type: from the item, its dekretacja and the form's rule."""
    symbol = str(rule.get("department", ""))
    by_rule = session.query(Group.id).filter(Group.symbol == symbol).scalar() if symbol else None
    return {
        "title": found.title,
        "symbol": str(rule.get("symbol", "")),
        "department_id": found.department_id or by_rule,
        "assignee_id": found.assignee_id or context.actor().user_id,
        "due_on": found.due_on or _term(session, found, rule),
    }


def _term(session: Session, found: Entry, rule: dict[str, Any]) -> date | None:
    jrwa_class = session.get(JrwaClass, str(rule.get("symbol", "")))
    return terms.ends_on(found.received_on, jrwa_class.term) if jrwa_class else None
