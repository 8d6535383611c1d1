"""What editors of the Bulletin do beyond pages: exclusions of openness, each with all the law asks for."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bip import exclusions
from bip.exclusions import Exclusion
from portal.content.editor import lists
from portal.content.editor.views import working_copy
from portal.core.errors import Conflict, Invalid
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_editor", __name__, url_prefix="/redakcja/strona/<int:item_id>")
MOST = 30
"""Exclusions of one item; a text with more is better published as a scan of what may be shown."""


@blueprint.route("/wylaczenia", methods=["GET", "POST"])
@right("bip.edit", below=True)
def exclude(item_id: int) -> str | Response:
    """The list of what is withheld from the item's text."""
    if request.method == "POST":
        return _save(item_id)
    with context.reading() as session:
        page = working_copy(session, item_id)
        return render_template(
            "bip/exclusions.html",
            page=page,
            rows=exclusions.of_fields(page.fields),
            grounds=exclusions.grounds().values(),
            branches=lists.branches(session, context.actor(), page.row.path),
        )


def _save(item_id: int) -> Response:
    expected = request.form.get("expected", "")
    try:
        with context.transaction() as session:
            exclusions.set_exclusions(
                session, context.actor(), item_id, _asked(), expected=int(expected) if expected.isdecimal() else None
            )
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return redirect(request.path)
    flash(message("bip.done.exclusions"), "success")
    return redirect(f"/redakcja/strona/{item_id}")


_COLUMNS = ("ground", "scope", "made_by", "interest")


def _asked() -> list[Exclusion]:
    """The rows of the form; one without a scope is left out."""
    found = []
    for number in range(1, MOST + 1):
        given = {name: request.form.get(f"{name}-{number}", "").strip() for name in _COLUMNS}
        if given["scope"]:
            found.append(Exclusion(number=number, **given))
    return found
