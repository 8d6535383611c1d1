"""Access tokens: what a person lets a program of theirs do. Shown once, kept as a hash, never more than its owner."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.accounts.models import ApiToken, User
from portal.core import actors, clock, events
from portal.core.actors import Actor
from portal.core.errors import DomainError, Invalid, NotFound

MARK = "wrota"
LIFETIMES = (7, 30, 90, 365)
"""Days a token may live; one without an end would outlive its purpose unseen."""
MOST = 20
"""Usable tokens of one person."""
_NOTED = timedelta(minutes=5)
"""The time of last use is kept to this, so that reading does not write each time."""


class BadToken(DomainError):
    """The token is unknown, revoked, expired, or its owner's account is closed: one sentence for all."""

    code = "token.refused"
    status = 401


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token; ``text`` is said this once."""

    token: ApiToken
    text: str


def issue(session: Session, actor: Actor, *, name: str, scopes: Iterable[str], path: str, days: int) -> Issued:
    """A new token of the acting person. Raises ``Invalid``, also when they may read nothing at ``path``.

    A program cannot make tokens for itself.
    """
    name, wanted = name.strip(), [scope for scope in policy.SCOPES if scope in set(scopes)]
    if not name or len(name) > 80:
        raise Invalid("token.name_missing", limit=80)
    if not wanted:
        raise Invalid("token.scope_missing")
    if days not in LIFETIMES:
        raise Invalid("token.bad_lifetime")
    path = "/" + path.strip().strip("/")
    outsider = actor.user_id is None or actor.token is not None
    if outsider or not policy.can_somewhere(session, actor, "content.view", path):
        raise Invalid("token.no_right_there", path=path)
    owner = int(actor.user_id or 0)
    _refuse_too_many(session, owner)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    text = f"{MARK}_{prefix}_{secret}"
    now = clock.now()
    token = ApiToken(
        user_id=owner, name=name, prefix=prefix, digest=_digest(text), scopes=" ".join(wanted), path=path,
        created_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    session.add(token)
    session.flush()
    events.record(session, actor, "token.issued", _refs(token), data={"scopes": wanted, "days": days})
    return Issued(token, text)


def revoke(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """End a token at once: one's own, or anybody's for who administers accounts. Raises ``NotFound``."""
    token = session.get(ApiToken, token_id)
    mine = token is not None and token.user_id == actor.user_id and actor.token is None
    if token is None or not (mine or policy.can(session, actor, "accounts.admin")):
        raise NotFound("token.unknown")
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        session.flush()
        events.record(session, actor, "token.revoked", _refs(token))
    return token


def of_user(session: Session, user_id: int) -> Sequence[ApiToken]:
    """A person's tokens, the usable ones first, the newest of each first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id)
    return session.scalars(query.order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc()).limit(100)).all()


def actor_of(session: Session, text: str) -> tuple[Actor, bool]:
    """Who comes with the token ``text``, and whether its time of last use is due to be noted. Raises ``BadToken``."""
    prefix = text.split("_", 2)[1] if text.startswith(f"{MARK}_") and text.count("_") >= 2 else ""
    query = select(ApiToken, User.active).join(User, User.id == ApiToken.user_id).where(ApiToken.prefix == prefix)
    row = session.execute(query).first()
    token: ApiToken | None = row[0] if row else None
    # Compared even when there is no such token: the time taken tells nothing.
    same = hmac.compare_digest(_digest(text), token.digest if token else "0" * 64)
    now = clock.now()
    if row is None or token is None or not same or not row.active or token.revoked_at or token.expires_at <= now:
        raise BadToken
    due = token.last_used_at is None or now - token.last_used_at > _NOTED
    return actors.program_of(token.user_id, token.id), due


def note_use(session: Session, token_id: int) -> None:
    """Keep when the token was last used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=clock.now()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_too_many(session: Session, user_id: int) -> None:
    usable = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > clock.now())
    if (session.scalar(select(func.count()).select_from(ApiToken).where(*usable)) or 0) >= MOST:
        raise Invalid("token.too_many", limit=MOST)


def _refs(token: ApiToken) -> list[str]:
    return [events.ref("token", token.id), events.ref("user", token.user_id)]
