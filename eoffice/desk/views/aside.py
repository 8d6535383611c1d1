"""Messages that could not be read or matched: kept as they came, a person decides."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eoffice.desk import forms, reading
from eoffice.desk.acting import submit
from eoffice.desk.views.base import blueprint
from eoffice.intake import actions, queries
from eoffice.intake.models import Message
from eoffice.register.models import Entry
from portal.accounts import policy
from portal.web import context
from portal.web.forms import Form
from portal.web.rights import right

INTAKE = right("intake.manage", path=policy.OFFICE, below=True)


@blueprint.get("/odlozone/")
@INTAKE
def messages() -> str:
    """What waits for a person, oldest first."""
    with context.reading() as session:
        page = queries.waiting(session, after=request.args.get("po", type=int))
    return render_template("desk/messages.html", page=page)


@blueprint.get("/odlozone/<int:message_id>")
@INTAKE
def message(message_id: int) -> str:
    """One message as it came, and what may become of it."""
    return _page(message_id)


@blueprint.post("/odlozone/<int:message_id>/rejestruj")
@INTAKE
def register_message(message_id: int) -> ResponseReturnValue:
    """A person read it: put it into the register."""
    form = forms.RegisterByHand()

    def work(session: Session) -> Entry:
        return actions.register_set_aside(
            session, context.actor(), message_id, title=form.title.data or "", party_name=form.sender_name.data or ""
        )

    return submit(
        form, work, done="desk.done.registered", to=lambda entry: url_for("desk.entry", entry_id=entry.id),
        again=lambda: _page(message_id, register=form),
    )  # fmt: skip


@blueprint.post("/odlozone/<int:message_id>/odrzuc")
@INTAKE
def dismiss_message(message_id: int) -> ResponseReturnValue:
    """It does not belong in the register; it is kept with the reason."""
    form = forms.Dismiss()

    def work(session: Session) -> Message:
        return actions.dismiss(session, context.actor(), message_id, form.reason.data or "")

    return submit(
        form, work, done="desk.done.dismissed", to=url_for("desk.messages"),
        again=lambda: _page(message_id, dismiss=form),
    )  # fmt: skip


def _page(message_id: int, **bound: Form) -> str:
    with context.reading() as session:
        found = queries.message(session, message_id)
        register = bound.get("register") or forms.RegisterByHand(
            formdata=None, title=found.title, sender_name=found.sender_name
        )
        return render_template(
            "desk/message.html", message_item=found,
            letter=reading.readable(session, context.blobs(), found.document_id),
            files=reading.files(session, found), register=register,
            dismiss=bound.get("dismiss") or forms.Dismiss(formdata=None),
        )  # fmt: skip
