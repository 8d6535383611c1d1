"""Reading what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from eoffice.intake.models import Message, MessageFile
from portal.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list of what a person has to look at."""

    id: int
    channel: str
    kind: str
    state: str
    problem: str
    title: str
    sender_name: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, oldest first; ``after`` asks for the next one, ``None`` when there is none."""

    rows: list[Row]
    after: int | None


def message(session: Session, message_id: int) -> Message:
    """The message. Raises ``NotFound``."""
    found = session.get(Message, message_id)
    if found is None:
        raise NotFound("intake.unknown")
    return found


def by_key(session: Session, channel: str, external_key: str) -> Message | None:
    """The message received under this key before."""
    same = (Message.channel == channel, Message.external_key == external_key)
    return session.scalars(select(Message).where(*same)).first()


def files(session: Session, message_id: int) -> list[MessageFile]:
    """The attachments of a message in their order."""
    query = select(MessageFile).where(MessageFile.message_id == message_id).order_by(MessageFile.position)
    return list(session.scalars(query))


def of_submission(session: Session, submission_id: int) -> list[Message]:
    """What came in for one of our own submissions: the letter itself and its receipts."""
    query = select(Message).where(Message.submission_id == submission_id).order_by(Message.id)
    return list(session.scalars(query))


def waiting(session: Session, *, after: int | None = None, limit: int = 50) -> Page:
    """The clerk's list: what could not be read, and receipts that fit nothing; oldest first."""
    query = select(
        Message.id, Message.channel, Message.kind, Message.state, Message.problem, Message.title,
        Message.sender_name, Message.received_at,
    ).where(_needs_a_person())  # fmt: skip
    if after is not None:
        query = query.where(Message.id > after)
    rows = [Row(*row) for row in session.execute(query.order_by(Message.id).limit(limit + 1))]
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def count_waiting(session: Session) -> int:
    """How many items wait for a person."""
    return int(session.scalar(select(func.count(Message.id)).where(_needs_a_person())) or 0)


def count_to_assess(session: Session) -> int:
    """How many registered letters have no assessed legal effect yet."""
    query = select(func.count(Message.id))
    return int(session.scalar(query.where(Message.state == "registered", Message.effect == "to_assess")) or 0)


def _needs_a_person() -> ColumnElement[bool]:
    return or_(Message.state == "set_aside", (Message.state == "proof") & (Message.problem != ""))
