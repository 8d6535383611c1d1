"""Letters: the list, the editor, acceptance by the head, sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from eoffice.cases import queries as cases
from eoffice.cases.models import Case
from eoffice.desk import forms, letterfile, lists, scope
from eoffice.desk.acting import act, submit
from eoffice.desk.views.base import DESK, blueprint
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch.models import Letter
from eoffice.dispatch.workflow import EDITABLE
from portal.core.errors import Invalid
from portal.web import context


@blueprint.get("/pisma/")
@DESK
def letters() -> str:
    """Letters, narrowed by a saved filter and by words."""
    chosen = request.args.get("stan", "w-toku")
    with context.reading() as session:
        page = lists.letters(session, context.actor(), chosen, request.args.get("q", ""))
    return render_template("desk/letters.html", page=page, chosen=chosen, filters=lists.LETTER_FILTERS)


@blueprint.get("/sprawy/<int:case_id>/pismo")
@DESK
def new_letter(case_id: int) -> str:
    """The editor of a new letter, filled in from the case."""
    kind = "decision" if request.args.get("rodzaj") == "decyzja" else "letter"
    with context.reading() as session:
        found = scope.case(session, context.actor(), case_id)
        draft = letterfile.prefill(session, found, kind)
    form = forms.Write(formdata=None, kind=kind, **draft)
    return _editor(case_id, form, None)


@blueprint.post("/sprawy/<int:case_id>/pismo")
@DESK
def write_letter(case_id: int) -> ResponseReturnValue:
    """Begin a letter."""
    form = _bound(case_id)

    def work(session: Session) -> Letter:
        letter = dispatch.write_letter(
            session, context.actor(), case_id=case_id, kind=form.kind.data or "", title=form.title.data or "",
            body=form.body.data or "", recipients=form.recipients.data or [],
        )  # fmt: skip
        return _then(session, letter)

    return submit(form, work, done=_done(), to=_address, again=lambda: _editor(case_id, form, None))


@blueprint.get("/pisma/<int:letter_id>")
@DESK
def letter(letter_id: int) -> str:
    """A letter: its editor while it is a draft, else as it reads, with what can be done."""
    with context.reading() as session:
        found, case = scope.letter(session, context.actor(), letter_id)
        if found.state in EDITABLE and letterfile.may(session, context.actor(), case, "letters.write"):
            form = forms.Write(
                formdata=None, version=str(found.version), kind=found.kind, title=found.title, body=found.body,
                recipients=letterfile.recipients(session, found),
            )  # fmt: skip
            return _editor(case.id, form, found)
    return _page(letter_id, None)


@blueprint.post("/pisma/<int:letter_id>")
@DESK
def update_letter(letter_id: int) -> ResponseReturnValue:
    """Keep the changes of a draft."""
    with context.reading() as session:
        found, case = scope.letter(session, context.actor(), letter_id)
    form = _bound(case.id)

    def work(session: Session) -> Letter:
        changed = dispatch.update_letter(
            session, context.actor(), letter_id=letter_id, version=_version(form.version.data),
            title=form.title.data or "", body=form.body.data or "", recipients=form.recipients.data or [],
        )  # fmt: skip
        return _then(session, changed)

    return submit(form, work, done=_done(), to=_address, again=lambda: _editor(case.id, form, found))


@blueprint.post("/pisma/<int:letter_id>/zwroc")
@DESK
def return_letter(letter_id: int) -> ResponseReturnValue:
    """Give a letter back to its author."""
    form = forms.Remark()
    return submit(
        form,
        lambda session: dispatch.return_letter(
            session, context.actor(), letter_id=letter_id, version=_version(form.version.data),
            remark=form.remark.data or "",
        ),
        done="desk.done.returned", to=_address, again=lambda: _page(letter_id, form),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Step:
    work: Callable[..., Letter]
    done: str


_STEPS = {
    "akceptuj": _Step(dispatch.approve, "desk.done.approved"),
    "wycofaj": _Step(dispatch.withdraw_letter, "desk.done.withdrawn"),
}


@blueprint.post("/pisma/<int:letter_id>/<any(akceptuj, wycofaj):step>")
@DESK
def step_letter(letter_id: int, step: str) -> ResponseReturnValue:
    """An act on exactly the version that was read."""
    chosen = _STEPS[step]
    version = _version(request.form.get("version", ""))
    return act(
        lambda session: chosen.work(session, context.actor(), letter_id=letter_id, version=version),
        done=chosen.done,
        to=url_for("desk.letter", letter_id=letter_id),
    )


@blueprint.post("/pisma/<int:letter_id>/wyslij")
@DESK
def send_letter(letter_id: int) -> ResponseReturnValue:
    """Send a sealed letter."""
    return act(
        lambda session: dispatch.send(session, context.actor(), letter_id=letter_id),
        done="desk.done.sending",
        to=url_for("desk.letter", letter_id=letter_id),
    )


def _bound(case_id: int) -> forms.Write:
    form = forms.Write()
    with context.reading() as session:
        found = scope.case(session, context.actor(), case_id)
        form.offer(cases.parties(session, found.id))
    return form


def _then(session: Session, letter: Letter) -> Letter:
    """ "Save" keeps the draft; "hand to the head" goes on at once."""
    if request.form.get("dalej") == "akceptacja":
        return dispatch.submit_for_approval(session, context.actor(), letter_id=letter.id, version=letter.version)
    return letter


def _done() -> str:
    return "desk.done.submitted" if request.form.get("dalej") == "akceptacja" else "desk.done.saved"


def _version(text: object) -> int:
    if not str(text).isdigit():
        raise Invalid("letter.changed_meanwhile")
    return int(str(text))


def _address(letter: Letter) -> str:
    return url_for("desk.letter", letter_id=letter.id)


def _editor(case_id: int, form: forms.Write, found: Letter | None) -> str:
    with context.reading() as session:
        case: Case = scope.case(session, context.actor(), case_id)
        parties = cases.parties(session, case.id)
        form.offer(parties)
        ways = letterfile.ways(session, parties)
        return render_template("desk/letter_edit.html", case=case, form=form, letter=found, ways=ways)


def _page(letter_id: int, remark: forms.Remark | None) -> str:
    with context.reading() as session:
        page = letterfile.read(session, context.blobs(), context.actor(), letter_id)
        form = remark or forms.Remark(formdata=None, version=str(page.letter.version))
        return render_template("desk/letter.html", page=page, remark=form)
