"""Coming in: prove the password, then the second factor, then the session begins.

Attempts are counted before the password is compared, and comparing happens outside any transaction: it takes
tens of milliseconds on purpose and must not hold the writer's turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from portal.accounts import actions, passwords, queries
from portal.accounts.actions import Refused
from portal.accounts.models import Identity, User
from portal.core.db import Database
from portal.core.errors import DomainError
from portal.web import limits
from portal.web.limits import Rule

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Proven:
    """Whose password was right, and whether the second factor is still to be proven."""

    identity_id: int
    user_id: int
    session_version: int
    needs_code: bool


def _counted(database: Database, rule: Rule, buckets: Iterable[str]) -> list[int]:
    with database.transaction() as session:
        return limits.take(session, rule, buckets)


def prove_password(database: Database, rule: Rule, buckets: Iterable[str], login: str, password: str) -> Proven:
    """The first step. Raises ``TooMany``, or ``Refused`` in the same time whatever the reason."""
    attempts = _counted(database, rule, buckets)
    with database.reading() as session:
        found = queries.credentials(session, login)
    right = passwords.verify(found.secret if found else "", password)
    if found is None or not right or not found.active:
        log.warning("login_refused")
        raise Refused
    with database.transaction() as session:
        limits.give_back(session, attempts)
        if passwords.is_outdated(found.secret) and (known := session.get(Identity, found.identity_id)):
            known.secret = passwords.hashed(password)
    return Proven(found.identity_id, found.user_id, found.session_version, bool(found.totp))


def prove_code(database: Database, rule: Rule, buckets: Iterable[str], proven: Proven, code: str) -> User:
    """The second step. Raises ``TooMany``, ``Refused("login.code")``."""
    attempts = _counted(database, rule, buckets)
    try:
        with database.transaction() as session:
            actions.accept_code(session, proven.identity_id, code)
            limits.give_back(session, attempts)
            return _enter(session, proven)
    except DomainError:
        log.warning("login_code_refused", user=proven.user_id)
        raise


def come_in(database: Database, proven: Proven) -> User:
    """The session of a user without a second factor begins."""
    with database.transaction() as session:
        return _enter(session, proven)


def _enter(session: Session, proven: Proven) -> User:
    """Refused when the account was closed, or its sessions ended, since the password was proven."""
    person = queries.user(session, proven.user_id)
    if not person.active or person.session_version != proven.session_version:
        raise Refused
    return actions.enter(session, proven.user_id)
