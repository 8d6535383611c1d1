"""The page on which an administrator erases what the law orders erased: choose, look at exactly what goes, confirm."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import erasing
from bip.erasing import Scope
from portal.accounts import policy
from portal.content import queries
from portal.content.editor import lists, spoken
from portal.content.editor.views import working_copy
from portal.content.models import Item
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_erasing", __name__, url_prefix="/redakcja/strona/<int:item_id>")


@blueprint.route("/usuniecie-tresci", methods=["GET", "POST"])
@right(erasing.RIGHT, below=True)
def erase(item_id: int) -> str | Response:
    """First the choice, then the list of what goes with the button that does it; nothing typed is lost between."""
    scope = _scope()
    if scope.numbers or request.method == "POST":
        try:
            if request.form.get("potwierdzam"):
                return _erase(item_id, scope)
            if "zmien" not in request.form:
                return _confirmation(item_id, scope)
        except (Invalid, Conflict, NotFound) as refusal:
            flash(message(refusal.code, **refusal.details), "danger")
            spoken.asks(item_id, refusal)
    with context.reading() as session:
        return _page(session, item_id, scope, None)


def _confirmation(item_id: int, scope: Scope) -> str:
    with context.reading() as session:
        return _page(session, item_id, scope, erasing.plan(session, _item(session, item_id), scope))


def _item(session: Session, item_id: int) -> Item:
    item = session.get(Item, item_id)
    if item is None:
        raise NotFound("content.unknown")
    return item


def _page(session: Session, item_id: int, scope: Scope, plan: erasing.Plan | None) -> str:
    page = working_copy(session, item_id)
    policy.require(session, context.actor(), erasing.RIGHT, page.row.path)
    return render_template(
        "bip/erase.html", page=page, scope=scope, plan=plan, given=request.values,
        states=queries.history(session, item_id, published_only=False),
        branches=lists.branches(session, context.actor(), page.row.path),
        longest=(erasing.MAX_BASIS, erasing.MAX_REASON),
    )  # fmt: skip


def _erase(item_id: int, scope: Scope) -> Response:
    expected = request.form.get("expected", "")
    basis, reason = request.form.get("basis", ""), request.form.get("reason", "")
    with context.transaction() as session:
        spoken.keep(session, item_id, f"{basis.strip()}\n{reason.strip()}")
        erasing.erase(
            session, context.actor(), item_id, scope, basis=basis, reason=reason,
            expected=int(expected) if expected.isdecimal() else None,
        )  # fmt: skip
    flash(message("bip.done.erased"), "success")
    return redirect(f"/redakcja/strona/{item_id}")


def _scope() -> Scope:
    numbers = tuple(int(text) for text in request.values.getlist("wersja") if text.isdecimal())
    return Scope(numbers, *(name in request.values for name in ("title", "marks", "reasons")))
