"""Filling in: one group of questions per page, a summary, one act of sending. Works without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from werkzeug.datastructures import MultiDict

from forms import actions, build, filling, queries, references, validators
from forms.blueprint import blueprint, to_sent
from forms.filling import Filling
from forms.models import Submission
from forms.office import office_of
from forms.schema import Field, Step
from forms.workflow import DRAFT
from portal.core.errors import Conflict, Invalid
from portal.web import context
from portal.web.forms import Form, Problem
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import read_files

SUMMARY = "podsumowanie"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@blueprint.get("/formularze/<slug>/wypelnij")
@right("citizen")
def begin(slug: str) -> Answer:
    """A fresh key; nothing is kept before the first answer."""
    with context.reading() as session:
        first = queries.live(session, slug).definition.steps[0].name
    return redirect(url_for("forms.ask", slug=slug, key=references.new_key(), step=first))


def _read(slug: str, key: str) -> Filling:
    if not _KEY.fullmatch(key):
        abort(404)
    with context.reading() as session:
        return filling.read(session, context.actor(), slug, key)


def _sent(state: Filling) -> Submission | None:
    return state.submission if state.submission and state.submission.state != DRAFT else None


@blueprint.get("/formularze/<slug>/wypelnij/<key>/<step>")
@right("citizen")
def ask(slug: str, key: str, step: str) -> Answer:
    state = _read(slug, key)
    if done := _sent(state):
        return to_sent(slug, done)
    page = state.step(step)
    form = _form(state, page)
    return _step_page(slug, key, state, page, form)


@blueprint.post("/formularze/<slug>/wypelnij/<key>/<step>")
@right("citizen")
def answer(slug: str, key: str, step: str) -> Answer:
    """Keep what was typed whatever it is, then say what is wrong with it or go on."""
    state = _read(slug, key)
    if done := _sent(state):
        return to_sent(slug, done)
    page = state.step(step)
    form = _form(state, page, request.form)
    try:
        refused = _keep(slug, key, state, page, form)
    except Conflict as conflict:
        if conflict.code != "submission.sent":
            raise
        # Sent from another window a moment ago: the next look shows where it went.
        return redirect(request.url)
    state = _read(slug, key)
    sound = form.validate()
    problems = refused + ([] if _adding() else _missing_files(state, page))
    if problems or not sound:
        return _step_page(slug, key, state, page, form, problems), 422
    return redirect(_after(slug, key, state, page))


def _form(state: Filling, page: Step, filled: MultiDict[str, str] | None = None) -> Form:
    made = build.wtform(state.fields(page), state.departments)
    return made(formdata=filled, data=state.answers)


def _adding() -> bool:
    return "add" in request.form


@dataclass(frozen=True, slots=True)
class _Refused:
    field: str
    text: str


def _keep(slug: str, key: str, state: Filling, page: Step, form: Form) -> list[_Refused]:
    """Save answers and files of one page. A refused file does not undo the rest."""
    typed = {name: form[name].data for name in (f.name for f in state.fields(page)) if name in form}
    with context.transaction() as session:
        draft = actions.start(session, context.actor(), slug, key)
        actions.save_answers(session, context.actor(), draft, typed)
    refused = []
    for field in _file_fields(state, page):
        refused += _keep_files(key, field)
    return refused


def _file_fields(state: Filling, page: Step) -> list[Field]:
    return [field for field in state.fields(page) if field.type == "files"]


def _keep_files(key: str, field: Field) -> list[_Refused]:
    refused = []
    limit = context.settings().attachment_limit_mb
    for upload in read_files(field.name):
        try:
            with context.transaction() as session:
                draft = queries.own(session, context.actor(), key=key)
                actions.add_file(
                    session, context.blobs(), context.actor(), draft, field.name, upload.name, upload.data,
                    limit_mb=limit,
                )  # fmt: skip
        except Invalid as problem:
            refused.append(_Refused(field.name, message(problem.code, **problem.details)))
    return refused


def _missing_files(state: Filling, page: Step) -> list[_Refused]:
    wrong = state.problems
    fields = (field for field in _file_fields(state, page) if field.name in wrong)
    return [_Refused(field.name, message(wrong[field.name].code, **wrong[field.name].details)) for field in fields]


def _after(slug: str, key: str, state: Filling, page: Step) -> str:
    _, following = state.neighbours(page)
    if _adding():
        following = page.name
    elif "zmien" in request.args and not state.problems:
        following = SUMMARY
    if not following or following == SUMMARY:
        return url_for("forms.summary", slug=slug, key=key)
    return url_for("forms.ask", slug=slug, key=key, step=following)


def _step_page(
    slug: str, key: str, state: Filling, page: Step, form: Form, problems: list[_Refused] | None = None
) -> str:
    before, _ = state.neighbours(page)
    return render_template(
        "forms/step.html", slug=slug, key=key, state=state, step=page, form=form, before=before,
        refused=problems or [], limit_mb=context.settings().attachment_limit_mb,
    )  # fmt: skip


@blueprint.post("/formularze/<slug>/wypelnij/<key>/<step>/usun/<int:document_id>")
@right("citizen")
def remove_file(slug: str, key: str, step: str, document_id: int) -> Answer:
    with context.transaction() as session:
        draft = queries.own(session, context.actor(), key=key)
        actions.remove_file(session, context.actor(), draft, document_id)
    return redirect(url_for("forms.ask", slug=slug, key=key, step=step))


@blueprint.get(f"/formularze/<slug>/wypelnij/<key>/{SUMMARY}")
@right("citizen")
def summary(slug: str, key: str) -> Answer:
    state = _read(slug, key)
    if done := _sent(state):
        return to_sent(slug, done)
    return _summary_page(slug, key, state)


def _in_words(field: Field, problem: validators.Problem) -> str:
    """A problem far from its question: with the question's name, unless the sentence has it."""
    text = message(problem.code, **problem.details)
    return text if "label" in problem.details else f"{field.label}: {text}"


def _summary_page(slug: str, key: str, state: Filling, refusal: str = "") -> str:
    wrong = state.problems
    lines = [
        Problem(f"pytanie-{field.name}", _in_words(field, wrong[field.name]))
        for field in state.live.definition.fields
        if field.name in wrong
    ]
    return render_template("forms/summary.html", slug=slug, key=key, state=state, problems=lines, refusal=refusal)


@blueprint.post(f"/formularze/<slug>/wypelnij/<key>/{SUMMARY}")
@right("citizen")
def send(slug: str, key: str) -> Answer:
    """Send once, however often the button is pressed."""
    office, refusal = office_of(context.settings()), ""
    try:
        with context.transaction() as session:
            draft = queries.own(session, context.actor(), key=key)
            submission = actions.send(session, context.blobs(), context.actor(), draft, office=office)
        return to_sent(slug, submission)
    except Invalid as problem:
        refusal = message(problem.code, **problem.details)
    return _summary_page(slug, key, _read(slug, key), refusal), 422


@blueprint.post("/formularze/<slug>/wypelnij/<key>/porzuc")
@right("citizen")
def discard(slug: str, key: str) -> Answer:
    with context.transaction() as session:
        draft = queries.own(session, context.actor(), key=key)
        actions.discard(session, context.actor(), draft)
    return redirect(url_for("forms.card", slug=slug))
