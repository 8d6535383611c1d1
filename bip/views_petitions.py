"""The editors' pages of petitions: the course of one, and the yearly summary made of all of them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bip import courses, petitions
from portal.content import actions as content
from portal.content.editor import lists
from portal.content.editor.views import rights_at, working_copy
from portal.content.models import Item
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.held import keeps_typing
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_petitions", __name__, url_prefix="/redakcja")
SPARE = 3


@blueprint.route("/strona/<int:item_id>/przebieg", methods=["GET", "POST"])
@right("bip.edit", below=True)
@keeps_typing
def course(item_id: int) -> str | Response:
    """The steps of a petition, each with its day."""
    rows = list(zip(request.form.getlist("day"), request.form.getlist("text"), strict=False))
    if request.method == "POST":
        expected = request.form.get("expected", "")
        try:
            with context.transaction() as session:
                number = int(expected) if expected.isdecimal() else None
                courses.set_steps(session, context.actor(), item_id, rows, expected=number)
        except (Invalid, Conflict) as refusal:
            flash(message(refusal.code, **refusal.details), "danger")
        else:
            flash(message("bip.done.steps"), "success")
            return redirect(request.path)
    with context.reading() as session:
        page = working_copy(session, item_id)
        if page.row.type != "petition":
            raise NotFound("content.unknown")
        rows = rows or [(row["day"], row["text"]) for row in page.fields.get(courses.STEPS) or []]
        return render_template(
            "bip/steps.html", page=page, rights=rights_at(session, page), rows=[*rows, *[("", "")] * SPARE],
            base=f"/redakcja/strona/{item_id}", longest=courses.MAX_TEXT,
            branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


@blueprint.get("/biuletyn/petycje")
@right("bip.publish", path="/bip")
def summaries() -> str:
    """The years of petitions, and whether each has its summary."""
    with context.reading() as session:
        return render_template("bip/petitions.html", years=petitions.years(session))


@blueprint.post("/biuletyn/petycje")
@right("bip.publish", path="/bip")
def summarise() -> Response:
    """Make the summary of a year and publish it; what stands in the way is said on its page, where it waits."""
    year = request.form.get("year", "")
    try:
        with context.transaction() as session:
            number = petitions.draft(session, context.actor(), int(year) if year.isdecimal() and len(year) == 4 else 0)
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return redirect(request.path)
    try:
        with context.transaction() as session:
            content.publish(session, context.actor(), number)
            path = session.get_one(Item, number).path
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return redirect(f"/redakcja/strona/{number}")
    flash(message("bip.done.summary", year=year), "success")
    return redirect(path)
