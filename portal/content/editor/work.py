"""Unsaved work: what an editor typed and has not saved, kept on the server as they write.

It is no version and nobody else sees it. Coming back to the form shows it again; saving or throwing it away ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.content.editor.models import UnsavedWork
from portal.content.models import Item
from portal.content.queries import Line
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Invalid

KEPT = timedelta(days=90)
"""Work nobody came back to for a quarter is thrown away: it may hold personal data that is needed no more."""
_LONGEST = 1_000_000
_NOT_TYPED = frozenset({"csrf_token", "how", "place", "files"})


def place_of(item_id: int) -> str:
    """The form in which the item is edited."""
    return f"item:{item_id}"


def place_of_new(kind: str, under: str) -> str:
    """The form in which a new item of ``kind`` is written under a path."""
    return f"new:{kind}:{under}"


def of(session: Session, actor: Actor, place: str) -> UnsavedWork | None:
    """What the actor left in the form."""
    query = select(UnsavedWork).where(UnsavedWork.user_id == actor.user_id, UnsavedWork.place == place)
    return session.scalars(query).first()


def keep(
    session: Session,
    actor: Actor,
    place: str,
    typed: Mapping[str, Sequence[str]],
    *,
    files: Sequence[dict[str, Any]] | None = None,
) -> UnsavedWork:
    """Note what stands in the form now. ``files`` ``None`` keeps those noted before. Raises ``Invalid``."""
    fields = {name: list(values) for name, values in typed.items() if name not in _NOT_TYPED}
    if sum(len(value) for values in fields.values() for value in values) > _LONGEST or len(place) > 480:
        raise Invalid("content.body_too_long", limit=_LONGEST)
    now = clock.now()
    session.execute(delete(UnsavedWork).where(UnsavedWork.user_id == actor.user_id, UnsavedWork.saved_at < now - KEPT))
    found = of(session, actor, place)
    if found is None:
        number = place.partition(":")[2] if place.startswith("item:") else ""
        found = UnsavedWork(
            user_id=int(actor.user_id or 0), item_id=int(number) if number.isdecimal() else None, place=place,
            typed=fields, files=[], saved_at=now,
        )  # fmt: skip
        session.add(found)
    found.typed, found.saved_at = fields, now
    if files is not None:
        found.files = [*found.files, *files]
    session.flush()
    return found


def throw_away(session: Session, actor: Actor, place: str) -> None:
    """Forget what the actor left in the form."""
    session.execute(delete(UnsavedWork).where(UnsavedWork.user_id == actor.user_id, UnsavedWork.place == place))


def mine(session: Session, actor: Actor) -> list[Line]:
    """The forms the actor left unsaved work in, the latest first."""
    query = (
        select(UnsavedWork.place, UnsavedWork.typed, UnsavedWork.saved_at, Item.id, Item.path)
        .outerjoin(Item, Item.id == UnsavedWork.item_id)
        .where(UnsavedWork.user_id == actor.user_id, Item.binned_at.is_(None))
        .order_by(UnsavedWork.saved_at.desc())
    )
    return list(session.execute(query.limit(50)).all())
