"""What would still show the states before something was taken out: a planned publication, links to preview them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.content import acts, publication
from portal.content.editor import previews
from portal.content.models import Item
from portal.core.actors import Actor

SCHEDULE, LINKS = "schedule", "links"


def close(session: Session, actor: Actor, item: Item, *, follow: int | None = None) -> list[str]:
    """Call off the planned publication of a version before the working copy, and take back the links to such.

    ``follow``: a version whose plan is carried over to the working copy, as nothing but a file was redacted in it.
    What was called off, as ``SCHEDULE`` and ``LINKS``: whoever did it has to be told.
    """
    told = []
    if item.publish_at is not None and item.scheduled_version_id != item.draft_version_id:
        if follow is not None and item.scheduled_version_id == follow:
            publication.carry_plan_over(session, item)
        else:
            item.publish_at = item.scheduled_version_id = None
            acts.changed(session, actor, item, "unscheduled", visible=False)
            told.append(SCHEDULE)
    if previews.revoke_earlier(session, actor, item):
        told.append(LINKS)
    return told
