"""The editors' room for files and settings: many files at once into a folder, what a place gives to those below."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.content import acquired, actions, files, languages, scanning, versions
from portal.content.editor import lists
from portal.content.editor.views import working_copy
from portal.content.queries import PageData
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.web import context, once
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import Upload, read_files

blueprint = Blueprint("editor_media", __name__, url_prefix="/redakcja/strona/<int:item_id>")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file: the new item, or why there is none."""

    name: str
    item_id: int = 0
    refusal: str = ""


@blueprint.route("/wgraj", methods=["GET", "POST"])
@right("content.edit", below=True)
def bulk(item_id: int) -> str | Response:
    """Many files at once: each becomes an item of its own, or says why not; one refusal stops none of the others."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        branches = lists.branches(session, context.actor(), page.row.path)
    results, problem = [], ""
    if request.method == "POST":
        try:
            results = [_kept(page, one, at) for at, one in enumerate(read_files("files"))]
        except Invalid as refusal:
            problem = message(refusal.code, **refusal.details)
        if request.accept_mimetypes.best == "application/json":
            return jsonify(
                problem=problem, results=[{"name": r.name, "item": r.item_id, "refusal": r.refusal} for r in results]
            )
    limit = context.settings().upload_limit_mb
    return render_template(
        "editor/bulk.html", page=page, branches=branches, results=results, problem=problem, limit=limit
    )


def _kept(page: PageData, upload: Upload, at: int) -> Result:
    """The file as an item; sent again with the same form, because its answer got lost, it is the item of before."""
    key = once.typed([upload])
    sent = f"{key}\n{at}" if key else ""
    who = str(context.actor().user_id)
    try:
        with context.transaction() as session:
            return Result(upload.name, once.number(session, who, sent, b"", lambda: _item(session, page, upload)))
    except (Invalid, Conflict, Forbidden) as refusal:
        return Result(upload.name, refusal=message(refusal.code, **refusal.details))


def _item(session: Session, page: PageData, upload: Upload) -> int:
    actor = context.actor()
    document = files.keep(session, context.blobs(), actor, data=upload.data, name=upload.name, origin="content")
    kind = "image" if document.content_type in files.IMAGES else "file"
    title = upload.name.rpartition(".")[0] or upload.name
    attached = [versions.Attachment(document.id, title)]
    return actions.create_item(session, actor, page.row.path, kind, title, files=attached).id


@blueprint.route("/ustawienia", methods=["GET", "POST"])
@right("content.admin", below=True)
def settings(item_id: int) -> str | Response:
    """What this place gives to everything below it; an empty answer takes what comes from above."""
    problem, typed = "", {}
    if request.method == "POST":
        typed = {name: request.form.get(name, "").strip().replace("\r\n", "\n") for name in acquired.NAMES}
        try:
            wanted = acquired.checked({name: value or None for name, value in typed.items()})
            with context.transaction() as session:
                actions.configure(session, context.actor(), item_id, wanted)
        except Invalid as refusal:
            problem = message(refusal.code, **refusal.details)
        else:
            flash(message("content.done.configured"), "success")
            return redirect(f"/redakcja/strona/{item_id}/ustawienia")
    with context.reading() as session:
        page = working_copy(session, item_id)
        return render_template(
            "editor/settings.html", page=page, branches=lists.branches(session, context.actor(), page.row.path),
            given=acquired.at(session, page.row.path), problem=problem, typed=typed,
        )  # fmt: skip


@blueprint.post("/jezyk")
@right("content.edit", below=True)
def translate(item_id: int) -> Response:
    """A draft of the page in another language, beside it."""
    try:
        with context.transaction() as session:
            made = languages.translate(session, context.actor(), item_id, request.form.get("language", "")).id
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return redirect(f"/redakcja/strona/{item_id}")
    flash(message("content.done.translated"), "success")
    return redirect(f"/redakcja/strona/{made}/edycja")


@blueprint.post("/plik/<int:document_id>/sprawdz")
@right("content.edit", below=True)
def scan_again(item_id: int, document_id: int) -> Response:
    """Have a file that the scanner refused looked at once more."""
    try:
        with context.transaction() as session:
            scanning.again(session, context.actor(), item_id, document_id)
    except Conflict as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
    else:
        flash(message("content.done.scan_asked"), "success")
    return redirect(f"/redakcja/strona/{item_id}")
