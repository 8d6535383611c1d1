"""Who can do what at a place: every role held there and where it comes from; given and taken by its administrator."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import actions as accounts
from portal.accounts import policy
from portal.accounts.models import Grant, Group, Membership, User
from portal.content import acts, site
from portal.core.actors import Actor
from portal.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Right:
    """One role: held by whom (``name``), since ``path``, ``here`` or from above."""

    principal: str
    name: str
    role: str
    path: str
    here: bool


def at(session: Session, path: str) -> list[Right]:
    """Every role that lets somebody look behind what is public at ``path``; strongest first."""
    roles = policy.roles_with("content.view")
    query = select(Grant.principal, Grant.role, Grant.path).where(
        Grant.path.in_(policy.lineage(path)), Grant.role.in_(roles)
    )
    rows = session.execute(query).all()
    names = _names(session, {row.principal for row in rows})
    order = [*policy.CONTENT_ROLES, "admin"]
    found = [
        Right(row.principal, _name(row.principal, names), row.role, row.path, row.path == path)
        for row in rows
        if row.principal in names or ":" not in row.principal
    ]
    return sorted(found, key=lambda right: (-order.index(right.role), right.name))


def give(session: Session, actor: Actor, item_id: int, principal: str, role: str) -> None:
    """Give a role of content at the item and below; search asks for roles and places, so it knows at once.

    Raises ``Forbidden``, ``Invalid``.
    """
    item = acts.find(session, item_id)
    if role not in policy.CONTENT_ROLES or principal not in _names(session, {principal}):
        raise Invalid("content.unknown_principal")
    accounts.grant(session, actor, path=item.path, principal=principal, role=role)
    site.bump(session)


def take(session: Session, actor: Actor, item_id: int, principal: str, role: str) -> None:
    """Take back a role that was given at this very item. Raises ``Forbidden``, ``Invalid``."""
    item = acts.find(session, item_id)
    if role not in policy.CONTENT_ROLES:
        raise Invalid("content.unknown_principal")
    accounts.revoke(session, actor, path=item.path, principal=principal, role=role)
    site.bump(session)


def _name(principal: str, names: dict[str, tuple[str, int]]) -> str:
    return names[principal][0] if principal in names else principal


def members(session: Session, principals: set[str]) -> dict[str, int]:
    """How many people stand behind each group."""
    return {name: count for name, (_, count) in _names(session, principals).items() if name.startswith("group:")}


def _names(session: Session, principals: set[str]) -> dict[str, tuple[str, int]]:
    """Principal → its name and (groups) how many are in it; closed accounts and unknown ones are left out."""
    numbers: dict[str, set[int]] = {kind: set() for kind in ("user", "group")}
    for principal in principals:
        kind, _, number = principal.partition(":")
        if kind in numbers and number.isdecimal():
            numbers[kind].add(int(number))
    found: dict[str, tuple[str, int]] = {}
    people = select(User.id, User.name).where(User.id.in_(numbers["user"]), User.active)
    found |= {f"user:{row.id}": (row.name, 1) for row in session.execute(people)}
    inside = select(Membership.group_id).where(Membership.group_id.in_(numbers["group"]))
    counts = Counter(session.scalars(inside))
    groups = select(Group.id, Group.name).where(Group.id.in_(numbers["group"]))
    return found | {f"group:{row.id}": (row.name, counts[row.id]) for row in session.execute(groups)}


def givable(session: Session) -> list[tuple[str, str]]:
    """Groups and the office's people: to whom a role can be given."""
    groups = session.execute(select(Group.id, Group.name).order_by(Group.name).limit(500))
    people = select(User.id, User.name).where(User.kind == "staff", User.active).order_by(User.name).limit(1000)
    return [(f"group:{row.id}", row.name) for row in groups] + [
        (f"user:{row.id}", row.name) for row in session.execute(people)
    ]
