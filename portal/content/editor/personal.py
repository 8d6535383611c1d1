"""Personal data before publication: the table of findings, the decisions, boxes painted over a page."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from portal.content import versions
from portal.content.editor import lists
from portal.content.editor.views import working_copy
from portal.content.models import Item
from portal.content.personal import board, deciding, process, review
from portal.content.personal.markup import Words
from portal.content.personal.models import FileCheck
from portal.content.personal.review import REASONS, Review
from portal.core.documents import Document
from portal.core.errors import Conflict, Invalid
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("editor_personal", __name__, url_prefix="/redakcja/strona/<int:item_id>/anonimizacja")
_BOXES = 8
"""Boxes that are drawn at once."""
_SIDES = ("left", "top", "width", "height")
_SHOWING = 20.0
"""Seconds for the picture of one page."""


@blueprint.get("")
@right("content.edit", below=True)
def table(item_id: int) -> str:
    """Every finding with its place and the decision on it."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        state = review.of_working_copy(session, item_id)
        return render_template(
            "personal/table.html",
            page=page,
            state=state,
            sections=board.sections(state.findings),
            reasons=REASONS,
            written=board.written,
            titles={file.document.sha256: file.title for file in state.files},
            preview=_preview(page.row.body, state),
            bulletin=page.type.family.reasons,
            branches=lists.branches(session, context.actor(), page.row.path),
        )


def _preview(body: str | None, state: Review) -> list[board.Part]:
    """The text with its findings marked."""
    found = [one for one in state.findings if one.source == review.TEXT and one.place == "body"]
    return board.parts(Words(body or "").text, found)


@blueprint.post("")
@right("content.edit", below=True)
def decide(item_id: int) -> Answer:
    """Save the decisions and carry them out."""
    expected = request.form.get("expected", "")
    try:
        with context.transaction() as session:
            working_copy(session, item_id)
            choices = board.chosen(review.of_working_copy(session, item_id), request.form)
            if not choices:
                raise Invalid("personal.nothing_decided")
            planned = session.get_one(Item, item_id).publish_at
            item = deciding.decide(
                session, context.actor(), item_id, choices, note_exclusion="exclusion" in request.form,
                expected=int(expected) if expected.isdecimal() else None,
            )  # fmt: skip
            left, called_off = review.of_working_copy(session, item_id), planned and item.publish_at is None
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return redirect(request.path)
    flash(message("personal.done.some" if left.undecided else "personal.done.all", count=left.undecided), "success")
    if called_off:
        flash(message("personal.done.unscheduled"), "warning")
    return redirect(request.path)


def _attached(session: Session, item_id: int, document_id: int) -> tuple[Document, FileCheck]:
    page = working_copy(session, item_id)
    if document_id not in {file.document_id for file in versions.files_of(session, page.row.version_id)}:
        abort(404)
    document = session.get_one(Document, document_id)
    checked = session.get(FileCheck, document.sha256)
    if checked is None or checked.kind not in ("pdf", "picture"):
        abort(404)
    return document, checked


@blueprint.get("/plik/<int:document_id>")
@right("content.edit", below=True)
def sheet(item_id: int, document_id: int) -> str:
    """A page of a file to draw boxes on, with a mouse or by numbers."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        document, checked = _attached(session, item_id, document_id)
        pages = max([1, *(int(piece["number"]) for piece in checked.pieces if piece["place"] == "page")])
        number = min(pages, max(1, request.args.get("strona", 1, type=int)))
        return render_template(
            "personal/sheet.html", page=page, document=document, number=number, pages=pages, boxes=_BOXES,
            branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


@blueprint.get("/plik/<int:document_id>/<int:number>.png")
@right("content.edit", below=True)
def picture(item_id: int, document_id: int, number: int) -> Response:
    """The picture of a page, drawn by the process that opens files."""
    with context.reading() as session:
        document, _ = _attached(session, item_id, document_id)
        sha256 = document.sha256
        found = review.of_working_copy(session, item_id).findings
        marks = [
            [one.start, one.end]
            for one in found
            if (one.source, one.place, one.number) == (sha256, "page", number) and one.kind != "picture"
        ]
    shown = process.ask("show", context.blobs().get(sha256), timeout=_SHOWING, number=number, marks=marks)
    if shown.note != "ok":
        abort(404)
    return Response(shown.made, mimetype="image/png", headers={"Cache-Control": "private, no-store"})


@blueprint.post("/plik/<int:document_id>")
@right("content.edit", below=True)
def paint(item_id: int, document_id: int) -> Answer:
    """Ask for a copy with the boxes black."""
    try:
        with context.transaction() as session:
            _attached(session, item_id, document_id)
            deciding.paint(session, context.actor(), item_id, document_id, _boxes())
    except (Invalid, Conflict, ValueError) as refusal:
        known = refusal if isinstance(refusal, (Invalid, Conflict)) else Invalid("personal.bad_box")
        flash(message(known.code, **known.details), "danger")
        return redirect(f"{request.path}?strona={request.form.get('page', '1')}")
    flash(message("personal.done.painting"), "success")
    return redirect(f"/redakcja/strona/{item_id}/anonimizacja")


def _boxes() -> list[dict[str, float]]:
    """The boxes of the form that have a size; numbers may have a comma."""
    found = []
    number = float(request.form.get("page", ""))
    for row in range(1, _BOXES + 1):
        typed = {name: request.form.get(f"{name}-{row}", "").replace(",", ".").strip() for name in _SIDES}
        if typed["width"] and typed["height"]:
            found.append({name: float(value or 0) for name, value in typed.items()} | {"page": number})
    return found
