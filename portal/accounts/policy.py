"""Who may do what where.

A role is a set of permissions (data below). A grant gives a role to a principal at a path and everything under
it; what holds at a path is therefore found in the path's *lineage* by one query. Nothing is copied onto the
things themselves, so a changed grant holds at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import ApiToken, Grant, Group, Membership, Substitution, User
from portal.core import clock
from portal.core.actors import Actor
from portal.core.errors import Forbidden

EVERYONE = "everyone"
AUTHENTICATED = "authenticated"
OFFICE = "/biuro"
"""The path under which the office's departments lie (``/biuro/<symbol>``)."""

_CACHE = "accounts.grants"

_EDITOR = {"content.view", "content.edit", "content.submit", "bip.edit"}
_REVIEWER = _EDITOR | {"content.review"}
_PUBLISHER = _REVIEWER | {"content.publish", "bip.publish"}
_SITE_ADMIN = _PUBLISHER | {"content.admin", "forms.edit"}
_CITIZEN = {"forms.submit"}
_ARCHIVIST = {"desk.view", "cases.view"}
_MAILROOM = _ARCHIVIST | {"intake.manage", "register.manage", "dispatch.send", "jobs.manage"}
_CLERK = _ARCHIVIST | {"register.manage", "cases.work", "letters.write", "dispatch.send"}
_HEAD = _CLERK | _MAILROOM | {"letters.approve"}

ROLES: dict[str, frozenset[str]] = {
    "reader": frozenset({"content.view"}),
    "editor": frozenset(_EDITOR),
    "reviewer": frozenset(_REVIEWER),
    "publisher": frozenset(_PUBLISHER),
    "site_admin": frozenset(_SITE_ADMIN),
    "citizen": frozenset(_CITIZEN),
    "archivist": frozenset(_ARCHIVIST),
    "mailroom": frozenset(_MAILROOM),
    "clerk": frozenset(_CLERK),
    "head": frozenset(_HEAD),
    "admin": frozenset(_SITE_ADMIN | _CITIZEN | _HEAD | {"accounts.admin"}),
}
"""What each role may do."""

CONTENT_ROLES = ("reader", "editor", "reviewer", "publisher", "site_admin")
"""The roles that an administrator of a place gives there, from the least to the most."""

PERMISSIONS: frozenset[str] = frozenset().union(*ROLES.values())
"""Every permission there is."""

SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset({"content.view"}),
    "write": frozenset({"content.view", "content.edit", "content.submit", "bip.edit"}),
    "publish": frozenset({"content.review", "content.publish", "bip.publish"}),
}
"""What an access token may be given: at most these permissions, and only where its owner holds them."""

BUILT_IN: tuple[tuple[str, str, str], ...] = (("/", AUTHENTICATED, "citizen"),)
"""Grants nobody can take away: whoever is logged in may send a form."""


def lineage(path: str) -> tuple[str, ...]:
    """The path and all its ancestors, root first: ``/a/b`` → ``("/", "/a", "/a/b")``."""
    parts = [part for part in path.split("/") if part]
    return ("/", *("/" + "/".join(parts[: n + 1]) for n in range(len(parts))))


def roles_with(permission: str) -> frozenset[str]:
    """The roles that carry ``permission``. Raises ``ValueError`` for one nobody defined."""
    if permission not in PERMISSIONS:
        raise ValueError(f"unknown permission {permission!r}")
    return frozenset(role for role, held in ROLES.items() if permission in held)


@dataclass(frozen=True, slots=True)
class Held:
    """Everything one actor holds: who they are (``principals``) and which role where (``grants``)."""

    principals: frozenset[str]
    grants: frozenset[tuple[str, str]]
    everything: bool = False
    only: frozenset[str] | None = None
    """The permissions a program's token was narrowed to; ``None``: not narrowed."""

    def can(self, permission: str, path: str = "/") -> bool:
        """Whether ``permission`` is held at ``path``."""
        roles, places = roles_with(permission), lineage(path)
        if self.only is not None and permission not in self.only:
            return False
        return self.everything or any(role in roles and place in places for place, role in self.grants)

    def places(self, permission: str) -> frozenset[str]:
        """The paths at which a role with ``permission`` was given; it holds below them too."""
        roles = roles_with(permission)
        if self.everything:
            return frozenset({"/"})
        if self.only is not None and permission not in self.only:
            return frozenset()
        return frozenset(place for place, role in self.grants if role in roles)

    def somewhere(self, permission: str, below: str = "/") -> bool:
        """Whether ``permission`` is held at ``below`` or anywhere under it."""
        return self.can(permission, below) or any(below in lineage(p) for p in self.places(permission))


def held(session: Session, actor: Actor) -> Held:
    """What ``actor`` holds now; remembered for the life of ``session``."""
    cache: dict[Actor, Held] = session.info.setdefault(_CACHE, {})
    if actor not in cache:
        cache[actor] = _load(session, actor)
    return cache[actor]


def forget(session: Session) -> None:
    """Read grants anew: they were just changed in this session."""
    session.info.pop(_CACHE, None)


def principals(session: Session, actor: Actor) -> frozenset[str]:
    """The names under which ``actor`` is given things: ``everyone``, ``authenticated``, ``user:7``, ``group:3``."""
    return held(session, actor).principals


def roles_at(session: Session, actor: Actor, path: str = "/") -> frozenset[str]:
    """The roles ``actor`` has at ``path``."""
    places = lineage(path)
    return frozenset(role for place, role in held(session, actor).grants if place in places)


def can(session: Session, actor: Actor, permission: str, path: str = "/") -> bool:
    """Whether ``actor`` holds ``permission`` at ``path``. The system may do everything."""
    return held(session, actor).can(permission, path)


def can_somewhere(session: Session, actor: Actor, permission: str, below: str = "/") -> bool:
    """Whether ``actor`` holds ``permission`` at ``below`` or anywhere under it."""
    return held(session, actor).somewhere(permission, below)


def places(session: Session, actor: Actor, permission: str) -> frozenset[str]:
    """Where ``actor`` was given ``permission`` (lists are narrowed to these paths and what lies below)."""
    return held(session, actor).places(permission)


def require(session: Session, actor: Actor, permission: str, path: str = "/") -> None:
    """Raise ``Forbidden`` unless ``actor`` holds ``permission`` at ``path``."""
    if not can(session, actor, permission, path):
        raise Forbidden(permission=permission)


def readers(session: Session, path: str, permission: str = "content.view") -> frozenset[str]:
    """The principals that hold ``permission`` at ``path``: what the search index keeps beside a private thing."""
    roles, where = roles_with(permission), lineage(path)
    query = select(Grant.principal).where(Grant.path.in_(where), Grant.role.in_(roles))
    built_in = {principal for place, principal, role in BUILT_IN if place in where and role in roles}
    return frozenset(session.scalars(query)) | built_in


def people(session: Session, names: Iterable[str]) -> frozenset[int]:
    """The users who stand behind ``user:7`` and ``group:3`` names, members of sections with their department."""
    found, groups = set(), set()
    for name in names:
        kind, _, number = name.partition(":")
        if kind == "user":
            found.add(int(number))
        elif kind == "group":
            groups.add(int(number))
    if groups:
        own = select(Group.id).where(Group.id.in_(groups)).cte("within", recursive=True)
        below = aliased(Group)
        every = own.union(select(below.id).join(own, below.parent_id == own.c.id))
        found |= set(session.scalars(select(Membership.user_id).where(Membership.group_id.in_(select(every.c.id)))))
    return frozenset(found)


_LENT = {"reviewer": "reviewer", "publisher": "publisher", "site_admin": "publisher", "admin": "publisher"}
"""What a substitute holds in place of an absent person's role: reviewing and publishing, nothing else of theirs."""


def _lent(session: Session, actor: Actor) -> set[tuple[str, str]]:
    """The roles the actor holds today in place of people who are away."""
    today = clock.today()
    away = (
        select(Substitution.user_id)
        .join(User, User.id == Substitution.user_id)
        .where(
            Substitution.substitute_id == actor.user_id, Substitution.first_day <= today,
            Substitution.last_day >= today, Substitution.ended_at.is_(None), User.active,
        )
    )  # fmt: skip
    found: set[tuple[str, str]] = set()
    for user_id in session.scalars(away):
        names = {f"user:{user_id}", *(f"group:{number}" for number in _groups(session, user_id))}
        rows = session.execute(select(Grant.path, Grant.role).where(Grant.principal.in_(names), Grant.role.in_(_LENT)))
        found |= {(row.path, _LENT[row.role]) for row in rows}
    return found


def _load(session: Session, actor: Actor) -> Held:
    if actor.kind == "system":
        return Held(frozenset({EVERYONE, AUTHENTICATED}), frozenset(), everything=True)
    names = _principals(session, actor)
    rows = session.execute(select(Grant.path, Grant.role).where(Grant.principal.in_(names)))
    given: Iterable[tuple[str, str]] = ((row.path, row.role) for row in rows)
    built_in = ((place, role) for place, principal, role in BUILT_IN if principal in names)
    lent = _lent(session, actor) if AUTHENTICATED in names else set()
    whole = Held(names, frozenset(given) | frozenset(built_in) | lent)
    return whole if actor.token is None else _narrowed(session, whole, actor)


def _narrowed(session: Session, whole: Held, actor: Actor) -> Held:
    """What is left of a person's rights when their program comes with a token: its scopes, at its path."""
    token = session.get(ApiToken, actor.token)
    usable = token is not None and token.user_id == actor.user_id and token.revoked_at is None
    if token is None or not usable or token.expires_at <= clock.now():
        return Held(frozenset({EVERYONE}), frozenset(), only=frozenset())
    only = frozenset[str]().union(*(SCOPES[scope] for scope in token.scopes.split()))
    here = lineage(token.path)
    above = {(token.path, role) for place, role in whole.grants if place in here}
    below = {(place, role) for place, role in whole.grants if token.path in lineage(place)}
    return Held(whole.principals, frozenset(above | below), only=only)


def _principals(session: Session, actor: Actor) -> frozenset[str]:
    active = actor.user_id is not None and session.scalar(select(User.active).where(User.id == actor.user_id))
    if not active:
        return frozenset({EVERYONE})
    groups = {f"group:{number}" for number in _groups(session, int(actor.user_id or 0))}
    return frozenset({EVERYONE, AUTHENTICATED, f"user:{actor.user_id}", *groups})


def _groups(session: Session, user_id: int) -> list[int]:
    """The user's groups and those they are part of: who works in a section works in its department."""
    own = (
        select(Group.id, Group.parent_id)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.user_id == user_id)
        .cte("lineage", recursive=True)
    )
    above = aliased(Group)
    every = own.union(select(above.id, above.parent_id).join(own, above.id == own.c.parent_id))
    return list(session.scalars(select(every.c.id)))
