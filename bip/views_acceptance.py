"""What the law asks of the Bulletin, point by point, for its editors: the last check, and asking for another one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import acceptance
from bip.acceptance import Point
from bip.acceptance_pages import TRIAL
from bip.acceptance_words import said_of
from bip.effects import ACCEPTANCE
from bip.types import ROOT
from portal.accounts import policy
from portal.content.editor import lists
from portal.content.editor.lists import Task
from portal.content.models import Item
from portal.core import clock, outbox
from portal.core.actors import Actor
from portal.web import context, formats
from portal.web.rights import right
from portal.web.texts import message

RIGHT = "bip.publish"
ADDRESS = "/redakcja/biuletyn/sprawdzenie"
blueprint = Blueprint("bip_acceptance", __name__)
blueprint.add_app_template_filter(said_of, "acceptance_part")


@blueprint.get(ADDRESS)
@right(RIGHT, path=ROOT)
def report() -> str:
    """The last check: each point with its parts, and links to what must be mended."""
    with context.reading() as session:
        runs = acceptance.runs(session)
        points = acceptance.points_of(runs[0]) if runs else []
        return render_template(
            "bip/acceptance.html", page=None, runs=runs, points=points, items=_items(session, points),
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


@blueprint.post(ADDRESS)
@right(RIGHT, path=ROOT)
def again() -> Response:
    """Ask the worker for a check now instead of tomorrow."""
    with context.transaction() as session:
        outbox.hurry(session, ACCEPTANCE)
    flash(message("bip.done.acceptance_asked"), "success")
    return redirect(ADDRESS)


@blueprint.post(TRIAL)
@right(RIGHT, path=ROOT)
def trial() -> Response:
    """Nothing to do here: the check itself knocks, unknown to anybody, to see the refusal noted in the journal."""
    return redirect(ADDRESS)


def task(session: Session, actor: Actor) -> Task | None:
    """What the last check found wrong, on the desk of who may publish in the Bulletin."""
    if not policy.can(session, actor, RIGHT, ROOT):
        return None
    for run in acceptance.runs(session, limit=1):
        if run.data["wrong"]:
            when = message("bip.task.acceptance.when", count=run.data["wrong"], day=formats.day(clock.local(run.at)))
            return Task(message("bip.task.acceptance"), when, ADDRESS)
    return None


lists.TASKS.register("bip.acceptance", task)


def _items(session: Session, points: list[Point]) -> dict[int, Item]:
    ids = {problem.item_id for point in points for part in point.parts for problem in part.problems}
    return {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(ids)))}
