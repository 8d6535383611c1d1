"""The journal for those who review it: refused attempts, and the review of each working day."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from bip import refusals, reviews  # noqa: F401 - refusals registers what it notes
from bip.journal import ORDER
from bip.types import ROOT
from portal.accounts.models import User
from portal.content.editor import lists
from portal.core.errors import Conflict, Invalid
from portal.web import context, paging
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_journal", __name__)
ADDRESS = "/redakcja/biuletyn/dziennik"


@blueprint.get(ADDRESS)
@right(reviews.RIGHT, path=ROOT)
def journal() -> str:
    """Refused attempts, newest first; days reviewed and days missed."""
    with context.reading() as session:
        page = paging.page(session, reviews.journal(), (ORDER,), key=lambda event: (event.seq,), size=25)
        done = reviews.reviewed(session)
        people = {f"user:{row.id}": row.name for row in session.execute(select(User.id, User.name))}
        return render_template(
            "bip/journal.html", page=None, shown=page, done=done, missed=reviews.missed(session), people=people,
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip


@blueprint.post(ADDRESS)
@right(reviews.RIGHT, path=ROOT)
def review() -> Response:
    """Note the review of a day."""
    try:
        day = date.fromisoformat(request.form.get("dzien", ""))
        with context.transaction() as session:
            reviews.review(session, context.actor(), day, request.form.get("uwaga", ""))
    except (Invalid, Conflict) as refusal:
        flash(message(refusal.code, **refusal.details), "danger")
    except ValueError:
        flash(message("bip.no_review_day"), "danger")
    else:
        flash(message("bip.done.reviewed"), "success")
    return redirect(ADDRESS)
