"""For those who answer for the Bulletin: whether its proofs are being made, and what went wrong with them."""

from __future__ import annotations

from flask import Blueprint, render_template

from bip import checkpoints, stamping
from bip.copying import COPY, TEST, WHOLE, last
from bip.reviews import RIGHT
from bip.types import ROOT
from portal.content.editor import lists
from portal.web import context
from portal.web.rights import right

blueprint = Blueprint("bip_proofs", __name__)


@blueprint.get("/redakcja/biuletyn/dowody")
@right(RIGHT, path=ROOT)
def proofs() -> str:
    """The newest checkpoint, the last word of the time-stamping authority; copies and their tests."""
    settings = context.settings()
    with context.reading() as session:
        return render_template(
            "bip/proofs.html", page=None, checkpoint=checkpoints.newest(session),
            stamp=stamping.last(session), stamping=settings.timestamp_url, copies=settings.bulletin_copies,
            kept=settings.bulletin_copies_kept, made=last(session, COPY, WHOLE), tried=last(session, COPY),
            passed=last(session, TEST, WHOLE), tested=last(session, TEST),
            branches=lists.branches(session, context.actor(), ROOT),
        )  # fmt: skip
