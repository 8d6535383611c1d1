"""Passwords: argon2id, and the same work whether or not the account exists."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import Invalid

TIME_COST, MEMORY_KIB, PARALLELISM = 2, 19 * 1024, 1
"""OWASP's minimum for argon2id: about 23 ms here, so a busy morning does not stop the portal."""

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher(TIME_COST, MEMORY_KIB, PARALLELISM)


def _same(password: str) -> str:
    """One spelling per password: a keyboard that composes ``ó`` otherwise must not lock its owner out."""
    return unicodedata.normalize("NFKC", password[: LONGEST * 4])


def hashed(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(_same(password))


@cache
def _nobody() -> str:
    return hashed("nobody has this password")


def verify(secret: str, password: str) -> bool:
    """Whether ``password`` belongs to the hash ``secret``. An empty ``secret`` costs the same time and is False."""
    try:
        right = _hasher.verify(secret or _nobody(), _same(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and bool(secret)


def is_outdated(secret: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(secret)


def check(password: str, *, login: str) -> None:
    """Refuse an easy password: ``Invalid`` with ``password.short``, ``password.long`` or ``password.easy``."""
    if len(password) < SHORTEST:
        raise Invalid("password.short", length=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password.long", length=LONGEST)
    plain = password.casefold()
    name = login.casefold().split("@")[0]
    if len(set(plain)) < 5 or plain.isdigit() or (len(name) > 3 and name in plain):
        raise Invalid("password.easy")
