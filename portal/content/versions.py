"""Acts on versions: save a working copy, discard it, bring an old state back. No version is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import acts, duties, links, pictures, reviews, sanitise
from portal.content.editor import locks
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.personal import asking
from portal.content.workflow import REVIEW, UNPUBLISHED, ReviewOf
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound

MAX_TITLE, MAX_SUMMARY, MAX_BODY, MAX_REASON = 300, 600, 500_000, 500


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored document beside a version, under the title people read."""

    document_id: int
    title: str


def save_draft(
    session: Session,
    actor: Actor,
    item_id: int,
    *,
    expected: int | None,
    title: str,
    summary: str = "",
    body: str = "",
    fields: dict[str, Any] | None = None,
    reason: str = "",
    files: Sequence[Attachment] | None = None,
) -> ItemVersion:
    """Save a working copy. The public page stays as it is until it is published.

    ``expected`` is the item's version the editor looked at. ``files`` ``None`` keeps those of the last version.
    Raises ``Forbidden``, ``NotFound``, ``Invalid``, ``Conflict`` (``content.changed_meanwhile``, ``content.locked``).
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    acts.expect(item, expected)
    locks.require_free(session, actor, item.id)
    REVIEW.fire(ReviewOf(item), "save")
    reviews.close(session, item)
    version = add(
        session, actor, item, title=title, summary=summary, body=body, fields=fields or {},
        files=files_of(session, latest_id(item)) if files is None else files, reason=reason,
    )  # fmt: skip
    acts.changed(session, actor, item, "saved", visible=False, data={"number": version.number})
    return version


def keep_fields(
    session: Session, actor: Actor, item_id: int, changed: dict[str, Any], *, expected: int | None, reason: str = ""
) -> ItemVersion:
    """Save a working copy with some fields changed; the text, the files and everything else stay.

    Raises ``Forbidden``, ``NotFound``, ``Invalid``, ``Conflict`` (``content.changed_meanwhile``, ``content.locked``).
    """
    item = acts.find(session, item_id)
    last = session.get(ItemVersion, latest_id(item) or 0)
    if last is None:
        raise Conflict("content.nothing_new")
    return save_draft(
        session, actor, item_id, expected=expected, title=last.title, summary=last.summary, body=last.body,
        fields=last.fields | changed, reason=reason or (last.reason if item.draft_version_id else ""),
    )  # fmt: skip


def discard(session: Session, actor: Actor, item_id: int) -> Item:
    """Give the working copy up; the public state stays. Raises ``Conflict`` when there is no public state."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    if item.state == UNPUBLISHED:
        raise Conflict("content.nothing_to_return_to")
    locks.require_free(session, actor, item.id)
    REVIEW.fire(ReviewOf(item), "discard")
    reviews.close(session, item)
    item.draft_version_id = item.publish_at = item.scheduled_version_id = None
    acts.changed(session, actor, item, "discarded", visible=False)
    return item


def restore(session: Session, actor: Actor, item_id: int, number: int, *, reason: str = "") -> ItemVersion:
    """Make the state ``number`` the working copy again, as a new version; publishing it is a further act."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    old = session.scalars(
        select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.number == number)
    ).first()
    if old is None:
        raise NotFound("content.unknown_version")
    if "erased" in old.fields:
        raise Conflict("content.version_erased")
    locks.require_free(session, actor, item.id)
    REVIEW.fire(ReviewOf(item), "save")
    reviews.close(session, item)
    version = add(
        session, actor, item, title=old.title, summary=old.summary, body=old.body, fields=dict(old.fields),
        files=files_of(session, old.id), reason=reason,
    )  # fmt: skip
    facts = {"number": version.number, "from": number}
    acts.changed(session, actor, item, "restored", visible=False, data=facts)
    return version


def add(
    session: Session,
    actor: Actor,
    item: Item,
    *,
    title: str,
    summary: str,
    body: str,
    fields: dict[str, Any],
    files: Sequence[Attachment],
    reason: str = "",
) -> ItemVersion:
    """Append a version to ``item`` and make it the working copy."""
    _check(title, summary, body, reason)
    version = ItemVersion(
        item_id=item.id, number=next_number(session, item.id), title=title.strip(), summary=summary.strip(),
        body=links.to_references(session, sanitise.clean(body)), fields=fields, reason=reason.strip(),
        created_at=clock.now(), created_by=actor.user_id, author=acts.signature(session, actor), published_by="",
    )  # fmt: skip
    session.add(version)
    session.flush()
    session.add_all(
        ItemFile(version_id=version.id, document_id=file.document_id, title=file.title[:300], position=position)
        for position, file in enumerate(files)
    )
    if item.type == "image" and files:
        pictures.request(session, files[0].document_id, duties.focus_of(fields))
    links.remember(session, version)
    if actor.user_id is not None:
        # What the program takes over from elsewhere is asked about when a person goes on with it.
        for file in files:
            asking.request_check(session, file.document_id)
    item.draft_version_id = version.id
    if item.live_version_id is None:
        item.title, item.summary = version.title, version.summary
    return version


def latest_id(item: Item) -> int | None:
    """The version an editor goes on from: the working copy, else the public state."""
    return item.draft_version_id or item.live_version_id


def files_of(session: Session, version_id: int | None) -> list[Attachment]:
    """The documents beside a version, in order."""
    query = select(ItemFile.document_id, ItemFile.title).where(ItemFile.version_id == version_id)
    return [Attachment(row.document_id, row.title) for row in session.execute(query.order_by(ItemFile.position))]


def next_number(session: Session, item_id: int) -> int:
    """The number the item's next version will have."""
    last = session.scalar(select(func.max(ItemVersion.number)).where(ItemVersion.item_id == item_id))
    return (last or 0) + 1


def _check(title: str, summary: str, body: str, reason: str) -> None:
    if not title.strip():
        raise Invalid("content.title_missing")
    limits = (("title", title, MAX_TITLE), ("summary", summary, MAX_SUMMARY), ("body", body, MAX_BODY))
    for name, text, limit in (*limits, ("reason", reason, MAX_REASON)):
        if len(text) > limit:
            raise Invalid(f"content.{name}_too_long", limit=limit)
