"""What there is to do today, for one person: each heap is a short list, its full count, and where all of it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from eoffice.cases.models import Case
from eoffice.cases.workflow import RUNNING
from eoffice.desk import scope
from eoffice.dispatch.models import Delivery, Letter
from eoffice.intake import queries as intake
from eoffice.register.models import Entry
from eoffice.register.workflow import OPEN
from portal.accounts import policy
from portal.core import clock
from portal.core.actors import Actor
from portal.core.outbox import FAILED, UNCERTAIN, Job

SHOWN = 8
SOON = timedelta(days=7)
STUCK = ("failed", "uncertain", "no_proof", "doubtful")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do. ``endpoint`` and ``key`` say where it is; ``state`` names its word in the texts."""

    endpoint: str
    key: dict[str, int]
    number: str
    title: str
    who: str = ""
    due_on: date | None = None
    at: datetime | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Heap:
    """``name`` is the key of its heading in the texts."""

    name: str
    rows: list[Row]
    count: int
    endpoint: str
    filter: dict[str, str] = field(default_factory=dict)


Make = Callable[[Any], Row]
Rows = Any
"""A select of whole rows; what each holds is known to the heap that made it."""


def today(session: Session, actor: Actor) -> list[Heap]:
    """The heaps that hold something, most pressing first."""
    makers = (_stuck, _late, _approval, _returned, _new, _mine, _soon, _to_send, _at_counter, _aside, _jobs)
    heaps = [make(session, actor) for make in makers]
    return [heap for heap in heaps if heap and heap.count]


def _heap(session: Session, name: str, query: Rows, make: Make, endpoint: str, **where: str) -> Heap:
    count = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = [make(row) for row in session.execute(query.limit(SHOWN))] if count else []
    return Heap(name, rows, int(count), endpoint, where)


def _entries(session: Session, actor: Actor) -> Rows:
    here = scope.seen(session, actor, Entry.department_id)
    return select(Entry).where(Entry.register == "RPW", here).order_by(Entry.id)


def _entry_row(row: Any) -> Row:
    item: Entry = row[0]
    key = {"entry_id": item.id}
    who, due, came = item.party_name, item.due_on, item.registered_at
    return Row("desk.entry", key, item.printed, item.title, who, due, came, item.state)


def _new(session: Session, actor: Actor) -> Heap:
    query = _entries(session, actor).where(Entry.state == "new")
    return _heap(session, "new", query, _entry_row, "desk.entries", stan="new")


def _mine(session: Session, actor: Actor) -> Heap:
    mine = and_(Entry.state.in_(OPEN), Entry.assignee_id == actor.user_id)
    return _heap(session, "mine", _entries(session, actor).where(mine), _entry_row, "desk.entries", stan="moje")


def _cases(session: Session, actor: Actor) -> Rows:
    here = scope.seen(session, actor, Case.department_id, "cases.view")
    query = select(Case).where(Case.state.in_(RUNNING), here)
    if not policy.can_somewhere(session, actor, "letters.approve", policy.OFFICE):
        query = query.where(or_(Case.assignee_id == actor.user_id, Case.assignee_id.is_(None)))
    return query.order_by(Case.due_on, Case.id)


def _case_row(row: Any) -> Row:
    item: Case = row[0]
    return Row("desk.case", {"case_id": item.id}, item.sign, item.title, "", item.due_on, None, item.state)


def _late(session: Session, actor: Actor) -> Heap:
    query = _cases(session, actor).where(Case.due_on < clock.today())
    return _heap(session, "late", query, _case_row, "desk.cases", stan="po-terminie")


def _soon(session: Session, actor: Actor) -> Heap:
    today_ = clock.today()
    query = _cases(session, actor).where(Case.due_on >= today_, Case.due_on <= today_ + SOON)
    return _heap(session, "soon", query, _case_row, "desk.cases", stan="blisko")


def _letters(session: Session, actor: Actor, permission: str) -> Rows:
    here = scope.seen(session, actor, Case.department_id, permission)
    return select(Letter, Case.sign).join(Case, Case.id == Letter.case_id).where(here).order_by(Letter.id)


def _letter_row(row: Any) -> Row:
    item: Letter = row[0]
    return Row("desk.letter", {"letter_id": item.id}, row[1], item.title, "", None, item.created_at, item.state)


def _approval(session: Session, actor: Actor) -> Heap:
    waiting = and_(Letter.state == "awaiting_approval", Letter.author_id != actor.user_id)
    query = _letters(session, actor, "letters.approve").where(waiting)
    return _heap(session, "approval", query, _letter_row, "desk.letters", stan="awaiting_approval")


def _returned(session: Session, actor: Actor) -> Heap:
    back = and_(Letter.state == "returned", Letter.author_id == actor.user_id)
    query = _letters(session, actor, "letters.write").where(back)
    return _heap(session, "returned", query, _letter_row, "desk.letters", stan="returned")


def _to_send(session: Session, actor: Actor) -> Heap:
    query = _letters(session, actor, "dispatch.send").where(Letter.state == "sealed")
    return _heap(session, "to_send", query, _letter_row, "desk.letters", stan="sealed")


def _deliveries(session: Session, actor: Actor, *states: str) -> Rows:
    return (
        _letters(session, actor, "dispatch.send")
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(Delivery.state.in_(states))
        .add_columns(Delivery.state)
    )


def _delivery_row(row: Any) -> Row:
    item: Letter = row[0]
    key, state = {"letter_id": item.id}, f"delivery.{row[2]}"
    return Row("desk.letter", key, row[1], item.title, "", None, item.created_at, state)


def _stuck(session: Session, actor: Actor) -> Heap:
    return _heap(session, "stuck", _deliveries(session, actor, *STUCK), _delivery_row, "desk.letters", stan="utknely")


def _at_counter(session: Session, actor: Actor) -> Heap:
    query = _deliveries(session, actor, "to_hand")
    return _heap(session, "at_counter", query, _delivery_row, "desk.letters", stan="okienko")


def _aside(session: Session, actor: Actor) -> Heap | None:
    if not policy.can_somewhere(session, actor, "intake.manage", policy.OFFICE):
        return None
    rows = [
        Row("desk.message", {"message_id": item.id}, "", item.title or item.sender_name, item.sender_name, None,
            item.received_at, f"problem.{item.problem.partition('.')[0]}")
        for item in intake.waiting(session, limit=SHOWN).rows
    ]  # fmt: skip
    return Heap("aside", rows, intake.count_waiting(session), "desk.messages")


def _jobs(session: Session, actor: Actor) -> Heap | None:
    if not policy.can_somewhere(session, actor, "jobs.manage", policy.OFFICE):
        return None
    query = select(Job).where(Job.state.in_((FAILED, UNCERTAIN)), Job.topic != "delivery.send").order_by(Job.id)
    return _heap(session, "jobs", query, _job_row, "desk.jobs")


def _job_row(row: Any) -> Row:
    item: Job = row[0]
    return Row("desk.jobs", {}, "", item.topic, "", None, item.created_at, f"job.{item.state}")
