"""The editors' page of search: what people do not find, best bets, synonyms, and whether the index is well."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.core.errors import Invalid
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message
from search import actions, engines, tally, tuning
from search.polish import analyser
from search.synonyms import shipped_lines

ADDRESS = "/redakcja/wyszukiwarka"
blueprint = Blueprint("search_editor", __name__, url_prefix=ADDRESS)
_DAYS = 30


@blueprint.get("")
@right(tuning.RIGHT)
def page() -> str:
    """Everything on one page, as it is seldom and shortly used."""
    return _page()


def _page(typed: str | None = None) -> str:
    with context.reading() as session:
        lines = tuning.synonyms(session)
        return render_template(
            "search/editor.html",
            health=engines.of(context.program()).check(),
            missed=tally.report(session, days=_DAYS, missed=True),
            asked=tally.report(session, days=_DAYS, missed=False, limit=20),
            least=tally.LEAST,
            days=_DAYS,
            bets=tuning.best_bets(session),
            own=bool(lines),
            written=typed if typed is not None else "\n".join(lines or shipped_lines()),
            given=request.args,
        )


@blueprint.post("/synonimy")
@right(tuning.RIGHT)
def synonyms() -> str | Response:
    """Save the table; what was typed stays when a line says nothing."""
    typed = request.form.get("table", "")
    try:
        with context.transaction() as session:
            tuning.set_synonyms(session, context.actor(), typed.splitlines(), analyser())
    except Invalid as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return _page(typed)
    flash(message("search.done.synonyms"), "success")
    return redirect(ADDRESS)


@blueprint.post("/polecane")
@right(tuning.RIGHT)
def add() -> Response:
    """Add a best bet."""
    asked, title, url = (request.form.get(name, "") for name in ("asked", "title", "url"))
    return _do(
        lambda session: tuning.add_bet(session, context.actor(), asked=asked, title=title, url=url),
        "search.done.bet_added",
    )


@blueprint.post("/polecane/<int:bet_id>/usun")
@right(tuning.RIGHT)
def remove(bet_id: int) -> Response:
    """Take a best bet away."""
    return _do(lambda session: tuning.remove_bet(session, context.actor(), bet_id), "search.done.bet_removed")


@blueprint.post("/przebuduj")
@right("content.admin")
def rebuild() -> Response:
    """Ask for the index to be built anew; searching goes on meanwhile."""
    return _do(actions.request_rebuild, "search.done.rebuild")


def _do(act: Callable[[Session], object], done: str) -> Response:
    try:
        with context.transaction() as session:
            act(session)
    except Invalid as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return redirect(ADDRESS)
    flash(message(done), "success")
    return redirect(ADDRESS)
