"""How often something may be tried: log-ins, access codes. Counted in the database, so in all processes at once."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import limits
from flask import current_app, request
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.errors import DomainError
from portal.web.models import Attempt

_KEPT = timedelta(days=1)


class TooMany(DomainError):
    """It was tried too often; ``details["seconds"]`` says when it may be tried again."""

    code = "limit.reached"


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``count`` attempts within ``seconds``."""

    count: int
    seconds: int


def parse(text: str) -> Rule:
    """``10 per 5 minutes`` → a rule. Raises ``ValueError``."""
    item = limits.parse(text)
    return Rule(item.amount, item.get_expiry())


def bucket(secret: str, kind: str, subject: str) -> str:
    """The name under which attempts on ``subject`` are counted; it cannot be read back without ``secret``."""
    return hmac.new(secret.encode(), f"{kind}:{subject}".encode(), hashlib.sha256).hexdigest()


def network(address: str) -> str:
    """The address attempts are counted for: an IPv6 customer has a whole /64, so that counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def take(session: Session, rule: Rule, buckets: Iterable[str]) -> list[int]:
    """Count one attempt in each bucket and return the rows' ids. Raises ``TooMany`` when one is full.

    Count before trying, in a transaction of its own: attempts made side by side cannot slip through together.
    """
    now = clock.now()
    names = sorted(set(buckets))
    session.execute(delete(Attempt).where(Attempt.at < now - _KEPT))
    for name in names:
        _lock(session, name)
        _check(session, rule, name)
    rows = [Attempt(bucket=name, at=now) for name in names]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def give_back(session: Session, attempts: Iterable[int]) -> None:
    """An attempt that succeeded does not count against the next."""
    session.execute(delete(Attempt).where(Attempt.id.in_(list(attempts))))


def _lock(session: Session, name: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(bytes.fromhex(name)[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _check(session: Session, rule: Rule, name: str) -> None:
    now = clock.now()
    since = now - timedelta(seconds=rule.seconds)
    recent = (
        select(Attempt.at)
        .where(Attempt.bucket == name, Attempt.at > since)
        .order_by(Attempt.at.desc())
        .limit(rule.count)
    )
    moments = list(session.scalars(recent))
    if len(moments) >= rule.count:
        free = moments[-1] + timedelta(seconds=rule.seconds) - now
        raise TooMany(seconds=max(1, round(free.total_seconds())), minutes=max(1, -(-free.seconds // 60)))


def of_request(kind: str, subject: str = "") -> list[str]:
    """The buckets of this request: its network address and, when given, the ``subject`` it is about."""
    secret = str(current_app.secret_key)
    names = [bucket(secret, f"{kind}.address", network(request.remote_addr or ""))]
    return [*names, bucket(secret, f"{kind}.subject", subject)] if subject else names
