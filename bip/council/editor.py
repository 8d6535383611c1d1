"""The editors' pages of a session and of the roll: the agenda with drafts, votes one by one or from a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import relations, rules
from bip.council import actions, agenda, roll, sheets, shown
from bip.council.agenda import Point, points_of
from bip.council.voting import WAYS, Council, Vote, majorities, votes_of
from bip.types import ROOT
from portal.content import queries
from portal.content.editor import lists
from portal.content.editor.views import rights_at, working_copy
from portal.content.models import Item, ItemVersion
from portal.content.queries import PageData
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound
from portal.web import context
from portal.web.held import keeps_typing
from portal.web.rights import right
from portal.web.texts import message
from portal.web.uploads import read_files

blueprint = Blueprint("bip_council_editor", __name__, url_prefix="/redakcja/strona/<int:item_id>")
SPARE = 5
"""Empty rows at the end of the roll's form."""


def _page(session: Session, item_id: int, kind: str) -> dict[str, Any]:
    """What each of these pages stands in. Raises ``NotFound`` for an item of another type."""
    page = working_copy(session, item_id)
    if page.row.type != kind:
        raise NotFound("content.unknown")
    return {
        "page": page, "rights": rights_at(session, page), "base": f"/redakcja/strona/{item_id}",
        "branches": lists.branches(session, context.actor(), page.row.path), "given": request.form,
    }  # fmt: skip


def _done(act: Callable[[], Any], code: str, to: str, **facts: object) -> Response | None:
    """Do it and go on, or say what stands in the way: then ``None``, and the form is shown again as it was sent."""
    try:
        act()
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        return None
    flash(message(code, **facts), "success")
    return redirect(to)


def _expected() -> int | None:
    text = request.form.get("expected", "")
    return int(text) if text.isdecimal() else None


@blueprint.route("/porzadek", methods=["GET", "POST"])
@right("bip.edit", below=True)
@keeps_typing
def agenda_of(item_id: int) -> str | Response:
    """The agenda as a text, one point a line; the drafts of each point have a page of their own."""
    if request.method == "POST":

        def act() -> None:
            with context.transaction() as session:
                known = points_of(working_copy(session, item_id).fields)
                found = agenda.from_lines(request.form.get("lines", "").splitlines(), known)
                actions.set_agenda(session, context.actor(), item_id, found, expected=_expected())

        if done := _done(act, "bip.done.agenda", request.path):
            return done
    with context.reading() as session:
        shared = _page(session, item_id, actions.SESSION)
        fields = shared["page"].fields
        files = queries.files(session, shared["page"].row.version_id)
        drawn = shown.session_of(
            session,
            fields,
            rule=rules.of(session, actions.SESSION, None),
            files=files,
            today=clock.today(),
            visible=_reached(session),
        )
        return render_template("bip/agenda.html", **shared, points=points_of(fields), drawn=drawn.points)


@blueprint.route("/porzadek/<int:key>", methods=["GET", "POST"])
@right("bip.edit", below=True)
def drafts(item_id: int, key: int) -> str | Response:
    """The drafts of one point: items of the Bulletin and files beside the session."""
    if request.method == "POST" and "szukaj" not in request.form:

        def act() -> None:
            with context.transaction() as session:
                _set_drafts(session, item_id, key)

        if done := _done(act, "bip.done.drafts", f"/redakcja/strona/{item_id}/porzadek"):
            return done
    words = request.values.get("q", "").strip()[:100]
    with context.reading() as session:
        shared = _page(session, item_id, actions.SESSION)
        point = _point(shared["page"], key)
        chosen = _numbers("item") if request.method == "POST" else list(point.items)
        found = relations.to_pick(session, context.actor(), item_id, words)
        return render_template(
            "bip/drafts.html", **shared, point=point, words=words, chosen=_titles(session, chosen), found=found,
            files=queries.files(session, shared["page"].row.version_id),
            ticked=_numbers("file") if request.method == "POST" else list(point.files),
        )  # fmt: skip


def _point(page: PageData, key: int) -> Point:
    point = next((one for one in points_of(page.fields) if one.key == key), None)
    if point is None:
        raise NotFound("content.unknown")
    return point


def _numbers(name: str) -> list[int]:
    return [int(text) for text in request.form.getlist(name) if text.isdecimal() and len(text) < 10]


def _reached(session: Session) -> ColumnElement[bool]:
    """Items this editor may know of: everyone's, and those at places where they work."""
    return or_(lists.reach(session, context.actor()), queries.listed())


def _titles(session: Session, numbers: list[int]) -> list[tuple[int, str]]:
    query = select(Item.id, Item.title).where(Item.id.in_(numbers), Item.binned_at.is_(None), _reached(session))
    rows = session.execute(query)
    known = {row.id: row.title for row in rows}
    return [(number, known[number]) for number in dict.fromkeys(numbers) if number in known]


def _set_drafts(session: Session, item_id: int, key: int) -> None:
    page = working_copy(session, item_id)
    point = _point(page, key)
    beside = {one.document_id for one in queries.files(session, page.row.version_id)}
    items = tuple(number for number, _ in _titles(session, _numbers("item")))
    files = tuple(number for number in dict.fromkeys(_numbers("file")) if number in beside)
    changed = Point(point.key, point.title, items, files)
    found = [changed if one.key == key else one for one in points_of(page.fields)]
    actions.set_agenda(session, context.actor(), item_id, found, expected=_expected())


@blueprint.get("/glosowania")
@right("bip.edit", below=True)
def votes(item_id: int) -> str:
    """The votes of the working copy, with their results, and the ways to add more."""
    with context.reading() as session:
        shared = _page(session, item_id, actions.SESSION)
        fields = shared["page"].fields
        return render_template(
            "bip/votes.html", **shared, votes=list(zip(votes_of(fields), shown.votes(fields), strict=True)),
            problem=_council(session, fields)[1], columns=sheets.COLUMNS,
        )  # fmt: skip


def _council(session: Session, fields: dict[str, Any]) -> tuple[Council, str]:
    """Who votes, or why that is not known yet (a sentence)."""
    try:
        return actions.council_for(session, fields), ""
    except Invalid as refusal:
        return Council(0, 0, ()), message(refusal.code, **refusal.details)


@blueprint.route("/glosowania/<int:key>", methods=["GET", "POST"])
@right("bip.edit", below=True)
@keeps_typing
def vote(item_id: int, key: int) -> str | Response:
    """One vote; 0: a new one. Everyone can be set the same way first, and the exceptions after it."""
    how = request.form.get("how", "")
    if request.method == "POST" and how in ("save", "next"):

        def act() -> None:
            with context.transaction() as session:
                _page(session, item_id, actions.SESSION)
                actions.set_vote(session, context.actor(), item_id, _asked(key), expected=_expected())

        there = f"/redakcja/strona/{item_id}/glosowania"
        if done := _done(act, "bip.done.vote", f"{there}/0" if how == "next" else there):
            return done
    words = request.form.get("q", "").strip()[:100]
    with context.reading() as session:
        shared = _page(session, item_id, actions.SESSION)
        fields = shared["page"].fields
        one = _asked(key) if request.method == "POST" else _kept(fields, key)
        council, problem = _council(session, fields)
        if how.startswith("all-") and how[4:] in WAYS:
            one = Vote(one.key, one.subject, one.point, one.act, one.majority, _all(council, how[4:], one))
        return render_template(
            "bip/vote.html", **shared, one=one, council=council, problem=problem, ways=WAYS, words=words,
            majorities=majorities(), points=points_of(fields), act=_titles(session, [one.act]),
            found=relations.to_pick(session, context.actor(), item_id, words) if "szukaj" in request.form else [],
        )  # fmt: skip


def _kept(fields: dict[str, Any], key: int) -> Vote:
    found = next((one for one in votes_of(fields) if one.key == key), None)
    if key and found is None:
        raise NotFound("bip.vote_unknown")
    return found or Vote(0, "", 0, 0, "simple", {})


def _all(council: Council, way: str, one: Vote) -> dict[str, str]:
    """Everyone the same way, those said to be absent excepted."""
    return {member.key: "absent" if one.cast.get(member.key) == "absent" else way for member in council.members}


def _asked(key: int) -> Vote:
    """The vote as the form says it."""
    form = request.form
    cast = {name[2:]: way for name, way in form.items() if name.startswith("g-") and way in WAYS}
    point, act = (next(iter(_numbers(name)), 0) for name in ("point", "act"))
    return Vote(key, " ".join(form.get("subject", "").split()), point, act, form.get("majority", "simple"), cast)


@blueprint.post("/glosowania/<int:key>/usun")
@right("bip.edit", below=True)
def drop(item_id: int, key: int) -> Response:
    """Leave a vote out of the working copy."""
    there = f"/redakcja/strona/{item_id}/glosowania"

    def act() -> None:
        with context.transaction() as session:
            actions.drop_vote(session, context.actor(), item_id, key)

    return _done(act, "bip.done.vote_dropped", there) or redirect(there)


@blueprint.route("/glosowania/z-pliku", methods=["GET", "POST"])
@right("bip.edit", below=True)
def bring(item_id: int) -> str | Response:
    """Votes from a table of the voting system: all of them, or none and a report of what is not understood."""
    report = None
    if request.method == "POST":
        with context.transaction() as session:
            report = _bring(session, item_id)
        if not report.problems:
            flash(message("bip.done.votes_brought", number=len(report.votes)), "success")
            return redirect(f"/redakcja/strona/{item_id}/glosowania")
    with context.reading() as session:
        shared = _page(session, item_id, actions.SESSION)
        fields = shared["page"].fields
        council, problem = _council(session, fields)
        return render_template(
            "bip/bring_votes.html", **shared, report=report, problem=problem, council=council, ways=WAYS,
            there=len(votes_of(fields)), majorities=majorities(), columns=sheets.COLUMNS,
        )  # fmt: skip


def _bring(session: Session, item_id: int) -> sheets.Sheet:
    fields = _page(session, item_id, actions.SESSION)["page"].fields
    try:
        sent = next(iter(read_files("table")), None)
        if sent is None:
            raise Invalid("bip.sheet_no_file")
        keys = [point.key for point in points_of(fields)]
        known = sheets.Known(actions.council_for(session, fields), keys, lambda numbers: _acts(session, numbers))
        report = sheets.read(sent.data, known)
        if not report.problems:
            instead = "instead" in request.form
            actions.bring_votes(session, context.actor(), item_id, report.votes, instead=instead)
    except (Invalid, Conflict) as refusal:
        report = sheets.Sheet()
        report.wrong(0, refusal.code, **refusal.details)
    return report


def _acts(session: Session, numbers: set[str]) -> dict[str, int]:
    """Numbers of resolutions → their items, the public state first; the newest when a number stands twice."""
    number = ItemVersion.fields["number"].as_string()
    query = (
        select(Item.id, number.label("number"))
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.type == "resolution", queries.below(ROOT), number.in_(numbers), Item.binned_at.is_(None))
        .order_by(Item.id)
    )
    return {row.number: row.id for row in session.execute(query)} if numbers else {}


@blueprint.route("/sklad", methods=["GET", "POST"])
@right("bip.edit", below=True)
@keeps_typing
def members(item_id: int) -> str | Response:
    """The roll of a term of office."""
    rows = _roll_rows() if request.method == "POST" else []
    if request.method == "POST":

        def act() -> None:
            with context.transaction() as session:
                actions.set_roll(session, context.actor(), item_id, rows, expected=_expected())

        if done := _done(act, "bip.done.roll", request.path):
            return done
    with context.reading() as session:
        shared = _page(session, item_id, roll.TYPE)
        rows = rows or [one.row() for one in roll.councillors_of(shared["page"].fields)]
        return render_template("bip/roll.html", **shared, rows=rows + [{}] * SPARE)


_COLUMNS = ("key", "name", "club", "since", "until")


def _roll_rows() -> list[dict[str, str]]:
    """The form's rows, then the names pasted one a line."""
    form = request.form
    found = []
    for number in range(1, roll.MAX_COUNCILLORS + SPARE + 1):
        found.append({name: form.get(f"{name}-{number}", "").strip() for name in _COLUMNS})
    found += [{"name": line.strip()} for line in form.get("lines", "").splitlines()]
    return [row for row in found if any(row.values())]
