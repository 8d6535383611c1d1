"""Sessions: a signed cookie that names the user and the version of their sessions, looked up on each request.

Raising ``User.session_version`` therefore ends every session everywhere with the next request. Logging in starts
an empty session, so nothing set before (by an attacker at a shared computer) survives into it.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, g, session
from flask_login import LoginManager, login_user, logout_user
from sqlalchemy import exists, select

from portal.accounts import policy
from portal.accounts.models import EndedSession, User
from portal.accounts.policy import Held
from portal.core import clock
from portal.core.actors import Actor
from portal.web import context, rights

LONGEST = timedelta(hours=12)
"""However busy, a session ends after this long."""

_SINCE, _MARK = "since", "mark"


class Person:
    """The logged-in user as Flask-Login and the templates know them; free of any database session."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, row: Any) -> None:
        self.id: int = row.id
        self.name: str = row.name
        self.kind: str = row.kind
        self.login: str = row.login
        self.email: str = row.email
        self.position: str = row.position
        self.phone: str = row.phone
        self.session_version: int = row.session_version

    def get_id(self) -> str:
        """What the session keeps: ``7:3`` is user 7, sessions of version 3."""
        return f"{self.id}:{self.session_version}"


def load(key: str) -> Person | None:
    """The person of a session, or ``None`` when it is no longer theirs: ended, closed, or too old."""
    number, _, version = key.partition(":")
    since = session.get(_SINCE, 0)
    if not (number.isdigit() and version.isdigit()) or clock.now().timestamp() - since > LONGEST.total_seconds():
        return None
    columns = (User.id, User.name, User.kind, User.login, User.email, User.position, User.phone,
               User.session_version)  # fmt: skip
    ended = exists().where(EndedSession.mark == mark())
    query = select(*columns).where(User.id == int(number), User.session_version == int(version), User.active, ~ended)
    with context.reading() as reading:
        row = reading.execute(query).first()
    return Person(row) if row else None


def mark() -> str:
    """The name of this session: random, known only to its cookie and to the list of ended ones."""
    return str(session.get(_MARK, ""))


def begin(user: User) -> None:
    """Start a new session for ``user``; whatever the old one held is gone."""
    session.clear()
    session.permanent = True
    session[_SINCE] = int(clock.now().timestamp())
    session[_MARK] = secrets.token_hex(16)
    login_user(Person(user))


def end() -> None:
    """End this session and forget what it held."""
    logout_user()
    session.clear()


class Guard:
    """Answers ``@right`` from the grants, read once per request."""

    def allows(self, actor: Actor, permission: str, path: str, *, below: bool) -> bool:
        """Whether ``actor`` holds ``permission`` at ``path``, or (``below``) anywhere at or under it."""
        held = _held(actor)
        return held.somewhere(permission, path) if below else held.can(permission, path)


def _held(actor: Actor) -> Held:
    kept: dict[Actor, Held] = g.setdefault("wrota_held", {})
    if actor not in kept:
        with context.reading() as reading:
            kept[actor] = policy.held(reading, actor)
    return kept[actor]


def init(app: Flask) -> None:
    """Let ``app`` know its users and their rights."""
    manager = LoginManager()
    manager.session_protection = None  # a telephone changes its address all day; the version ends sessions
    manager.user_loader(load)
    manager.init_app(app, add_context_processor=True)
    rights.install_guard(app, Guard())
