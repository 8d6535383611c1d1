"""Edit locks: who is editing an item, since when; taken over with a word, and gone by themselves.

A lock is a courtesy that spares two people the same work. What keeps their texts safe is the comparison of
versions when they save, so a lock that ran out loses nobody anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.content import acts
from portal.content.editor.models import EditLock
from portal.content.models import Item
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.db import insert_or_ignore
from portal.core.errors import Conflict

LIFE = timedelta(minutes=10)
"""A lock nobody renews ends after this. Pages with scripts renew it every minute and give it back when they are
closed; without scripts it covers ten quiet minutes of writing, and a computer that was switched off bars nobody longer.
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is editing: ``since`` the page was opened, ``seen_at`` last known to be there."""

    user_id: int
    name: str
    since: datetime
    seen_at: datetime


def holder(session: Session, item_id: int) -> Holder | None:
    """Who is editing the item now."""
    query = (
        select(EditLock.user_id, User.name, EditLock.since, EditLock.beat_at)
        .join(User, User.id == EditLock.user_id)
        .where(EditLock.item_id == item_id, EditLock.beat_at > clock.now() - LIFE)
    )
    row = session.execute(query).first()
    return Holder(*row) if row else None


def other_holder(session: Session, actor: Actor, item_id: int) -> Holder | None:
    """Who else is editing the item now."""
    found = holder(session, item_id)
    return found if found is not None and found.user_id != actor.user_id else None


def take(session: Session, actor: Actor, item_id: int) -> Holder | None:
    """Begin or go on editing. Returns who else is editing, and changes nothing then. Raises ``Forbidden``."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    other = other_holder(session, actor, item_id)
    if other is None:
        _keep(session, actor, item)
    return other


def take_over(session: Session, actor: Actor, item_id: int) -> None:
    """Edit although somebody else does; they are told, and keep what they typed."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    other = other_holder(session, actor, item_id)
    if other is not None:
        session.execute(delete(EditLock).where(EditLock.item_id == item_id))
        refs = [item.ref, events.ref("user", other.user_id)]
        events.record(session, actor, "content.lock_taken_over", refs, audience="office")
    _keep(session, actor, item)


def release(session: Session, actor: Actor, item_id: int) -> None:
    """Stop editing; somebody else's lock stays."""
    session.execute(delete(EditLock).where(EditLock.item_id == item_id, EditLock.user_id == actor.user_id))


def require_free(session: Session, actor: Actor, item_id: int) -> None:
    """Raise ``Conflict("content.locked")`` when somebody else is editing the item."""
    other = other_holder(session, actor, item_id) if actor.kind == "user" else None
    if other is not None:
        raise Conflict("content.locked", name=other.name)


def _keep(session: Session, actor: Actor, item: Item) -> None:
    now = clock.now()
    lock = session.get(EditLock, item.id)
    if lock is None:
        values = {"item_id": item.id, "user_id": actor.user_id, "since": now, "beat_at": now}
        insert_or_ignore(session, EditLock, values)
        return
    if lock.user_id != actor.user_id or lock.beat_at <= now - LIFE:
        lock.user_id, lock.since = int(actor.user_id or 0), now
    lock.beat_at = now
