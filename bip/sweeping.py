"""The daily look at terms as a job of the outbox, and its going on while the table of what is due is filled anew."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bip import following, mending
from bip.models import DueState
from portal.content import titles
from portal.core import clock, outbox
from portal.core.outbox import Effect
from portal.core.ports import Ports

TERMS = "bip.terms"
_DAY = 24 * 3600


def effect(batch: int = following.BATCH) -> Effect[Any, Any]:
    """How a look at terms is carried out: it talks to nobody outside."""

    def load(_session: Session, _payload: dict[str, Any]) -> bool:
        return True

    def call(_ports: Ports, request: bool) -> bool:
        return request

    def save(session: Session, _payload: dict[str, Any], _result: bool) -> None:
        mending.mend(session)
        titles.fill(session)
        if following.sweep(session, batch):
            fill_on(session)

    return Effect(TERMS, load, call, save, next_at=after_midnight)


def fill_on(session: Session) -> None:
    """Ask for the next part of the filling; the same part is asked for once."""
    state = session.get(DueState, 1)
    place = f"{state.rules[:16]}:{state.reached}" if state is not None else "first"
    outbox.enqueue(session, TERMS, f"{TERMS}:fill:{place}", {}, again=True)


def ensure(session: Session) -> None:
    """Let the daily look stand among the recurring jobs, and fill the table when the rules are others."""
    outbox.enqueue(session, TERMS, TERMS, {}, every=_DAY, run_after=after_midnight(clock.now()))
    if following.behind(session):
        fill_on(session)


def after_midnight(now: datetime) -> datetime:
    """Ten past the midnight to come in Poland, whatever the clock's hour (summer time) and however late the look of
    this day was: what ended yesterday is seen before the office opens."""
    day = clock.local(now).date() + timedelta(days=1)
    return datetime.combine(day, time(0, 10), clock.WARSAW).astimezone(UTC)
