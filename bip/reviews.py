"""The weekday review of the journal: the administrator's duty (rozp. MSWiA z 18.01.2007, § 16).

Each working day somebody who may publish in the Bulletin looks at the refused attempts and says so, with a remark.
A day passed over stays named; it can be made up for later, and then says when it really was.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bip.journal import REFUSALS
from bip.models import JournalReview
from bip.types import ROOT
from portal.accounts import policy
from portal.content.models import Item
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.db import insert_or_ignore
from portal.core.errors import Conflict, Invalid
from portal.core.events import Event, EventRef

RIGHT = "bip.publish"
SHOWN = timedelta(days=30)
"""How far back days are named."""
LONGEST = 500


def review(session: Session, actor: Actor, day: date, remark: str = "") -> None:
    """Note that ``actor`` looked through the journal for ``day``, a working day that has begun.

    Raises ``Forbidden``, ``Invalid``, ``Conflict`` when somebody did it already.
    """
    policy.require(session, actor, RIGHT, ROOT)
    remark = remark.strip()
    if len(remark) > LONGEST:
        raise Invalid("bip.remark_too_long", limit=LONGEST)
    if actor.user_id is None or clock.is_day_off(day) or day > clock.today():
        raise Invalid("bip.no_review_day")
    last = session.scalar(select(func.max(Event.seq))) or 0
    row = {
        "day": day, "reviewed_at": clock.now(), "reviewed_by": actor.user_id, "up_to": last, "remark": remark,
    }  # fmt: skip
    if not insert_or_ignore(session, JournalReview, row):
        raise Conflict("bip.reviewed_already")
    events.record(session, actor, "bip.journal_reviewed", [REFUSALS], data={"day": day.isoformat(), "up_to": last})


def missed(session: Session) -> list[date]:
    """The working days of the last month, today included, that nobody has looked through yet; newest first."""
    today = clock.today()
    begun = session.scalar(select(Item.created_at).where(Item.path == ROOT))
    first = max(today - SHOWN, clock.local(begun).date() if begun else today)
    done = set(session.scalars(select(JournalReview.day).where(JournalReview.day >= first)))
    days = [today - timedelta(days=n) for n in range((today - first).days + 1)]
    return [day for day in days if day not in done and not clock.is_day_off(day)]


def reviewed(session: Session) -> list[JournalReview]:
    """The reviews of the last month, newest first."""
    first = clock.today() - SHOWN
    query = select(JournalReview).where(JournalReview.day >= first).order_by(JournalReview.day.desc())
    return list(session.scalars(query))


def journal() -> Select[Any]:
    """What the journal holds, without an order: refused attempts, and the reviews."""
    return select(Event).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == REFUSALS)
