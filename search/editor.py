"""The editors' page of search: what people do not find, best bets, synonyms, and whether the index is well."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.errors import Invalid
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message
from search import actions, engines, tally, tuning
from search.index import PUBLIC, IndexUnavailable, SearchIndex
from search.models import BestBet
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


def _page(typed: str | None = None, form: tuning.BetForm | None = None, bet_id: int = 0) -> str:
    """``typed``, ``form``: what was typed and refused. ``bet_id``: the best bet being corrected, 0 for a new one."""
    index = engines.of(context.program())
    with context.reading() as session:
        lines = tuning.synonyms(session)
        bets = tuning.best_bets(session)
        bet_id = bet_id or next((bet.id for bet in bets if str(bet.id) == request.args.get("popraw")), 0)
        return render_template(
            "search/editor.html",
            health=index.check(),
            engine=index.name,
            lemmatiser=analyser().lemmatiser,
            lacking=engines.lacking(context.program()),
            missed=tally.report(session, days=_DAYS, missed=True),
            asked=tally.report(session, days=_DAYS, missed=False, limit=20),
            least=tally.LEAST,
            days=_DAYS,
            bets=[(bet, _standing(index, bet)) for bet in bets],
            bet_id=bet_id,
            form=form or next((tuning.form_of(bet) for bet in bets if bet.id == bet_id), None),
            own=bool(lines),
            written=typed if typed is not None else "\n".join(lines or shipped_lines()),
            given=request.args,
        )


def _standing(index: SearchIndex, bet: BestBet) -> str:
    """``now``, ``later``, ``over``, or ``gone`` where everybody finds the page no more."""
    if bet.until and bet.until < clock.today():
        return "over"
    if bet.since and bet.since > clock.today():
        return "later"
    try:
        known = not bet.key or bet.key in index.known([bet.key], frozenset({PUBLIC}), clock.now())
    except IndexUnavailable:
        known = True  # the page says above that the index is not well
    return "now" if known else "gone"


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
def add() -> str | Response:
    """Add a best bet."""
    return _bet(lambda session, form: tuning.add_bet(session, context.actor(), form), "search.done.bet_added")


@blueprint.post("/polecane/<int:bet_id>")
@right(tuning.RIGHT)
def change(bet_id: int) -> str | Response:
    """Correct a best bet."""
    return _bet(
        lambda session, form: tuning.change_bet(session, context.actor(), bet_id, form),
        "search.done.bet_changed",
        bet_id,
    )


def _bet(act: Callable[[Session, tuning.BetForm], object], done: str, bet_id: int = 0) -> str | Response:
    """What was typed stays when it is refused."""
    names = ("asked", "title", "url", "since", "until")
    form = tuning.BetForm(**{name: request.form.get(name, "") for name in names})
    try:
        with context.transaction() as session:
            act(session, form)
    except Invalid as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return _page(form=form, bet_id=bet_id)
    flash(message(done), "success")
    return redirect(ADDRESS)


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
