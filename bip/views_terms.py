"""The editors' pages of terms: all that is due, most pressing first, and what is done about one item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import dues, duties, pages, rules, spans, term_acts, terms
from bip.frame import bulletin
from bip.models import TermFact
from bip.types import ROOT
from portal.content import queries
from portal.content.editor import lists, spoken
from portal.content.editor.views import rights_at, working_copy
from portal.content.queries import PageData
from portal.content.workflow import BULLETIN, PUBLISHED
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context, paging
from portal.web.rights import right
from portal.web.texts import message

ADDRESS = "/redakcja/biuletyn/terminy"
blueprint = Blueprint("bip_terms", __name__, url_prefix=ADDRESS)
of_item = Blueprint("bip_term", __name__, url_prefix="/redakcja/strona/<int:item_id>/obowiazki")
SPANS = {"": "near", "po-terminie": "late", "dzisiaj": "today", "wszystkie": "all"}
"""The address's word → what ``duties.query`` calls it."""


@blueprint.get("")
@right(duties.RIGHT, path=ROOT)
def due() -> str:
    """Everything to see to, narrowed as asked; how much is late, due today and near."""
    asked = request.args.get("ktore", "")
    with context.reading() as session:
        page = paging.page(
            session, duties.query(SPANS.get(asked, "near")), duties.KEY, descending=False, scalars=False,
            key=lambda row: (row[0].due, row[0].id),
        )  # fmt: skip
        return render_template(
            "bip/dates.html", page=None, asked=asked if asked in SPANS else "", shown=page,
            duties=[duties.told(session, *row) for row in page.items], counts=duties.counts(session),
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


@blueprint.get("/spoznienia")
@right(duties.RIGHT, path=ROOT)
def late() -> str:
    """What was published after the last day its rule gave, newest first, and why."""
    with context.reading() as session:
        page = paging.page(
            session, duties.published_late(session), (TermFact.id,), scalars=False, key=lambda row: (row[0].id,)
        )
        reasons = duties.explanations(session, [row[0].item_id for row in page.items])
        return render_template(
            "bip/late.html", page=None, shown=page, reasons=reasons,
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


@blueprint.get("/tablica")
@right(duties.RIGHT, path=ROOT)
def board() -> str:
    """The list for the notice board, for paper: what to post, and what hangs there until which day."""
    with context.reading() as session:
        return render_template(
            "bip/board.html", **bulletin(session), today=clock.today(), waiting=duties.on_board(session, "also"),
            hanging=duties.on_board(session, "remove"),
        )  # fmt: skip


@blueprint.post("/okres")
@right(duties.RIGHT, path=ROOT)
def settle() -> Response:
    """Say why a publication of a period is missing for good."""
    kind, period, reason = (request.form.get(name, "") for name in ("typ", "okres", "powod"))
    return _done(lambda session, actor: term_acts.settle(session, actor, kind, period, reason), "settled", ADDRESS)


def _done(
    act: Callable[[Session, Actor], object], done: str, back: str, *, item_id: int = 0, words: str = ""
) -> Response:
    """Carry out an act; ``words`` about the item that everyone will read are asked about, and stay typed meanwhile."""
    try:
        with context.transaction() as session:
            if words:
                spoken.keep(session, item_id, words)
            act(session, context.actor())
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        if spoken.asks(item_id, refusal):
            return Response(item(item_id), 422, content_type="text/html; charset=utf-8")
    else:
        flash(message(f"bip.done.{done}"), "success")
    return redirect(back)


def _here(item_id: int) -> str:
    return f"/redakcja/strona/{item_id}/obowiazki"


def _day(name: str) -> date | None:
    """A day as browsers send it; none when it is empty. Raises ``Invalid``."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as cause:
        raise Invalid("content.bad_day") from cause


@of_item.get("")
@right("bip.edit", below=True)
def item(item_id: int) -> str:
    """What the rule asks of one item: other places, its end, why it was late."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        found = panel(session, context.actor(), page)
        if found is None:
            raise NotFound("content.unknown")
        return render_template(
            "bip/item_terms.html", page=page, panel=found, rights=rights_at(session, page), today=clock.today(),
            given=request.form, branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


@of_item.post("/miejsce")
@right("bip.edit", below=True)
def place(item_id: int) -> Response:
    """A tick for a place, or its undoing."""
    name, act, remark = (request.form.get(one, "") for one in ("miejsce", "co", "uwaga"))
    return _done(
        lambda session, actor: term_acts.mark_place(
            session, actor, item_id, name, act, day=_day("dzien"), remark=remark
        ),
        "place", _here(item_id), item_id=item_id, words=remark,
    )  # fmt: skip


@of_item.post("/odpis")
@right("bip.edit", below=True)
def copy(item_id: int) -> Response:
    """A party's request for a copy, and that it was given."""
    number, act, remark = (request.form.get(one, "") for one in ("numer", "co", "uwaga"))

    def note(session: Session, actor: Actor) -> object:
        if act == "copy_asked":
            return term_acts.ask_copy(session, actor, item_id, day=_day("dzien"), remark=remark)
        return term_acts.end_copy(session, actor, item_id, number, act, day=_day("dzien"), remark=remark)

    return _done(note, "copy", _here(item_id))


@of_item.post("/decyzja")
@right("bip.publish", below=True)
def decide(item_id: int) -> Response:
    """What becomes of the item now."""
    act, reason = request.form.get("co", ""), request.form.get("powod", "")
    return _done(
        lambda session, actor: term_acts.decide(session, actor, item_id, act, reason=reason, until=_day("do")),
        "decided", _here(item_id), item_id=item_id, words=reason,
    )  # fmt: skip


@of_item.post("/wyjasnienie")
@right("bip.edit", below=True)
def explain(item_id: int) -> Response:
    """Why it was published late."""
    reason = request.form.get("powod", "")
    return _done(
        lambda session, actor: term_acts.explain(session, actor, item_id, reason), "explained", _here(item_id),
        item_id=item_id, words=reason,
    )  # fmt: skip


@of_item.get("/arkusz")
@right("bip.edit", below=True)
def sheet(item_id: int) -> str:
    """The sheet for the notice board, with places for the days of posting and removal and two signatures."""
    with context.reading() as session:
        draft = working_copy(session, item_id)
        page = queries.page_at(session, draft.row.path) if draft.row.state == PUBLISHED else draft
        rule = rules.of(session, draft.row.type, spans.since(draft.row))
        if page is None or page.type.family is not BULLETIN or "board" not in rule.get("also", ()):
            raise NotFound("content.unknown")
        facts = term_acts.facts(session, item_id)
        board = next(one for one in dues.places(rule, facts) if one.name == "board")
        begun = spans.since(page.row)
        last = spans.must_stand_to(begun, rule) if begun else None
        posted = (board.posted.day if board.posted else None) or clock.today()
        return render_template(
            "bip/sheet.html", **bulletin(session), page=page, rule=rule, board=board,
            body=pages.text(session, page.row.body, page.fields),
            said=terms.stated(session, page.row.type, page.row, page.fields),
            earliest=dues.comes_down(rule, last, posted) if begun else None,
        )  # fmt: skip


def panel(session: Session, _actor: Actor, page: PageData) -> dict[str, Any] | None:
    """What the rule of the item asks, for its page in the editors' room; nothing when it has none."""
    row = page.row
    begun = spans.since(row)
    rule = rules.of(session, row.type, begun) if page.type.family is BULLETIN else {}
    if not rule:
        return None
    facts = term_acts.facts(session, row.id)
    shortest = spans.must_stand_to(begun, rule) if begun else None
    runs = shortest is not None and row.state == PUBLISHED and clock.now() < spans.midnight_after(shortest)
    return {
        "template": "bip/item_panel.html", "rule": rule, "facts": facts, "places": dues.places(rule, facts),
        "duties": duties.of_item(session, row.id), "shortest": shortest, "early": shortest if runs else None,
        "longest": spans.must_end_by(row.published_at, rule) if row.published_at else None,
        "copies": dues.copies(rule, facts), "again": spans.again(row),
        "copy_days": terms.copy_days(page.fields, rule) if row.published_at else 0,
        "late": next((fact for fact in facts if fact.act == "late"), None),
        "explained": dues.latest(facts, "explained"), "kept": dues.latest(facts, "kept"),
    }  # fmt: skip


lists.PANELS.register("bip.terms", panel)
