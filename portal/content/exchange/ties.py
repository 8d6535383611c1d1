"""What ties an item to others or to people, beside tree and links: languages, mergers, relations of acts, roles.

It goes into an archive by the keys of the items, and is tied again once all of them have their places and states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts import policy
from portal.accounts.models import Grant, Group, User
from portal.content import acts, rights, site, types
from portal.content.exchange.entries import Note, Right, Tie
from portal.content.models import Item
from portal.content.workflow import WITHDRAWN
from portal.core import events
from portal.core.actors import Actor
from portal.core.errors import Conflict, DomainError
from portal.core.registry import Registry
from portal.web.texts import message

LANGUAGE, MERGED = "language", "merged"


@dataclass(frozen=True, slots=True)
class Carrier:
    """How packages above carry ties of a kind of theirs.

    ``out``: (the other item, facts) for each tie that starts at an item; ``into``: tie it again, raising ``Conflict``
    when it is tied already.
    """

    out: Callable[[Session, Item], list[tuple[int, dict[str, Any]]]]
    into: Callable[[Session, Actor, Item, int, dict[str, Any]], None]


CARRIERS: Registry[Carrier] = Registry("carrier of ties")


def of_item(session: Session, item: Item) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Every tie that starts at the item: kind, the other item, facts."""
    if item.original_id not in (None, item.id):
        original = session.get(Item, item.original_id)
        if original is not None and original.binned_at is None:
            yield LANGUAGE, original.id, {"behind": item.original_version_id != original.live_version_id}
    into = merged_into(session, item)
    if into:
        yield MERGED, into, {}
    for kind, carrier in CARRIERS.items():
        for other, facts in carrier.out(session, item):
            yield kind, other, facts


def merged_into(session: Session, item: Item) -> int:
    """The item a withdrawn one was merged with; 0: with none."""
    if item.state != WITHDRAWN:
        return 0
    noun = types.of(item.type).family.verbs
    query = (
        select(events.Event.data)
        .join(events.EventRef, events.EventRef.seq == events.Event.seq)
        .where(events.EventRef.ref == item.ref, events.Event.verb.in_((f"{noun}.withdrawn", f"{noun}.merged")))
        .order_by(events.Event.seq.desc())
    )
    return int((session.scalars(query.limit(1)).first() or {}).get("into") or 0)


def roles_at(session: Session, path: str) -> list[Right]:
    """Who was given which role at this very place, by names that another site may know."""
    rows = session.execute(select(Grant.principal, Grant.role).where(Grant.path == path)).all()
    given = [(role, *principal.partition(":")[::2]) for principal, role in rows]
    names: dict[tuple[str, str], str] = {}
    for kind, number, name in (("user", User.id, User.login), ("group", Group.id, Group.name)):
        wanted = [int(who) for _, one, who in given if one == kind]
        if wanted:
            known = session.execute(select(number, name).where(number.in_(wanted)))
            names |= {(kind, str(own)): text for own, text in known}
    found = [
        Right(role, kind, names.get((kind, who), ""))
        for role, kind, who in given
        if kind not in ("user", "group") or (kind, who) in names
    ]
    return sorted(found, key=lambda one: (one.kind, one.name, one.role))


def named(session: Session, who: str) -> str:
    """The account or group here that bears the name (``user:LOGIN``, ``group:NAME``); empty for nobody's."""
    kind, _, name = who.partition(":")
    if kind not in ("user", "group"):
        return who if who in ("everyone", "authenticated") else ""
    model, column = (User, User.login) if kind == "user" else (Group, Group.name)
    numbers = session.scalars(select(model.id).where(column == name)).all()
    return f"{kind}:{numbers[0]}" if len(numbers) == 1 else ""


def give(session: Session, asker: Actor, item: Item, given: Right, principal: str) -> Note | None:
    """Give the role here to ``principal``, whom the asker named for its bearer; why it could not be, if it was not."""
    told = {
        "role": message(f"import.role.{given.role if given.role in policy.CONTENT_ROLES else 'other'}"),
        "name": given.name or message(f"import.right.{given.kind}"),
    }
    if not principal:
        return Note("import.right_lost", {**told, "why": message("import.right.nobody")})
    try:
        if ":" not in principal and principal == given.kind and given.role in policy.CONTENT_ROLES:
            accounts.grant(session, asker, path=item.path, principal=principal, role=given.role)
            site.bump(session)
        else:
            rights.give(session, asker, item.id, principal, given.role)
    except DomainError as refusal:
        return Note("import.right_lost", {**told, "why": message(refusal.code, **refusal.details)})
    return None


def tie(session: Session, actor: Actor, item: Item, one: Tie, other: int) -> Note | None:
    """Tie the item to ``other`` as it was; why it could not be, if it could not."""
    try:
        if one.kind == LANGUAGE:
            _speak(session, actor, item, other, behind=bool(one.facts.get("behind")))
        elif one.kind in CARRIERS:
            CARRIERS.get(one.kind).into(session, actor, item, other, dict(one.facts))
    except Conflict:
        return None  # it is tied already
    except (DomainError, KeyError, ValueError, TypeError) as problem:
        why = message(problem.code, **problem.details) if isinstance(problem, DomainError) else ""
        return lost(one, why)
    return None


def _speak(session: Session, actor: Actor, item: Item, other: int, *, behind: bool) -> None:
    original = acts.find(session, other)
    if item.original_id is not None:
        raise Conflict("content.language_exists", language=item.language)
    original.original_id = item.original_id = original.id
    item.original_version_id = None if behind else original.live_version_id
    facts = {"language": item.language, "of": original.id}
    acts.changed(session, actor, item, "translated", visible=False, data=facts)


def lost(one: Tie, why: str = "") -> Note:
    """That an item is not tied to another one as it was."""
    what = message(f"import.tie.{one.kind if one.kind in (LANGUAGE, MERGED) or one.kind in CARRIERS else 'other'}")
    return Note("import.tie_lost", {"what": what, "to": one.address or one.key, "why": why})
