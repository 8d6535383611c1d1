"""Preview links: leave for somebody without an account to see exactly one version, for some days.

The address holds the link's number signed with the program's key (the views sign it), so a stolen database opens
nothing; the row says until when, and whether it was taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import User
from portal.content import acts, queries
from portal.content.editor.models import PreviewLink
from portal.content.models import Item
from portal.content.queries import Line
from portal.content.versions import latest_id
from portal.core import actors, clock, events
from portal.core.actors import Actor
from portal.core.errors import Invalid, NotFound

LIVES = (1, 3, 7, 14, 30)
"""Days a link may live; a review takes a week, and a month is the most a draft should lie open."""


def create(session: Session, actor: Actor, item_id: int, *, days: int) -> PreviewLink:
    """A link to the version that is the working copy now. Raises ``Forbidden``, ``Invalid``."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    version_id = latest_id(item)
    if days not in LIVES or version_id is None:
        raise Invalid("content.preview_days")
    now = clock.now()
    link = PreviewLink(
        item_id=item.id, version_id=version_id, created_at=now, created_by=int(actor.user_id or 0),
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    session.add(link)
    session.flush()
    facts = {"link": link.id, "version": version_id, "days": days}
    events.record(session, actor, "content.preview_opened", [item.ref], audience="office", data=facts)
    return link


def revoke(session: Session, actor: Actor, item_id: int, link_id: int) -> None:
    """Take a link back: it opens nothing from now on. Raises ``Forbidden``, ``NotFound``."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    link = session.get(PreviewLink, link_id)
    if link is None or link.item_id != item.id:
        raise NotFound("content.preview_gone")
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        events.record(session, actor, "content.preview_closed", [item.ref], audience="office", data={"link": link.id})


def revoke_earlier(session: Session, actor: Actor, item: Item) -> int:
    """Take back every link to a version before the working copy, whoever gave it; how many there were.

    For when something was withheld: a link to an earlier version would still show it to whoever has it.
    """
    query = select(PreviewLink).where(
        PreviewLink.item_id == item.id, PreviewLink.version_id != latest_id(item),
        PreviewLink.revoked_at.is_(None), PreviewLink.expires_at > clock.now(),
    )  # fmt: skip
    links = list(session.scalars(query))
    for link in links:
        link.revoked_at = clock.now()
        events.record(session, actor, "content.preview_closed", [item.ref], audience="office", data={"link": link.id})
    return len(links)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link shows, and who gave it: their eyes are lent to whoever has it."""

    path: str
    version_id: int
    giver: Actor


def opened(session: Session, link_id: int) -> Opened:
    """Where the item of a valid link lies and the version it shows. Raises ``NotFound`` for one that is none.

    A link ends with the right of whoever gave it: an account that was closed, or may no longer look at drafts there,
    opens nothing any more.
    """
    query = (
        select(Item.path, PreviewLink.version_id, PreviewLink.created_by)
        .join(Item, Item.id == PreviewLink.item_id)
        .join(User, User.id == PreviewLink.created_by)
        .where(
            PreviewLink.id == link_id, PreviewLink.revoked_at.is_(None), PreviewLink.expires_at > clock.now(),
            Item.binned_at.is_(None), User.active,
        )
    )  # fmt: skip
    row = session.execute(query).first()
    giver = actors.user(row.created_by) if row else actors.ANONYMOUS
    page = queries.page_at(session, row.path) if row else None
    if row is None or page is None or not queries.may_see_drafts(session, giver, page):
        raise NotFound("content.preview_gone")
    return Opened(row.path, row.version_id, giver)


def valid(session: Session, item_id: int) -> list[Line]:
    """The links to the item that still open, the newest first."""
    query = (
        select(PreviewLink.id, PreviewLink.created_at, PreviewLink.expires_at, PreviewLink.version_id, User.name)
        .join(User, User.id == PreviewLink.created_by)
        .where(
            PreviewLink.item_id == item_id, PreviewLink.revoked_at.is_(None), PreviewLink.expires_at > clock.now(),
        )
        .order_by(PreviewLink.id.desc())
    )  # fmt: skip
    return list(session.execute(query).all())
