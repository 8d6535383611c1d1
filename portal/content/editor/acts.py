"""The acts of editors and publishers, one address each; every refusal is said on the page they came from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, flash, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.content import actions, acts, links, publication
from portal.content.editor import spoken, views
from portal.content.models import Item
from portal.core import clock, events
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("editor_acts", __name__, url_prefix="/redakcja/strona/<int:item_id>")

REFUSED = "journal:bip:refused"


def _expected() -> int | None:
    text = request.form.get("expected", "")
    return int(text) if text.isdecimal() else None


def _reason() -> str:
    return request.form.get("reason", "")


def _do(
    item_id: int,
    done: str,
    act: Callable[[Session], object],
    *,
    back: str = "",
    again: Callable[[int], str] | None = None,
) -> Response:
    """Carry out ``act`` in one transaction and go back to the item with a word on what happened.

    ``again`` draws the page with what was typed when the act is refused.
    """
    here = f"/redakcja/strona/{item_id}"
    try:
        with context.transaction() as session:
            spoken.keep(session, item_id, _reason())
            act(session)
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
        if spoken.asks(item_id, refusal) and not (request.endpoint or "").endswith("writing.save"):
            # Only then the page asks why the words may stay; what was typed stands there again.
            again = again or views.item
        return Response(again(item_id), 422, content_type="text/html; charset=utf-8") if again else redirect(here)
    except Forbidden as refusal:
        _note_refusal(item_id, str(refusal.details.get("permission", "")))
        raise
    flash(message(done), "success")
    return redirect(back or here)


def _note_refusal(item_id: int, permission: str) -> None:
    """The journal keeps attempts by those who may not (R2007 § 16): the refused act itself left no trace."""
    with context.transaction() as session:
        facts = {"address": request.path[:200], "permission": permission}
        refs = [REFUSED, events.ref("item", item_id)]
        events.record(session, context.actor(), "content.refused", refs, audience="office", data=facts)


@blueprint.post("/wyslij")
@right("content.edit", below=True)
def submit(item_id: int) -> Response:
    """Ask for acceptance: until a day, with a few words, of a person or of anybody who may."""
    expected, words, asked = _expected(), request.form.get("words", ""), request.form.get("reviewer", "")

    def act(session: Session) -> object:
        return actions.submit(
            session, context.actor(), item_id, expected=expected, due_on=_day("due_on"), words=words,
            reviewer_id=int(asked) if asked.isdecimal() else None,
        )  # fmt: skip

    return _do(item_id, "content.done.submitted", act)


@blueprint.post("/zwroc")
@right("content.edit", below=True)
def give_back(item_id: int) -> Response:
    remark = request.form.get("remark", "")
    return _do(
        item_id, "content.done.returned", lambda s: actions.return_with_remark(s, context.actor(), item_id, remark)
    )


@blueprint.post("/opublikuj")
@right("content.edit", below=True)
def publish(item_id: int) -> Response:
    return publish_saved(item_id, _expected())


def publish_saved(item_id: int, expected: int | None) -> Response:
    """Publish what was saved, as long as the item's row is still the one ``expected``."""
    reason = _reason()
    return _do(
        item_id,
        "content.done.published",
        lambda s: actions.publish(s, context.actor(), item_id, expected=expected, reason=reason),
    )


@blueprint.post("/wycofaj")
@right("content.edit", below=True)
def withdraw(item_id: int) -> Response:
    """In the Bulletin one of three kinds: in error, merged with what stands at the address ``into``, text kept."""
    kind, reason, decided = request.form.get("kind", ""), _reason(), "decided" in request.form

    def act(session: Session) -> object:
        if kind == "kept":
            return actions.retire(session, context.actor(), item_id, reason=reason, decided=decided)
        into = publication.target_at(session, request.form.get("into", "")) if kind == "merged" else None
        return actions.withdraw(session, context.actor(), item_id, reason=reason, into=into, decided=decided)

    done = {"merged": "content.done.merged", "kept": "content.done.retired"}.get(kind, "content.done.withdrawn")
    return _do(item_id, done, act, again=views.item)


@blueprint.post("/archiwizuj")
@right("content.edit", below=True)
def archive(item_id: int) -> Response:
    reason = _reason()
    return _do(item_id, "content.done.archived", lambda s: actions.archive(s, context.actor(), item_id, reason=reason))


@blueprint.post("/porzuc")
@right("content.edit", below=True)
def discard(item_id: int) -> Response:
    return _do(item_id, "content.done.discarded", lambda s: actions.discard(s, context.actor(), item_id))


@blueprint.post("/przywroc/<int:number>")
@right("content.edit", below=True)
def restore(item_id: int, number: int) -> Response:
    return _do(item_id, "content.done.restored", lambda s: actions.restore(s, context.actor(), item_id, number))


@blueprint.post("/przenies")
@right("content.edit", below=True)
def move(item_id: int) -> Response:
    where, name = request.form.get("where", ""), request.form.get("name", "").strip()

    def act(session: Session) -> object:
        before = acts.find(session, item_id).path
        try:
            moved = actions.move(session, context.actor(), item_id, where or "/", name=name)
        except NotFound as cause:
            # The place asked for, not the item: said beside the form, where it can be put right.
            raise Invalid(cause.code) from cause
        if moved.path == before:
            raise Invalid("content.moved_nowhere", path=before)
        return moved

    return _do(item_id, "content.done.moved", act, again=views.item)


@blueprint.post("/menu")
@right("content.edit", below=True)
def present(item_id: int) -> Response:
    shown, closed = "in_menu" in request.form, "protected" in request.form
    return _do(
        item_id,
        "content.done.presented",
        lambda s: actions.present(s, context.actor(), item_id, in_menu=shown, protected=closed),
    )


@blueprint.post("/terminy")
@right("content.edit", below=True)
def schedule(item_id: int) -> Response:
    """When the working copy is published and when the page goes to the archive, on the office's clock."""

    def act(session: Session) -> object:
        begin, end = _moment("publish_at"), _moment("expires_at")
        return actions.schedule(session, context.actor(), item_id, publish_at=begin, expires_at=end)

    return _do(item_id, "content.done.scheduled", act)


def _day(name: str) -> date | None:
    """A day as browsers send it. Raises ``Invalid`` for anything else."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as cause:
        raise Invalid("content.bad_day") from cause


def _moment(name: str) -> datetime | None:
    """A local moment as browsers send it (``2026-12-01T08:00``). Raises ``Invalid`` for anything else."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.WARSAW)
    except ValueError as cause:
        raise Invalid("content.bad_moment") from cause


@blueprint.post("/usun")
@right("content.edit", below=True)
def delete(item_id: int) -> Response:
    """Into the bin; whose links lead to what is gone is named."""
    with context.reading() as session:
        found = session.get(Item, item_id)
        names = [row[2] for row in links.linking_below(session, found.path)] if found else []
    answer = _do(
        item_id,
        "content.done.binned",
        lambda s: actions.put_into_bin(s, context.actor(), item_id),
        back="/redakcja/",
    )
    if names and answer.location == "/redakcja/":
        flash(message("content.done.binned_linked", pages=", ".join(f"„{name}”" for name in names[:10])), "warning")
    return answer


@blueprint.post("/z-kosza")
@right("content.edit", below=True)
def take_back(item_id: int) -> Response:
    return _do(item_id, "content.done.unbinned", lambda s: actions.restore_from_bin(s, context.actor(), item_id))
