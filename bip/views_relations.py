"""The editors' page of an act's relations: pick the other act, say what is done to it, since when."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from bip import relations
from portal.content.editor import lists, spoken
from portal.content.editor.views import rights_at, working_copy
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_relations", __name__, url_prefix="/redakcja/strona/<int:item_id>/powiazania")


@blueprint.route("", methods=["GET", "POST"])
@right("bip.edit", below=True)
def relate(item_id: int) -> str | Response:
    """What is entered already, and the form for one more; what was typed stays when it is refused."""
    if request.method == "POST" and "szukaj" not in request.form:
        try:
            _add(item_id)
        except (Invalid, Conflict) as refusal:
            flash(message(refusal.code, **refusal.details), "danger")
            spoken.asks(item_id, refusal)
        else:
            flash(message("bip.done.related"), "success")
            return redirect(request.path)
    return _page(item_id)


@blueprint.post("/<int:relation_id>/usun")
@right("bip.edit", below=True)
def take_back(item_id: int, relation_id: int) -> Response:
    """Take back what was entered by mistake, with the reason; it stays typed when it is refused."""
    reason = request.form.get("reason", "")
    try:
        with context.transaction() as session:
            spoken.keep(session, item_id, reason)
            relations.end(session, context.actor(), item_id, relation_id, reason=reason)
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        if spoken.asks(item_id, refusal):
            return Response(_page(item_id), 422, content_type="text/html; charset=utf-8")
    else:
        flash(message("bip.done.relation_ended"), "success")
    return redirect(f"/redakcja/strona/{item_id}/powiazania")


def _page(item_id: int) -> str:
    words = request.values.get("q", "").strip()[:100]
    with context.reading() as session:
        page = working_copy(session, item_id)
        if not relations.is_act(page.type):
            raise NotFound("content.unknown")
        return render_template(
            "bip/relations.html",
            page=page,
            rights=rights_at(session, page),
            known=relations.for_editor(session, item_id),
            found=relations.to_pick(session, context.actor(), item_id, words),
            words=words,
            given=request.form,
            kinds=relations.KINDS,
            longest=relations.MAX_BASIS,
            branches=lists.branches(session, context.actor(), page.row.path),
        )


def _add(item_id: int) -> None:
    """Raises ``Invalid``, ``Conflict``."""
    target, since = request.form.get("to", ""), request.form.get("since", "").strip()
    if not target.isdecimal():
        raise Invalid("bip.relation_pick")
    try:
        day = date.fromisoformat(since)
    except ValueError as cause:
        raise Invalid("content.bad_day") from cause
    basis = request.form.get("basis", "")
    with context.transaction() as session:
        spoken.keep(session, item_id, basis)
        relations.add(
            session, context.actor(), item_id, kind=request.form.get("kind", ""), target_id=int(target), since=day,
            basis=basis,
        )  # fmt: skip
