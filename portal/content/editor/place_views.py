"""A place as a whole: who can do what there, what lies in it and what can be done with many at once; substitutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.accounts import actions as accounts
from portal.accounts import policy
from portal.accounts import queries as people
from portal.content import actions, paths, queries, rights
from portal.content.editor import lists
from portal.content.editor.views import rights_at, working_copy
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import DomainError, Invalid
from portal.web import context, paging
from portal.web.errors import back, explain
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("places", __name__, url_prefix="/redakcja")
MOST = 100
"""Items one bulk act takes: what a page of the list can show."""


@blueprint.get("/strona/<int:item_id>/kto")
@right("content.edit", below=True)
def who(item_id: int) -> str:
    """Who can do what here, and from where they may."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        held = rights.at(session, page.row.path)
        mine = rights_at(session, page)["admin"] and policy.can(
            session, context.actor(), "content.admin", page.row.path
        )
        return render_template(
            "editor/who.html", page=page, held=held, members=rights.members(session, {one.principal for one in held}),
            admin=mine, roles=policy.CONTENT_ROLES, givable=rights.givable(session) if mine else (),
            branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


@blueprint.post("/strona/<int:item_id>/kto")
@right("content.admin", below=True)
def change(item_id: int) -> Any:
    """Give or take a role at this place."""
    act = rights.take if request.form.get("how") == "take" else rights.give
    principal, role = request.form.get("principal", ""), request.form.get("role", "")
    try:
        with context.transaction() as session:
            act(session, context.actor(), item_id, principal, role)
    except Invalid as refusal:
        return back(refusal)
    flash(message("content.done.rights"), "success")
    return redirect(f"/redakcja/strona/{item_id}/kto")


@blueprint.get("/strona/<int:item_id>/zawartosc")
@right("content.edit", below=True)
def contents(item_id: int) -> str:
    """What lies in a place, in its order, with what can be done with the chosen ones."""
    with context.reading() as session:
        page = working_copy(session, item_id)
        query = select(*queries.CATALOGUE).where(Item.parent_id == item_id, Item.binned_at.is_(None))
        rows = paging.page(
            session, query, (Item.position, Item.id), key=lambda row: (row.position, row.id), size=MOST,
            descending=False, scalars=False,
        )  # fmt: skip
        return render_template(
            "editor/contents.html", page=page, rows=rows, rights=rights_at(session, page),
            branches=lists.branches(session, context.actor(), page.row.path),
        )  # fmt: skip


@blueprint.post("/strona/<int:item_id>/zawartosc")
@right("content.edit", below=True)
def many(item_id: int) -> Response:
    """Do one thing with each chosen item. What is refused is said by its name; the others are done."""
    chosen = [int(text) for text in request.form.getlist("chosen") if text.isdecimal()][:MOST]
    act = _act(request.form.get("how", ""))
    done = 0
    for number in chosen:
        try:
            with context.transaction() as session:
                act(session, context.actor(), number)
            done += 1
        except DomainError as refusal:
            flash(message("content.many_refused", title=_title(number), why=explain(refusal)), "danger")
    if not chosen:
        flash(message("content.none_chosen"), "warning")
    elif done:
        flash(message("content.done.many", done=done, all=len(chosen)), "success")
    return redirect(f"/redakcja/strona/{item_id}/zawartosc")


def _act(how: str) -> Callable[[Session, Actor, int], object]:
    target, reason = paths.clean(request.form.get("where", "")), request.form.get("reason", "")
    known: dict[str, Callable[[Session, Actor, int], object]] = {
        "submit": lambda session, actor, number: actions.submit(session, actor, number),
        "publish": lambda session, actor, number: actions.publish(session, actor, number, reason=reason),
        "move": lambda session, actor, number: actions.move(session, actor, number, target),
        "copy": lambda session, actor, number: actions.copy(session, actor, number, target),
        "bin": lambda session, actor, number: actions.put_into_bin(session, actor, number),
    }
    if how not in known:
        raise Invalid("content.unknown_act")
    return known[how]


def _title(number: int) -> str:
    with context.reading() as session:
        return session.scalar(select(Item.title).where(Item.id == number)) or str(number)


@blueprint.post("/strona/<int:item_id>/kolejnosc")
@right("content.edit", below=True)
def shift(item_id: int) -> Any:
    """One place up or down among the neighbours, or before or after one of them; says where it stands now."""
    how, other = request.form.get("how", ""), request.form.get("other", "")
    with context.transaction() as session:
        if how in ("before", "after"):
            number = int(other) if other.isdecimal() else 0
            stands = actions.place(session, context.actor(), item_id, number, after=how == "after")
        else:
            stands = actions.shift(session, context.actor(), item_id, -1 if how == "up" else 1)
        parent = session.scalar(select(Item.parent_id).where(Item.id == item_id))
    said = message("content.done.ordered", title=stands.title, number=stands.number, of=stands.of)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(said=said)
    flash(said, "success")
    return redirect(f"/redakcja/strona/{parent}/zawartosc#w{item_id}")


@blueprint.post("/strona/<int:item_id>/kopiuj")
@right("content.edit", below=True)
def copy(item_id: int) -> Any:
    """The item and all below it once more, as drafts."""
    where, name = request.form.get("where", ""), request.form.get("name", "").strip()
    try:
        with context.transaction() as session:
            made = actions.copy(session, context.actor(), item_id, paths.clean(where), name=name)
    except DomainError as refusal:
        return back(refusal, f"/redakcja/strona/{item_id}")
    flash(message("content.done.copied"), "success")
    return redirect(f"/redakcja/strona/{made.id}")


@blueprint.get("/zastepstwa")
@right("content.review", below=True)
def substitutes() -> str:
    """Who stands in for whom, until when."""
    with context.reading() as session:
        actor = context.actor()
        return render_template(
            "editor/substitutes.html", entries=people.substitutions(session, int(actor.user_id or 0)),
            staff=[one for one in people.staff(session) if one.id != actor.user_id], today=clock.today(),
            branches=lists.branches(session, actor, paths.ROOT),
        )  # fmt: skip


@blueprint.post("/zastepstwa")
@right("content.review", below=True)
def name_substitute() -> Any:
    """Name somebody for a period."""
    form = request.form
    try:
        first, last = date.fromisoformat(form.get("first_day", "")), date.fromisoformat(form.get("last_day", ""))
        number = int(form.get("substitute", ""))
    except ValueError:
        return back(Invalid("substitute.incomplete"), "/redakcja/zastepstwa")
    try:
        with context.transaction() as session:
            accounts.name_substitute(session, context.actor(), substitute_id=number, first_day=first, last_day=last)
    except Invalid as refusal:
        return back(refusal, "/redakcja/zastepstwa")
    flash(message("substitute.done.named"), "success")
    return redirect("/redakcja/zastepstwa")


@blueprint.post("/zastepstwa/<int:number>/zakoncz")
@right("content.edit", below=True)
def end_substitution(number: int) -> Response:
    """End a substitution before its time."""
    with context.transaction() as session:
        accounts.end_substitution(session, context.actor(), number)
    flash(message("substitute.done.ended"), "success")
    return redirect("/redakcja/")
