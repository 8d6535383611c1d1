"""Images that nobody published yet and a text shows: they are published together with it, described as it describes
them. Without this a page would go out with holes its editor never saw in the preview.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import duties, links, markup
from portal.content.models import Item, ItemVersion
from portal.content.workflow import PORTAL, UNPUBLISHED
from portal.core import actors
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Waiting:
    """An image to be published with a text: its working copy and the fields it is to have."""

    item: Item
    version: ItemVersion
    fields: dict[str, Any]


def waiting(session: Session, actor: Actor, version: ItemVersion) -> list[Waiting]:
    """The unpublished images that ``version`` shows and ``actor`` publishes with it.

    Those the actor may not even see are left as they are, and so are all when the program acts for nobody. Raises
    ``Conflict`` for one the actor sees but may not publish, ``Invalid`` for one nobody described or with a virus.
    """
    person = _person(actor)
    wanted = links.targets(version.body) | {duties.picture_of(session, version.fields) or 0}
    if person is None or wanted == {0}:
        return []
    query = (
        select(Item, ItemVersion)
        .join(ItemVersion, ItemVersion.id == Item.draft_version_id)
        .where(Item.id.in_(wanted), Item.type == "image", Item.state == UNPUBLISHED, Item.binned_at.is_(None))
        .order_by(Item.id)
    )
    rows = session.execute(query).all()
    seen = [(item, copy) for item, copy in rows if policy.can(session, person, PORTAL.rights["view"], item.path)]
    for item, _copy in seen:
        if not policy.can(session, person, PORTAL.rights["publish"], item.path):
            raise Conflict("content.image_of_others", title=item.title, path=item.path)
    return [Waiting(item, copy, _described(session, version, item, copy)) for item, copy in seen]


def _person(actor: Actor) -> Actor | None:
    """Whose rights count: a job carries out what a person may."""
    if actor.kind == "user":
        return actor
    return actors.user(actor.on_behalf_of) if actor.on_behalf_of else None


def _described(session: Session, version: ItemVersion, item: Item, copy: ItemVersion) -> dict[str, Any]:
    """The image's fields with the description it has, else the one that stands in the text."""
    duties.require_clean(session, copy.id)
    fields = dict(copy.fields)
    if str(fields.get("alt") or "").strip() or fields.get("decorative"):
        return fields
    said = [image.get("alt") for image in markup.read(version.body).images if image.get("src") == f"item:{item.id}"]
    words = next((words for words in said if words is not None), None)
    if words is None:
        raise Invalid("content.image_without_words", title=item.title)
    return fields | ({"alt": words} if words.strip() else {"decorative": True})
