"""Publication and expiry at their time: jobs of the outbox that talk to nobody outside."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import acts, publication, types
from portal.content.models import Item
from portal.content.workflow import PUBLISHED
from portal.core import actors
from portal.core.errors import DomainError, Forbidden
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.web.texts import message

PUBLISH, EXPIRE = "content.publish", "content.expire"


def effects() -> list[Effect[Any, Any]]:
    """The effects of content."""
    return [
        Effect(PUBLISH, _due_to_publish, _nothing_outside, _publish),
        Effect(EXPIRE, _due_to_expire, _nothing_outside, _expire),
    ]


def _nothing_outside(_ports: Ports, request: int) -> int:
    return request


def _load(session: Session, payload: dict[str, Any], moment: str) -> Item | None:
    """The item, when it still waits for this very moment: a changed schedule leaves the old job without effect."""
    item = session.get(Item, payload["item"])
    due = getattr(item, moment) if item is not None and item.binned_at is None else None
    return item if due is not None and due.isoformat() == payload["at"] else None


def _due_to_publish(session: Session, payload: dict[str, Any]) -> int | None:
    item = _load(session, payload, "publish_at")
    asked = payload.get("version")
    if item is None or (asked is not None and asked != item.scheduled_version_id):
        return None
    return item.id if asked is not None or item.draft_version_id is not None else None


def _due_to_expire(session: Session, payload: dict[str, Any]) -> int | None:
    item = _load(session, payload, "expires_at")
    return item.id if item is not None and item.state == PUBLISHED else None


def _publish(session: Session, payload: dict[str, Any], item_id: int) -> None:
    _carry_out(session, payload, item_id, "publish_at")


def _expire(session: Session, payload: dict[str, Any], item_id: int) -> None:
    _carry_out(session, payload, item_id, "expires_at")


def _carry_out(session: Session, payload: dict[str, Any], item_id: int, moment: str) -> None:
    """Do what was asked, on behalf of who asked; what cannot be done goes back to the editors, saying why."""
    item = session.get_one(Item, item_id)
    user_id = payload["user"]
    setattr(item, moment, None)
    asked = payload.get("version")
    if moment == "publish_at":
        item.scheduled_version_id = None
    session.flush()
    try:
        _require_still_allowed(session, item, user_id)
        actor = actors.system_for(user_id)
        if moment == "publish_at":
            publication.publish(session, actor, item_id, version_id=asked)
        elif not any(ending(session, actor, item) for _, ending in acts.ENDINGS.items()):
            publication.archive(session, actor, item_id, reason=message("content.expired"))
    except DomainError as refusal:
        # The refusal came before anything was changed: actions check first.
        acts.changed(
            session, actors.system_for(user_id), item, "schedule_failed", visible=False, data={"code": refusal.code}
        )
        acts.note(session, actors.SYSTEM, item, "schedule_failed", _why(session, refusal, user_id, moment))


def _why(session: Session, refusal: DomainError, user_id: int | None, moment: str) -> str:
    """What those who can act are told: what was not done, and why."""
    what = message(f"content.schedule_failed.{moment}")
    if isinstance(refusal, Forbidden):
        name = acts.name_of(session, actors.system_for(user_id))
        return message("content.schedule_failed.left", what=what, name=name)
    return message("content.schedule_failed.why", what=what, why=message(refusal.code, **refusal.details))[:1000]


def _require_still_allowed(session: Session, item: Item, user_id: int | None) -> None:
    """Whoever set the time must still hold the right: a person who left publishes nothing any more."""
    actor = actors.user(user_id) if user_id is not None else actors.SYSTEM
    policy.require(session, actor, types.of(item.type).family.rights["publish"], item.path)
