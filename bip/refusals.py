"""Attempts on editors' addresses that came to nothing, in the journal: not logged in, a foreign form, a wrong password.

Who tried is not known and nothing about them is kept. Of one network address only so many are noted in an hour:
the journal must stay readable, and nobody may fill it.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bip import reviews
from bip.journal import REFUSALS
from bip.types import ROOT
from portal.accounts import policy
from portal.content.editor.lists import TASKS, Task
from portal.core import events
from portal.core.actors import Actor
from portal.web import context, errors, formats, limits
from portal.web.texts import message

_WATCHED = ("/redakcja", "/api/v1")
_MOST = limits.Rule(60, 3600)


def attempt(why: str, address: str) -> None:
    """Note an attempt refused for ``why`` (``login``, ``csrf``, ``right``, ``password``) at ``address``."""
    if not address.startswith(_WATCHED):
        return
    facts = {"address": address.partition("?")[0][:200], "why": why}
    with suppress(limits.TooMany, SQLAlchemyError), context.transaction() as session:
        limits.take(session, _MOST, limits.of_request("journal"))
        events.record(session, context.actor(), "bip.attempt", [REFUSALS], audience="office", data=facts)


def review_task(session: Session, actor: Actor) -> Task | None:
    """The days of the journal that wait for a look, for who may review it."""
    if not policy.can(session, actor, reviews.RIGHT, ROOT):
        return None
    missed = reviews.missed(session)
    if not missed:
        return None
    days = ", ".join(formats.day(day) for day in missed[:3]) + (", …" if len(missed) > 3 else "")
    return Task(message("bip.task.review"), days, "/redakcja/biuletyn/dziennik")


errors.REFUSED.register("bip.journal", attempt)
TASKS.register("bip.journal", review_task)
