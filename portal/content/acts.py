"""What every act on content shares: finding the item, checking the right, leaving the traces of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.accounts.models import User
from portal.content import site, types
from portal.content.models import Item, ItemNote, ItemVersion
from portal.core import clock, events, outbox
from portal.core.actors import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.registry import Registry
from portal.web.texts import message

MAX_NOTE = 1000


@dataclass(frozen=True, slots=True)
class PublicChange:
    """A change of what the public sees: ``published``, ``withdrawn``, ``merged``, ``retired``,
    ``archived``, ``moved``, ``binned``."""

    act: str
    item: Item
    version: ItemVersion | None


PUBLIC_CHANGES: Registry[Callable[[Session, Actor, PublicChange], None]] = Registry("public change hook")
"""Packages above add what must happen in the same commit (the Bulletin's Merkle log)."""


ARCHIVING_CHECKS: Registry[Callable[[Item, datetime | None, datetime | None], None]] = Registry("archiving check")
"""Packages above add what must hold before an item is set to end at a moment (``None``: to stand without an end);
the third is when it is planned to be published. A check raises ``Conflict``."""


TAKING_OFF_CHECKS: Registry[Callable[[Item, str, bool, datetime | None], None]] = Registry("taking off check")
"""Packages above add what must hold before an item is taken off by ``archive``, ``withdraw`` or ``retire`` now; the
third says that somebody decided it may come down before its time, the fourth when it was first made public in the
system it was brought from. A check raises ``Conflict``."""


CLOSING_CHECKS: Registry[Callable[[Session, str], None]] = Registry("closing check")
"""Packages above add what must hold before all at and below a path is shown only to those with a role there. A check
raises ``Conflict``."""


PLANNED_ENDS: Registry[Callable[[Item, ItemVersion], datetime | None]] = Registry("planned end")
"""Packages above add when what has just been published ends by itself; ``None`` leaves what is planned."""


BEGINNINGS: Registry[Callable[[Session, Item], bool]] = Registry("beginning")
"""Packages above add whether the time the law gives an item that is published again now begins anew."""


ENDINGS: Registry[Callable[[Session, Actor, Item], bool]] = Registry("ending")
"""Packages above add what happens when an item's planned end comes; ``True``: done, it need not be archived."""


WITHDRAWAL_WORDS: Registry[Callable[[Item], str]] = Registry("withdrawal words")
"""Packages above add what the public must be told besides the reason when an item is withdrawn now."""


PUBLIC_WORDS: Registry[Callable[[Session, Item, str], None]] = Registry("check of public words")
"""Packages above add what must hold of words that a person types at an act and everyone reads; raises ``Invalid``."""


WORD_CHECKS: Registry[Callable[[Session, Actor, Item, ItemVersion], None]] = Registry("check of a version's words")
"""Packages above add what must hold of all that a state says before the actor makes it public; raises ``Invalid``."""


PUBLICATION_CHECKS: Registry[Callable[[Session, Item, ItemVersion], None]] = Registry("publication check")
"""Packages above add what must hold before a state is published; a check raises ``Invalid``."""


def check_closing(session: Session, path: str) -> None:
    """Raise ``Conflict`` when something at or below ``path`` must stay open to everyone."""
    for _, check in CLOSING_CHECKS.items():
        check(session, path)


def find(session: Session, item_id: int) -> Item:
    """The item, locked for this transaction. Raises ``NotFound``; one in the bin counts as absent."""
    query = select(Item).where(Item.id == item_id, Item.binned_at.is_(None)).with_for_update()
    item = session.scalars(query).first()
    if item is None:
        raise NotFound("content.unknown")
    return item


def at(session: Session, path: str) -> int | None:
    """The number of the item at ``path``, whatever its state."""
    return session.scalar(select(Item.id).where(Item.path == path, Item.binned_at.is_(None)))


def require(session: Session, actor: Actor, item: Item, act: str) -> None:
    """Raise ``Forbidden`` unless ``actor`` may do ``act`` to ``item``, by its family's rights at its path."""
    policy.require(session, actor, types.of(item.type).family.rights[act], item.path)


def expect(item: Item, version: int | None) -> None:
    """Raise ``Conflict`` when somebody else changed the item since the actor looked at it."""
    if version is not None and item.version != version:
        raise Conflict("content.changed_meanwhile")


def name_of(session: Session, actor: Actor) -> str:
    """The actor's name as it is today; empty for the system acting alone."""
    user_id = actor.user_id or actor.on_behalf_of
    if user_id is None:
        return ""
    return session.execute(select(User.name).where(User.id == user_id)).scalar_one_or_none() or ""


def signature(session: Session, actor: Actor) -> str:
    """How the actor stands under what they did: a name, or "system, w imieniu: …" for what a person set to be done."""
    name = name_of(session, actor)
    return message("content.on_behalf", name=name) if name and actor.kind == "system" else name


def note(session: Session, actor: Actor, item: Item, kind: str, text: str, version_id: int | None = None) -> ItemNote:
    """Keep what the actor said. Raises ``Invalid`` when it is empty or too long."""
    text = text.strip()
    if not text:
        raise Invalid("content.reason_missing")
    if len(text) > MAX_NOTE:
        raise Invalid("content.reason_too_long", limit=MAX_NOTE)
    kept = ItemNote(
        item_id=item.id, version_id=version_id, kind=kind, text=text, created_at=clock.now(),
        created_by=actor.user_id, author=signature(session, actor),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def require_public(session: Session, actor: Actor, item: Item, words: str) -> None:
    """Raise ``Invalid`` while words a person typed may not stand in public as they are."""
    if actor.kind == "user" and words.strip():
        for _, check in PUBLIC_WORDS.items():
            check(session, item, words)


def refs(item: Item, *more: str) -> Iterable[str]:
    journal = types.of(item.type).family.journal
    return [item.ref, *([journal] if journal else []), *more]


def changed(
    session: Session, actor: Actor, item: Item, verb: str, *, visible: bool, data: dict[str, Any] | None = None
) -> None:
    """Leave the traces of an act: version of the row, event, and for visible ones the index and the caches.

    The event is ``verb`` after the noun of the item's family (``bip.published``). Those of ``visible`` acts
    are public, the others the office's; so are all about what nobody outside has ever seen: moving a draft, or
    throwing it away, would otherwise tell its title.
    """
    item.version = (item.version or 0) + 1
    item.changed_at = clock.now()
    session.flush()
    facts = {"type": item.type, **(data or {})}
    told = visible and ever_public(session, item)
    subjects = refs(item) if told else [item.ref]
    verb = f"{types.of(item.type).family.verbs}.{verb}"
    events.record(session, actor, verb, subjects, audience="public" if told else "office", data=facts)
    if visible:
        reindex(session, item.id, item.version)
        site.bump(session)


def ever_public(session: Session, item: Item) -> bool:
    """Whether the item, or anything below it, was published at any time."""
    below = and_(Item.path > f"{item.path}/", Item.path < f"{item.path}0", Item.published_at.is_not(None))
    return item.published_at is not None or session.scalar(select(Item.id).where(below).limit(1)) is not None


def reindex(session: Session, item_id: int, version: int) -> None:
    """Ask for the item's search document to be made anew (or removed)."""
    key = f"search.index:item:{item_id}:{version}"
    outbox.enqueue(session, "search.index", key, {"kind": "item", "key": str(item_id)}, lane="search")


def publicly(session: Session, actor: Actor, act: str, item: Item, version: ItemVersion | None) -> None:
    """Tell the packages above of a change in what the public sees."""
    for _, hook in PUBLIC_CHANGES.items():
        hook(session, actor, PublicChange(act, item, version))
