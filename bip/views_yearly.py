"""The duties of the calendar for the Bulletin's editors, each with its day and a way to say that it is done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from bip import yearly
from bip.types import ROOT
from portal.content.editor import lists
from portal.content.models import Item
from portal.core.errors import Conflict, Invalid
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

RIGHT = "bip.publish"
blueprint = Blueprint("bip_yearly", __name__)


@blueprint.get(yearly.ADDRESS)
@right(RIGHT, path=ROOT)
def page() -> str:
    """What must be done until when, and when it was last done."""
    with context.reading() as session:
        duties = yearly.due(session)
        return render_template(
            "bip/yearly.html", page=None, duties=duties, drafts=_drafts(session, duties),
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


@blueprint.post(f"{yearly.ADDRESS}/<int:item_id>")
@right(RIGHT, path=ROOT)
def review(item_id: int) -> Response:
    """Save a review; the right to publish the page itself is asked for by the act."""
    try:
        with context.transaction() as session:
            yearly.review(session, context.actor(), item_id, changed=request.form.get("zmiany") == "tak")
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
    else:
        flash(message("bip.done.yearly"), "success")
    return redirect(yearly.ADDRESS)


def _drafts(session: Session, duties: list[yearly.Yearly]) -> set[int]:
    """Which of the publications have a working copy."""
    ids = [one.item_id for one in duties]
    return set(session.scalars(select(Item.id).where(Item.id.in_(ids), Item.draft_version_id.is_not(None))))
