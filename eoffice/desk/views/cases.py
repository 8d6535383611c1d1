"""Cases: the list, one case whole, and the acts on it, each with one small form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eoffice.cases import actions as cases
from eoffice.cases.models import Case
from eoffice.desk import casefile, forms, lists, scope
from eoffice.desk.acting import act, submit
from eoffice.desk.views.base import DESK, blueprint
from portal.web import context
from portal.web.forms import Form


@blueprint.get("/sprawy/", endpoint="cases")
@DESK
def all_cases() -> str:
    """Cases, narrowed by a saved filter and by words."""
    chosen = request.args.get("stan", "w-toku")
    with context.reading() as session:
        page = lists.cases(session, context.actor(), chosen, request.args.get("q", ""))
    return render_template("desk/cases.html", page=page, chosen=chosen, filters=lists.CASE_FILTERS)


@blueprint.get("/sprawy/<int:case_id>")
@DESK
def case(case_id: int) -> str:
    """One case: its documents in the middle, its course on the right, what can be done on top."""
    return _page(case_id)


@blueprint.get("/sprawy/<int:case_id>/metryka")
@DESK
def metryka(case_id: int) -> str:
    """The metryka of the case (KPA art. 66a), to be printed."""
    with context.reading() as session:
        found = scope.case(session, context.actor(), case_id)
        return render_template("desk/metryka.html", case=found, acts=casefile.acts(session, found))


@blueprint.post("/sprawy/<int:case_id>/notatka")
@DESK
def note(case_id: int) -> ResponseReturnValue:
    """An official note."""
    form = forms.Note()
    return submit(
        form,
        lambda session: cases.note(session, context.actor(), case_id=case_id, text=form.note_text.data or ""),
        done="desk.done.noted", to=_here(case_id), again=lambda: _page(case_id, note=form),
    )  # fmt: skip


@blueprint.post("/sprawy/<int:case_id>/termin")
@DESK
def extend_term(case_id: int) -> ResponseReturnValue:
    """A new, later term (KPA art. 36)."""
    form = forms.Term()

    def work(session: Session) -> Case:
        due_on = form.new_due_on.data or date.min
        return cases.extend_term(session, context.actor(), case_id=case_id, due_on=due_on)

    return submit(form, work, done="desk.done.term", to=_here(case_id), again=lambda: _page(case_id, term=form))


@blueprint.post("/sprawy/<int:case_id>/prowadzacy")
@DESK
def assign_case(case_id: int) -> ResponseReturnValue:
    """Who is in charge from now on."""
    form = forms.Person()
    with context.reading() as session:
        form.offer(scope.people(session, scope.case(session, context.actor(), case_id).department_id))
    return submit(
        form,
        lambda session: cases.assign(session, context.actor(), case_id=case_id, assignee_id=form.person_id.data),
        done="desk.done.person", to=_here(case_id), again=lambda: _page(case_id, person=form),
    )  # fmt: skip


@blueprint.post("/sprawy/<int:case_id>/zakoncz")
@DESK
def end_case(case_id: int) -> ResponseReturnValue:
    """Mark the case as ended."""
    form = forms.End()
    form.offer()
    return submit(
        form,
        lambda session: cases.end_case(session, context.actor(), case_id=case_id, outcome=form.outcome.data),
        done="desk.done.ended", to=_here(case_id), again=lambda: _page(case_id, end=form),
    )  # fmt: skip


def _plain(case_id: int, work: Callable[[Session], Case], done: str) -> ResponseReturnValue:
    """An act that needs nothing typed; what comes of it is the case to go to."""
    form = Form()
    return submit(
        form, work, done=done, to=lambda found: _here(found.id), again=lambda: _page(case_id)
    )  # fmt: skip


@blueprint.post("/sprawy/<int:case_id>/czekamy")
@DESK
def await_party(case_id: int) -> ResponseReturnValue:
    """Wait for the party: the term stands still."""
    return _plain(
        case_id, lambda session: cases.await_party(session, context.actor(), case_id=case_id), "desk.done.awaiting"
    )


@blueprint.post("/sprawy/<int:case_id>/dalej")
@DESK
def party_answered(case_id: int) -> ResponseReturnValue:
    """The term runs again."""
    return _plain(
        case_id, lambda session: cases.party_answered(session, context.actor(), case_id=case_id), "desk.done.answered"
    )


@blueprint.post("/sprawy/<int:case_id>/ponow")
@DESK
def resume_case(case_id: int) -> ResponseReturnValue:
    """Take the ended case up under a new sign."""
    return _plain(
        case_id, lambda session: cases.resume_case(session, context.actor(), case_id=case_id), "desk.done.resumed"
    )


@blueprint.post("/sprawy/<int:case_id>/kod")
@DESK
def replace_code(case_id: int) -> ResponseReturnValue:
    """A new access code for the public view."""
    return act(
        lambda session: cases.replace_code(session, context.actor(), case_id=case_id),
        done="desk.done.code",
        to=_here(case_id),
    )


def _here(case_id: int) -> str:
    return url_for("desk.case", case_id=case_id)


def _page(case_id: int, **bound: Form) -> str:
    with context.reading() as session:
        page = casefile.read(session, context.blobs(), context.actor(), case_id, shown(), context.settings().secret_key)
        return render_template("desk/case.html", page=page, forms=_forms(session, page.case) | bound)


def shown() -> int:
    """Which element of the case stands in the middle: chosen in the address, else the newest."""
    return request.args.get("element", 0, type=int)


def _forms(session: Session, found: Case) -> dict[str, Form]:
    """One form for each act, filled in with what is known."""
    person, end = forms.Person(formdata=None, person_id=found.assignee_id), forms.End(formdata=None)
    person.offer(scope.people(session, found.department_id))
    end.offer()
    term = forms.Term(formdata=None, new_due_on=found.due_on)
    return {"note": forms.Note(formdata=None), "term": term, "person": person, "end": end}
