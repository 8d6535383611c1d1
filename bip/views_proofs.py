"""For those who answer for the Bulletin: whether its proofs are being made, and what went wrong with them."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from bip import checkpoints, stamping
from bip.copying import COPY, TEST, WHOLE, last
from bip.reviews import RIGHT
from bip.types import ROOT
from portal.accounts import policy
from portal.content.editor import lists
from portal.content.editor.lists import TASKS, Task
from portal.core.actors import Actor
from portal.web import context
from portal.web.rights import right
from portal.web.texts import message

blueprint = Blueprint("bip_proofs", __name__)
ADDRESS = "/redakcja/biuletyn/dowody"


@blueprint.get(ADDRESS)
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


def task(session: Session, actor: Actor) -> Task | None:
    """What failed and has not been made good, for who answers for the Bulletin."""
    if not policy.can(session, actor, RIGHT, ROOT):
        return None
    settings = context.settings()
    stamp = stamping.last(session) if settings.timestamp_url else None
    facts = [last(session, kind) for kind in (COPY, TEST)] if settings.bulletin_copies else []
    wrong = [message(f"bip.stamp.{stamp.outcome}")] if stamp is not None and stamp.outcome != stamping.GRANTED else []
    wrong += [message(f"bip.copy.{one.outcome}") for one in facts if one is not None and one.outcome != WHOLE]
    return Task(message("bip.task.proofs"), " ".join(wrong), ADDRESS) if wrong else None


TASKS.register("bip.proofs", task)
