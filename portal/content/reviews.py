"""Requests for review: who asked whom, until when, in which words; open until the working copy is decided on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from portal.accounts import policy
from portal.accounts.models import User
from portal.content import acts, types
from portal.content.editor.models import ReviewRequest
from portal.content.models import Item
from portal.content.queries import Line
from portal.core import actors, clock
from portal.core.actors import Actor
from portal.core.errors import Invalid


def ask(
    session: Session,
    actor: Actor,
    item: Item,
    *,
    due_on: date | None,
    words: str,
    reviewer_id: int | None,
) -> ReviewRequest:
    """Note the request. Raises ``Invalid``: the day is over, too many words, nobody who may review."""
    if due_on is not None and due_on < clock.today():
        raise Invalid("content.due_over")
    if len(words) > acts.MAX_NOTE:
        raise Invalid("content.reason_too_long", limit=acts.MAX_NOTE)
    if reviewer_id is not None and reviewer_id not in {row.id for row in who_may(session, item)}:
        raise Invalid("content.not_a_reviewer")
    close(session, item)
    request = ReviewRequest(
        item_id=item.id, version_id=item.draft_version_id, submitted_by=actor.user_id, submitted_at=clock.now(),
        due_on=due_on, message=words.strip(), reviewer_id=reviewer_id,
    )  # fmt: skip
    session.add(request)
    return request


def close(session: Session, item: Item) -> None:
    """The working copy was decided on, or changed again."""
    waiting = update(ReviewRequest).where(ReviewRequest.item_id == item.id, ReviewRequest.closed_at.is_(None))
    session.execute(waiting.values(closed_at=clock.now()))


def of(session: Session, item_id: int) -> Line | None:
    """The open request for an item, with the names of who asked and who was asked."""
    asked = aliased(User)
    query = (
        select(
            ReviewRequest.due_on, ReviewRequest.message, ReviewRequest.submitted_at, ReviewRequest.reviewer_id,
            User.name.label("by"), asked.name.label("reviewer"),
        )
        .outerjoin(User, User.id == ReviewRequest.submitted_by)
        .outerjoin(asked, asked.id == ReviewRequest.reviewer_id)
        .where(ReviewRequest.item_id == item_id, ReviewRequest.closed_at.is_(None))
        .order_by(ReviewRequest.id.desc())
    )  # fmt: skip
    return session.execute(query).first()


def who_may(session: Session, item: Item | Line) -> list[Line]:
    """The open accounts that may publish at the item's place, by name: who can be asked to review it."""
    names = policy.readers(session, item.path, types.of(item.type).family.rights["review"])
    numbers = policy.people(session, names)
    query = select(User.id, User.name, User.position).where(User.id.in_(numbers), User.active).order_by(User.name)
    return list(session.execute(query.limit(200)).all())


def may(session: Session, user_id: int, item: Item) -> bool:
    """Whether a person may review the item."""
    return policy.can(session, actors.user(user_id), types.of(item.type).family.rights["review"], item.path)
