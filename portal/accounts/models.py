"""Tables of accounts: users, how they prove who they are, groups (departments among them), grants."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class User(Base):
    """One person. ``session_version`` grows to end all sessions at once; ``position`` is the office post."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    """``citizen`` or ``staff``."""
    email: Mapped[str] = mapped_column(String(254), default="")
    position: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Identity(Base):
    """A way a user proves who they are: provider (``password``, ``login.gov.pl``, ``oidc``) and subject.

    ``secret`` is the argon2id hash for ``password``; ``totp`` the secret of the second factor, if set.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    provider: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    secret: Mapped[str] = mapped_column(String(300), default="")
    totp: Mapped[str] = mapped_column(String(64), default="")
    totp_used: Mapped[int] = mapped_column(default=0)
    """The last accepted time step of the second factor: a code is accepted once."""


class Group(Base):
    """A group of users; ``kind`` ``department`` is an organisational unit (komórka) with its ``symbol``."""

    __tablename__ = "group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12), default="group")
    symbol: Mapped[str | None] = mapped_column(String(20), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("group.id"))


class Membership(Base):
    """A user in a group."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id"), primary_key=True, index=True)


class Grant(Base):
    """A role given at a path to a principal (``user:7``, ``group:3``, ``everyone``, ``authenticated``).

    It holds for the path and everything below it.
    """

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("path", "principal", "role"), Index("ix_grant_principal", "principal"))

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(400))
    principal: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(30))


class EndedSession(Base):
    """A session its user logged out of: a copy of its cookie is worth nothing. ``mark`` names the session."""

    __tablename__ = "ended_session"

    mark: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Base):
    """Access a person gave to a program of theirs: never more than they hold themselves.

    The token itself is shown once; ``digest`` is its SHA-256 (it is random, so nothing slower is needed), ``prefix``
    finds the row. ``scopes`` are words (``read write publish``), ``path`` the place below which it holds.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[str] = mapped_column(String(40))
    path: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    """When it was last used, to a few minutes."""
    revoked_at: Mapped[datetime | None]


class Substitution(Base):
    """While ``user_id`` is away (first and last day included), ``substitute_id`` holds their reviewing roles.

    It runs out by itself; ``ended_at`` is set when it was ended before its time.
    """

    __tablename__ = "substitution"
    __table_args__ = (Index("ix_substitution_substitute", "substitute_id", "last_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
