"""What the Bulletin holds of the obligatory points, for its editors."""

from __future__ import annotations

from flask import Blueprint, render_template

from bip import coverage
from bip.types import ROOT
from portal.content.editor import lists
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip_coverage", __name__)


@blueprint.get("/redakcja/biuletyn/pokrycie")
@right(coverage.RIGHT, path=ROOT, below=True)
def report() -> str:
    """Each point of the statute: its sections, how much is there, how fresh it is."""
    with context.reading() as session:
        return render_template(
            "bip/coverage.html", page=None, points=coverage.report(session), days=coverage.STALE.days,
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip
