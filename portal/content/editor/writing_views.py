"""The pages where editors write. What is refused, or interrupted, stands in the form again whole."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import policy
from portal.content import actions, acts, checks, paths, pictures, types
from portal.content.checks import Finding, Written
from portal.content.editor import acts as item_acts
from portal.content.editor import forms, lists, locks, suggesting, work, writing
from portal.content.editor.views import working_copy
from portal.content.editor.writing import Clash, Sheet
from portal.content.personal.markup import Words
from portal.content.pictures import Shown
from portal.core import clock
from portal.core.errors import Conflict, Invalid
from portal.web import context, once
from portal.web.held import keeps_typing
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("writing", __name__, url_prefix="/redakcja")


def _page(session: Session, sheet: Sheet, status: int = 200, **more: Any) -> tuple[str, int]:
    at = (sheet.page or sheet.under).row.path if sheet.page or sheet.under else paths.ROOT  # type: ignore[union-attr]
    shown = render_template(
        "editor/edit.html", sheet=sheet, kind=sheet.kind, form=sheet.form, fields=sheet.fields, page=sheet.page,
        under=sheet.under, branches=lists.branches(session, context.actor(), at),
        findings=writing.look(session, sheet), picture=_picture(session, sheet),
        suggested=suggesting.of(session, sheet.kind),
        publishes=policy.can(session, context.actor(), sheet.kind.family.rights["publish"], at), **more,
    )  # fmt: skip
    return shown, status


def _picture(session: Session, sheet: Sheet) -> Shown | None:
    """The image being edited, as its last version shows it."""
    if sheet.page is None or sheet.kind.name != "image":
        return None
    number = sheet.page.row.id
    return pictures.of_version(session, number, sheet.page.row.version_id).get(number)


@blueprint.get("/nowa")
@right("content.edit", below=True)
def new() -> Any:
    """The form of a new item of a type under a place."""
    with context.reading() as session:
        return _page(session, _new_sheet(session))


@blueprint.post("/nowa")
@right("content.edit", below=True)
@keeps_typing
def create() -> Any:
    """A new item, or the form again."""
    how = request.form.get("how", "")
    made, sheet, row = None, None, 0
    try:
        with context.transaction() as session:
            sheet = _new_sheet(session)
            if how != "check" and sheet.valid():
                made = _created(session, sheet)
                row = acts.find(session, made).version
                work.throw_away(session, context.actor(), sheet.place)
    except (Invalid, Conflict) as refusal:
        if sheet is None:
            raise
        _explain(sheet, refusal)
    if made is None or sheet is None:
        return _again(sheet, checked=how == "check")
    if how == "publish":
        return item_acts.publish_saved(made, row)
    flash(message("content.done.created"), "success")
    return redirect(f"/redakcja/strona/{made}{'/podglad' if how == 'preview' else ''}")


def _new_sheet(session: Session) -> Sheet:
    kind = types.of(request.args.get("typ", ""))
    under = working_place(session, request.args.get("w", "/"))
    return writing.sheet_of_new(session, kind, under)


def working_place(session: Session, path: str) -> Any:
    """The place a new item is written for, as the person may see it."""
    found = acts.at(session, paths.clean(path))
    if found is None:
        abort(404)
    return working_copy(session, found)


def _created(session: Session, sheet: Sheet) -> int:
    """The new item; of a form sent again, because its answer got lost, the item of before."""
    who, key = str(context.actor().user_id), once.typed(sheet.uploads())
    return once.number(session, who, key, b"", lambda: _create(session, sheet))


def _create(session: Session, sheet: Sheet) -> int:
    form, place = sheet.form, sheet.under
    made = actions.create_item(
        session, context.actor(), place.row.path if place else "/", sheet.kind.name, form.title.data or "",
        name=(form.name.data or "").strip(), summary=form.summary.data or "", body=forms.body_of(form),
        fields=forms.fields_of(sheet.kind, sheet.fields), files=writing.attachments(session, sheet),
    )  # fmt: skip
    return made.id


@blueprint.get("/strona/<int:item_id>/edycja")
@right("content.edit", below=True)
def edit(item_id: int) -> Any:
    """The working copy with what was left unsaved; somebody else's lock is said first."""
    with context.transaction() as session:
        page = working_copy(session, item_id)
        other = locks.take(session, context.actor(), item_id)
        if other is not None:
            branches = lists.branches(session, context.actor(), page.row.path)
            return render_template("editor/locked.html", page=page, other=other, branches=branches), 409
        return _page(session, writing.sheet_of(session, page))


@blueprint.post("/strona/<int:item_id>/edycja")
@right("content.edit", below=True)
@keeps_typing
def save(item_id: int) -> Any:
    """A new working copy, or the form again with what stands in the way. The public page stays as it is."""
    how = request.form.get("how", "")
    sheet, clash, saved = None, None, 0
    try:
        with context.transaction() as session:
            acts.find(session, item_id)
            sheet = writing.sheet_of(session, working_copy(session, item_id))
            if how == "take":
                locks.take_over(session, context.actor(), item_id)
            if how not in ("check", "merge") and sheet.valid():
                clash = writing.clash(session, sheet)
                if clash is None:
                    saved = _save(session, item_id, sheet)
    except (Invalid, Conflict) as refusal:
        if sheet is None:
            raise
        _explain(sheet, refusal)
    if not saved or sheet is None:
        return _again(sheet, checked=how == "check", clash=clash, merge=how == "merge")
    if how == "publish":
        # What was saved stays saved, whatever publishing answers.
        return item_acts.publish_saved(item_id, saved)
    flash(message("content.done.saved"), "success")
    with context.reading() as session:
        page = working_copy(session, item_id)
    body = page.row.body or ""
    for one in checks.noted(Written(page.row.version_title, "", body, fields=page.fields)):
        flash(message(f"content.check.{one.code}", **one.facts), "warning")
    return redirect(f"/redakcja/strona/{item_id}{_onward(how, body)}")


def _onward(how: str, body: str) -> str:
    """Where one goes on after saving: the preview, or what was selected in the text to be withheld.

    The address names only where the selected words stand, never what they say.
    """
    if how != "exclude":
        return "/podglad" if how == "preview" else ""
    selected = request.form.get("selected", "").split()
    found = re.search(r"\s+".join(map(re.escape, selected)), Words(body).text) if selected else None
    return f"/wylaczenia?od={found.start()}&do={found.end()}#co" if found else "/wylaczenia#co"


def _save(session: Session, item_id: int, sheet: Sheet) -> int:
    """A new working copy; the version of the item's row that has it."""
    form, page = sheet.form, sheet.page
    actions.save_draft(
        session, context.actor(), item_id, expected=None, title=form.title.data or "",
        summary=form.summary.data or "", body=forms.body_of(form), reason=form.reason.data or "",
        fields=(page.fields if page else {}) | forms.fields_of(sheet.kind, sheet.fields),
        files=writing.attachments(session, sheet),
    )  # fmt: skip
    work.throw_away(session, context.actor(), sheet.place)
    locks.release(session, context.actor(), item_id)
    return acts.find(session, item_id).version


def _explain(sheet: Sheet, refusal: Invalid | Conflict) -> None:
    sheet.form.form_errors.append(message(refusal.code, **refusal.details))


def _again(sheet: Sheet | None, *, checked: bool, clash: Clash | None = None, merge: bool = False) -> Any:
    """The form as it was sent. What was sent is kept on the server too, so that closing the page loses nothing."""
    if sheet is None:
        abort(404)
    with context.transaction() as session:
        writing.keep(session, sheet)
        more: dict[str, Any] = {"clash": clash, "checked": checked}
        began = request.form.get("began", "")
        if merge and sheet.page is not None and began.isdecimal():
            more["merged"] = writing.merge(session, sheet, sheet.page, int(began))
            work.keep(session, context.actor(), sheet.place, writing.standing(sheet))
        elif clash is not None:
            more["began"] = sheet.expected
            sheet.form.expected.data = str(clash.theirs.number)
        item_id = sheet.page.row.id if sheet.page else 0
        more["other"] = locks.other_holder(session, context.actor(), item_id)
        return _page(session, sheet, 409 if clash else 200 if checked or merge else 422, **more)


@blueprint.post("/praca")
@right("content.edit", below=True)
def autosave() -> Response:
    """Keep what stands in the form now, renew the lock, and say what was found in the text."""
    place = request.form.get("place", "")
    with context.transaction() as session:
        actor = context.actor()
        number = place.partition(":")[2] if place.startswith("item:") else ""
        other = locks.take(session, actor, int(number)) if number.isdecimal() else None
        if "beat" not in request.form:
            work.keep(session, actor, place, writing.typed())
        sheet = _sheet_at(session, place)
        found = writing.look(session, sheet) if sheet else []
    return jsonify(
        at=f"{clock.local(clock.now()):%H:%M}",
        said=message("content.autosaved", at=f"{clock.local(clock.now()):%H:%M}"),
        other=message("content.locked_by", name=other.name, at=f"{clock.local(other.since):%H:%M}") if other else "",
        findings=_findings(found),
    )


def _sheet_at(session: Session, place: str) -> Sheet | None:
    what, _, rest = place.partition(":")
    if what == "item" and rest.isdecimal():
        return writing.sheet_of(session, working_copy(session, int(rest)))
    kind, _, path = rest.partition(":")
    return writing.sheet_of_new(session, types.of(kind), working_place(session, path)) if what == "new" else None


def _findings(found: list[Finding]) -> str:
    return render_template("editor/findings.html", findings=found)


@blueprint.get("/zeton")
@right("content.edit", below=True)
def token() -> Response:
    """A fresh token for a form that was open while its session ended and another began."""
    return jsonify(token=generate_csrf())


@blueprint.post("/praca/wyrzuc")
@right("content.edit", below=True)
def throw_away() -> BaseResponse:
    """Forget what was left unsaved; the last saved version is shown."""
    place = request.form.get("place", "")
    with context.transaction() as session:
        work.throw_away(session, context.actor(), place)
        if place.startswith("item:") and place[5:].isdecimal():
            locks.release(session, context.actor(), int(place[5:]))
    flash(message("content.done.thrown_away"), "success")
    item = place[5:]
    return redirect(f"/redakcja/strona/{item}" if place.startswith("item:") and item.isdecimal() else "/redakcja/")


@blueprint.post("/strona/<int:item_id>/przejmij")
@right("content.edit", below=True)
def take_over(item_id: int) -> BaseResponse:
    """Edit although somebody else does."""
    with context.transaction() as session:
        locks.take_over(session, context.actor(), item_id)
    return redirect(f"/redakcja/strona/{item_id}/edycja")


@blueprint.post("/strona/<int:item_id>/zwolnij")
@right("content.edit", below=True)
def release(item_id: int) -> Response:
    """The editor closed the page."""
    with context.transaction() as session:
        locks.release(session, context.actor(), item_id)
    return Response(status=204)
