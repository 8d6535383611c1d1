"""The desk opens on what there is to do today."""

from __future__ import annotations

from flask import render_template

from eoffice.desk import work
from eoffice.desk.views.base import DESK, blueprint
from portal.content.editor import lists
from portal.web import context


@blueprint.get("/")
@DESK
def today() -> str:
    """Do zrobienia dziś."""
    with context.reading() as session:
        heaps = work.today(session, context.actor())
        # Who also answers for the Bulletin sees here what is due there, so nothing waits on a desk nobody opened.
        duties = lists.tasks(session, context.actor())
    return render_template("desk/today.html", heaps=heaps, duties=duties)
