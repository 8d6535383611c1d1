"""What came in: the list, one entry whole, dekretacja, the legal effect."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eoffice.cases.models import Case
from eoffice.desk import forms, lists, reading, scope
from eoffice.desk.acting import act, submit
from eoffice.desk.reading import FileRow, Readable
from eoffice.desk.views.base import DESK, blueprint
from eoffice.intake import actions as intake
from eoffice.intake.models import Message
from eoffice.parties import queries as parties
from eoffice.register import actions as register
from eoffice.register import queries
from eoffice.register.models import Assignment, Entry
from eoffice.register.workflow import MANAGE, OPEN
from portal.accounts import policy
from portal.accounts.models import Group, User
from portal.core.actors import Actor
from portal.core.errors import Invalid
from portal.web import context
from portal.web.forms import Form


@blueprint.get("/wplyw/")
@DESK
def entries() -> str:
    """Incoming items, narrowed by a saved filter and by words."""
    chosen, wanted = request.args.get("stan", "otwarte"), request.args.get("wybrany", 0, type=int)
    with context.reading() as session:
        page = lists.entries(session, context.actor(), chosen, request.args.get("q", ""))
        found = scope.entry(session, context.actor(), wanted) if wanted else None
        preview = reading.readable(session, context.blobs(), found.document_id) if found else None
    return render_template(
        "desk/entries.html", page=page, chosen=chosen, filters=lists.ENTRY_FILTERS, chosen_entry=found,
        preview=preview,
    )  # fmt: skip


@blueprint.get("/wplyw/<int:entry_id>")
@DESK
def entry(entry_id: int) -> str:
    """One incoming item: what came, from whom, and what can be done with it."""
    return _page(entry_id)


@blueprint.post("/wplyw/<int:entry_id>/dekretacja")
@DESK
def assign_entry(entry_id: int) -> ResponseReturnValue:
    """Dekretacja."""
    form = forms.Assign()
    with context.reading() as session:
        scope.entry(session, context.actor(), entry_id)
        _offer(session, context.actor(), form)
    return submit(
        form,
        lambda session: register.assign(
            session, context.actor(), entry_id, department_id=form.department_id.data,
            assignee_id=form.assignee_id.data, due_on=form.due_on.data, note=form.note.data or "",
        ),
        done="desk.done.assigned",
        to=url_for("desk.entry", entry_id=entry_id),
        again=lambda: _page(entry_id, assign=form),
    )  # fmt: skip


@blueprint.post("/wplyw/<int:entry_id>/skutek")
@DESK
def set_effect(entry_id: int) -> ResponseReturnValue:
    """A clerk's word on the legal effect of the way the letter came."""
    form = forms.Effect()
    form.offer()

    def work(session: Session) -> None:
        found = scope.entry(session, context.actor(), entry_id)
        if found.message_id is None or not form.validate_on_submit():
            raise Invalid("intake.effect", effect=form.effect.data)
        intake.set_effect(session, context.actor(), found.message_id, form.effect.data)

    return act(work, done="desk.done.effect", to=url_for("desk.entry", entry_id=entry_id))


@dataclass
class EntryPage:
    """Everything the page of an entry shows."""

    entry: Entry
    message: Message | None
    letter: Readable | None
    files: list[FileRow]
    assignments: list[Assignment]
    case: Case | None
    department: Group | None
    earlier: list[Case] = field(default_factory=list)
    people: dict[int, User] = field(default_factory=dict)
    may_assign: bool = False
    may_open: bool = False


def _page(entry_id: int, **bound: Form) -> str:
    with context.reading() as session:
        page = _read(session, context.actor(), entry_id)
        assign = bound.get("assign") or _assignment(session, context.actor(), page.entry)
        effect = forms.Effect(effect=page.message.effect) if page.message else None
        if effect is not None:
            effect.offer()
        return render_template("desk/entry.html", page=page, assign=assign, effect=effect)


def _read(session: Session, actor: Actor, entry_id: int) -> EntryPage:
    found = scope.entry(session, actor, entry_id)
    message = session.get(Message, found.message_id) if found.message_id else None
    done = queries.assignments(session, found.id)
    open_ = found.state in OPEN
    return EntryPage(
        entry=found,
        message=message,
        letter=reading.readable(session, context.blobs(), found.document_id),
        files=reading.files(session, message),
        assignments=done,
        case=session.get(Case, found.case_id) if found.case_id else None,
        department=session.get(Group, found.department_id) if found.department_id else None,
        earlier=lists.live_cases_of(session, actor, parties.same_as(session, found.party_id) if found.party_id else ()),
        people=scope.names(session, {n for one in done for n in (one.assignee_id, one.made_by)} | {found.assignee_id}),
        may_assign=open_ and policy.can(session, actor, MANAGE, queries.place(session, found)),
        may_open=open_ and bool(scope.departments(session, actor, "cases.work")),
    )


def _assignment(session: Session, actor: Actor, found: Entry) -> forms.Assign:
    form = forms.Assign(department_id=found.department_id, assignee_id=found.assignee_id, due_on=found.due_on)
    _offer(session, actor, form)
    return form


def _offer(session: Session, actor: Actor, form: forms.Assign) -> None:
    """The departments this person may hand items to, and everybody who works in the office."""
    where = scope.departments(session, actor, MANAGE)
    form.offer(where, scope.people(session))
