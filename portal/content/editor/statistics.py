"""How often the portal's pages are read, for its editors."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request

from portal.content import paths, statistics, visits
from portal.content.editor import lists
from portal.core import clock
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("editor_statistics", __name__)


@blueprint.get("/redakcja/statystyki")
@right("content.edit", below=True)
def page() -> str:
    """The portal's figures, and those of one address asked for."""
    asked = request.args.get("adres", "").strip()[: paths.MAX_PATH]
    address, until = paths.clean(asked) if asked else "", clock.today() - timedelta(days=1)
    with context.reading() as session:
        return render_template(
            "editor/statistics.html",
            found=statistics.read(session, visits.PORTAL, until),
            address=address,
            opened=statistics.of_page(session, address, until) if address else 0,
            branches=lists.branches(session, context.actor(), paths.ROOT),
        )
