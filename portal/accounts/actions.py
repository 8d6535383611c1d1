"""Acts on accounts. Events hold ids only: names live in the tables, where they can be corrected and erased."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import passwords, policy, queries, totp
from portal.accounts.models import EndedSession, Grant, Group, Identity, Membership, Substitution, User
from portal.accounts.queries import PASSWORD, normal
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.actors import user as acting_user
from portal.core.db import insert_or_ignore
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound

ADMIN = "accounts.admin"
KINDS = ("citizen", "staff")
LONGEST_ABSENCE = timedelta(days=366)
"""A substitution that lasts longer is a change of roles."""
FORGOTTEN = timedelta(days=1)
"""Ended sessions are remembered longer than any session may last."""


class Refused(DomainError):
    """The log-in failed. One sentence for every reason: nobody learns which accounts exist."""

    code = "login.refused"


def create_user(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    kind: str,
    email: str = "",
    position: str = "",
    phone: str = "",
    password: str = "",
) -> User:
    """Add a person; with ``password`` they can log in. Raises ``Conflict("user.taken")``, ``Invalid``."""
    policy.require(session, actor, ADMIN)
    if kind not in KINDS:
        raise ValueError(f"unknown kind of user {kind!r}")
    if not normal(login) or not name.strip():
        raise Invalid("user.incomplete")
    if queries.by_login(session, login):
        raise Conflict("user.taken")
    person = User(
        login=normal(login), name=name.strip(), kind=kind, email=email, position=position, phone=phone,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(person)
    session.flush()
    events.record(session, actor, "user.created", [events.ref("user", person.id)], data={"kind": kind})
    if password:
        _keep_password(session, person, password)
    return person


def _keep_password(session: Session, person: User, password: str) -> None:
    passwords.check(password, login=person.login)
    known = queries.identity(session, person.id)
    if known is None:
        known = Identity(user_id=person.id, provider=PASSWORD, subject=person.login)
        session.add(known)
    known.secret = passwords.hashed(password)
    session.flush()


def set_password(session: Session, actor: Actor, user_id: int, password: str, *, current: str | None = None) -> User:
    """Give a user a new password and end all their sessions.

    Users change their own by giving the ``current`` one; anybody else needs the right to administer accounts.
    Raises ``Invalid("password.wrong")`` and what ``passwords.check`` raises.
    """
    person = queries.user(session, user_id)
    if actor.user_id == user_id and current is not None:
        _confirm(session, user_id, current)
    else:
        policy.require(session, actor, ADMIN)
    _keep_password(session, person, password)
    person.session_version += 1
    events.record(session, actor, "user.password_changed", [events.ref("user", user_id)])
    return person


def _confirm(session: Session, user_id: int, password: str) -> Identity:
    """The user's identity, once the password proves it is really them. Raises ``Invalid("password.wrong")``."""
    known = queries.identity(session, user_id)
    if not passwords.verify(known.secret if known else "", password) or known is None:
        raise Invalid("password.wrong")
    return known


def authenticate(session: Session, login: str, password: str, code: str = "") -> User:
    """The user who proves it by password (and ``code``, when a second factor is set). Raises ``Refused``.

    For programs; people come through ``portal.accounts.entry``, which also counts attempts.
    """
    found = queries.credentials(session, login)
    right = passwords.verify(found.secret if found else "", password)
    if found is None or not right or not found.active:
        raise Refused
    if found.totp:
        accept_code(session, found.identity_id, code)
    return enter(session, found.user_id)


def accept_code(session: Session, identity_id: int, code: str) -> None:
    """Use up a code of the second factor. Raises ``Refused("login.code")`` for a wrong or used one."""
    known = session.get(Identity, identity_id)
    step = totp.step_of(known.totp, code) if known and known.totp else None
    if step is None:
        raise Refused("login.code")
    # Conditional, so that one code used twice at the same moment is accepted once.
    unused = update(Identity).where(Identity.id == identity_id, Identity.totp_used < step)
    if getattr(session.execute(unused.values(totp_used=step)), "rowcount", 0) != 1:
        raise Refused("login.code")


def enter(session: Session, user_id: int) -> User:
    """Note that a user logged in."""
    person = queries.user(session, user_id)
    events.record(session, acting_user(user_id), "user.logged_in", [events.ref("user", user_id)], audience="system")
    return person


def leave(session: Session, actor: Actor, mark: str) -> None:
    """The acting user logged out: the session called ``mark`` ends, even for a copy of its cookie."""
    now = clock.now()
    session.execute(delete(EndedSession).where(EndedSession.at < now - FORGOTTEN))
    insert_or_ignore(session, EndedSession, {"mark": mark, "at": now})
    subject = events.ref("user", actor.user_id)
    events.record(session, actor, "user.logged_out", [subject], audience="system")


def end_sessions(session: Session, actor: Actor, user_id: int) -> User:
    """End every session of a user at once: their own, or anybody's with the right to administer accounts."""
    if actor.user_id != user_id:
        policy.require(session, actor, ADMIN)
    person = queries.user(session, user_id)
    person.session_version += 1
    events.record(session, actor, "user.sessions_ended", [events.ref("user", user_id)])
    return person


def set_active(session: Session, actor: Actor, user_id: int, *, active: bool) -> User:
    """Open or close an account; a closed one loses its sessions and rights at once."""
    policy.require(session, actor, ADMIN)
    person = queries.user(session, user_id)
    person.active = active
    person.session_version += 1
    policy.forget(session)
    events.record(session, actor, "user.opened" if active else "user.closed", [events.ref("user", user_id)])
    return person


def enable_second_factor(session: Session, actor: Actor, *, secret: str, code: str, password: str) -> None:
    """Switch the acting user's second factor on, proven by a first ``code``. Raises ``Invalid``."""
    known = _confirm(session, int(actor.user_id or 0), password)
    step = totp.step_of(secret, code)
    if step is None:
        raise Invalid("totp.wrong")
    known.totp, known.totp_used = secret, step
    events.record(session, actor, "user.second_factor_on", [events.ref("user", actor.user_id)])


def disable_second_factor(session: Session, actor: Actor, *, password: str) -> None:
    """Switch the acting user's second factor off. Raises ``Invalid("password.wrong")``."""
    known = _confirm(session, int(actor.user_id or 0), password)
    known.totp = ""
    events.record(session, actor, "user.second_factor_off", [events.ref("user", actor.user_id)])


def create_group(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: str = "group",
    symbol: str | None = None,
    parent_id: int | None = None,
) -> Group:
    """Add a group; an organisational unit has ``kind`` ``department`` and a ``symbol``."""
    policy.require(session, actor, ADMIN)
    if kind == queries.DEPARTMENT and not symbol:
        raise Invalid("department.symbol")
    group = Group(name=name, kind=kind, symbol=symbol, parent_id=parent_id)
    session.add(group)
    session.flush()
    events.record(session, actor, "group.created", [events.ref("group", group.id)], data={"kind": kind})
    return group


def add_to_group(session: Session, actor: Actor, *, user_id: int, group_id: int) -> None:
    """Put a user into a group; a second time changes nothing."""
    policy.require(session, actor, ADMIN)
    if insert_or_ignore(session, Membership, {"user_id": user_id, "group_id": group_id}):
        _changed(session, actor, "group.joined", user_id, group_id)


def remove_from_group(session: Session, actor: Actor, *, user_id: int, group_id: int) -> None:
    """Take a user out of a group."""
    policy.require(session, actor, ADMIN)
    membership = delete(Membership).where(Membership.user_id == user_id, Membership.group_id == group_id)
    if getattr(session.execute(membership), "rowcount", 0):
        _changed(session, actor, "group.left", user_id, group_id)


def _changed(session: Session, actor: Actor, verb: str, user_id: int, group_id: int) -> None:
    policy.forget(session)
    events.record(session, actor, verb, [events.ref("group", group_id), events.ref("user", user_id)])


def grant(session: Session, actor: Actor, *, path: str, principal: str, role: str) -> None:
    """Give a role at a path and below to a principal (``user:7``, ``group:3``, ``authenticated``, ``everyone``)."""
    _require_to_grant(session, actor, path, role)
    if role not in policy.ROLES:
        raise ValueError(f"unknown role {role!r}")
    if insert_or_ignore(session, Grant, {"path": path, "principal": principal, "role": role}):
        _granted(session, actor, "grant.given", path, principal, role)


def revoke(session: Session, actor: Actor, *, path: str, principal: str, role: str) -> None:
    """Take a role back; it is without effect from the next request on."""
    _require_to_grant(session, actor, path, role)
    given = delete(Grant).where(Grant.path == path, Grant.principal == principal, Grant.role == role)
    if getattr(session.execute(given), "rowcount", 0):
        _granted(session, actor, "grant.taken", path, principal, role)


def _require_to_grant(session: Session, actor: Actor, path: str, role: str) -> None:
    """Accounts' administrators give any role; whoever administers a place gives the roles of content there."""
    if role not in policy.CONTENT_ROLES or not policy.can(session, actor, "content.admin", path):
        policy.require(session, actor, ADMIN, path)


def name_substitute(
    session: Session, actor: Actor, *, substitute_id: int, first_day: date, last_day: date
) -> Substitution:
    """Let a colleague review and publish in the actor's place on these days. Raises ``Forbidden``, ``Invalid``."""
    if not policy.can_somewhere(session, actor, "content.review"):
        raise Forbidden(permission="content.review")
    colleague = queries.user(session, substitute_id)
    if colleague.id == actor.user_id or colleague.kind != "staff" or not colleague.active:
        raise Invalid("substitute.nobody")
    if last_day < first_day or last_day < clock.today() or last_day - first_day > LONGEST_ABSENCE:
        raise Invalid("substitute.days", days=LONGEST_ABSENCE.days)
    made = Substitution(
        user_id=int(actor.user_id or 0), substitute_id=colleague.id, first_day=first_day, last_day=last_day,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    policy.forget(session)
    refs = [events.ref("user", actor.user_id), events.ref("user", colleague.id)]
    days = {"from": first_day.isoformat(), "to": last_day.isoformat()}
    events.record(session, actor, "substitute.named", refs, data=days)
    return made


def end_substitution(session: Session, actor: Actor, number: int) -> None:
    """End a substitution before its time: whoever is away, or whoever stands in, may. Raises ``NotFound``."""
    found = session.get(Substitution, number)
    if found is None or actor.user_id not in (found.user_id, found.substitute_id):
        raise NotFound("substitute.unknown")
    if found.ended_at is None:
        found.ended_at = clock.now()
        policy.forget(session)
        refs = [events.ref("user", found.user_id), events.ref("user", found.substitute_id)]
        events.record(session, actor, "substitute.ended", refs)


def _granted(session: Session, actor: Actor, verb: str, path: str, principal: str, role: str) -> None:
    policy.forget(session)
    refs = [principal] if ":" in principal else [f"principal:{principal}"]
    events.record(session, actor, verb, refs, data={"path": path, "role": role})
