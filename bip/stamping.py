"""Having the newest checkpoint of the log time-stamped: the port ``TimeStamper``, HTTP, and the standing job.

Off without an address of an authority. What came of asking is a fact beside the checkpoint, also when it was nothing:
the editors' administrators see it by name, and the job asks again.
"""

from __future__ import annotations

import base64
import http.client
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import checkpoints, stamps
from bip.models import BulletinStamp
from bip.stamps import BadStamp
from portal.content.outside import connected
from portal.core import clock, events
from portal.core.actors import SYSTEM
from portal.core.errors import OutsideError, Permanent, Temporary
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.core.settings import Settings

STAMP = "bip.stamp"
EVERY = 15 * 60
"""Seconds between looks whether the newest checkpoint has its stamp; a new checkpoint does not wait for it."""
GRANTED = "granted"
TIMEOUT_SECONDS = 30
LONGEST = 256 * 1024
"""Bytes of an answer; a stamp with a chain of certificates has a few thousand."""
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class TimeStamper(Protocol):
    """A time-stamping authority as RFC 3161 §3.4 speaks with it."""

    def ask(self, query: bytes) -> bytes:
        """The answer (DER) to a question (DER), unread. Raises ``Temporary`` and ``Permanent``."""


class HttpTimeStamper:
    """By HTTP POST. The whole conversation has an end: ``timeout`` seconds, ``LONGEST`` bytes, no redirects."""

    def __init__(self, url: str, credentials: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        self._url, self._timeout, self._auth = url, timeout, credentials

    def ask(self, query: bytes) -> bytes:
        head = {"Content-Type": _QUERY, "Accept": _REPLY, "User-Agent": "Wrota-BIP"}
        if self._auth:
            head["Authorization"] = "Basic " + base64.b64encode(self._auth.encode()).decode()
        end = time.monotonic() + self._timeout
        try:
            # Which authority is asked is set by whoever runs the program, who may have one of their own inside.
            reach = connected(self._url, timeout=self._timeout, allow=lambda _ip: True, longest=self._timeout)
            with reach as (wire, target):
                wire.request("POST", target, body=query, headers=head)
                return _answer(wire.getresponse(), end)
        except PermissionError as cause:
            raise Permanent("the address is no web address", code="unreachable") from cause
        except (OSError, http.client.HTTPException, ValueError) as cause:
            late = time.monotonic() >= end or isinstance(cause, TimeoutError)
            raise Temporary(type(cause).__name__, code="timeout" if late else "unreachable") from cause


def _answer(answer: http.client.HTTPResponse, end: float) -> bytes:
    if answer.status != http.HTTPStatus.OK:
        kind = Temporary if answer.status >= 500 else Permanent
        raise kind(f"HTTP {answer.status}", code="status")
    if (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower() != _REPLY:
        raise Permanent("the answer is of another type", code="garbage")
    found = b""
    while part := answer.read1(8192):
        found += part
        if len(found) > LONGEST:
            raise Permanent("the answer is too long", code="too_long")
    if time.monotonic() >= end:
        # Broken off at the end of its time, which looks like an end of the answer.
        raise Temporary("the answer takes too long", code="timeout")
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be stamped: the signed text of the checkpoint of ``size`` leaves, which states the moment ``at``."""

    size: int
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it: ``outcome`` is ``granted`` or what went wrong."""

    size: int
    outcome: str
    said: str = ""
    at: datetime | None = None
    authority: str = ""
    query: bytes = b""
    answer: bytes = b""


def trusted(settings: Settings) -> str:
    """The certificates of the authorities this installation trusts, as one PEM text; empty when there are none.

    Raises ``OSError`` when a file that is named cannot be read.
    """
    named = [Path(name.strip()) for name in settings.timestamp_certificates.split(",") if name.strip()]
    files = (file for place in named for file in (sorted(place.glob("*.pem")) if place.is_dir() else [place]))
    return "\n".join(file.read_text("ascii").strip() for file in files) + "\n" if named else ""


def published(settings: Settings) -> str:
    """As ``trusted``, for publishing beside stamps; empty when a file cannot be read."""
    try:
        return trusted(settings)
    except (OSError, ValueError):
        return ""


def roots(settings: Settings) -> list[x509.Certificate]:
    """The same, read; none when a file is missing or unreadable: then no stamp can be accepted."""
    try:
        return stamps.certificates(published(settings).encode())
    except ValueError:
        return []


def effect(settings: Settings) -> Effect[Asked, Answered]:
    """The standing job. The call never fails the job: whatever comes of it is noted, and asked again later."""

    def load(session: Session, _payload: dict[str, Any]) -> Asked | None:
        newest = checkpoints.newest(session) if settings.timestamp_url else None
        if newest is None or clock.now() - newest.at > stamps.LATEST or of_sizes(session, [newest.size]):
            return None
        return Asked(newest.size, newest.note, newest.at)

    def call(ports: Ports, asked: Asked) -> Answered:
        return _answered(ports.of(TimeStamper), asked, settings)

    return Effect(STAMP, load, call, _save)


def _answered(authority: TimeStamper, asked: Asked, settings: Settings) -> Answered:
    data = asked.note.encode()
    query = stamps.request(data, secrets.randbits(63), settings.timestamp_policy)
    try:
        answer = authority.ask(query)
        stamp = stamps.check(data, query, answer, roots(settings))
        stamps.timely(stamp, asked.at)
    except OutsideError as problem:
        return Answered(asked.size, problem.code, problem.reason)
    except BadStamp as problem:
        return Answered(asked.size, problem.code, problem.said)
    return Answered(asked.size, GRANTED, "", stamp.at, stamp.authority, query, answer)


def _save(session: Session, _payload: dict[str, Any], result: Answered) -> None:
    """Note the outcome; the same trouble with the same checkpoint once, however often it comes again."""
    before = last(session)
    if before is not None and (before.size, before.outcome) == (result.size, result.outcome):
        return
    session.add(
        BulletinStamp(
            size=result.size, asked_at=clock.now(), outcome=result.outcome, said=result.said[:200],
            stamped_at=result.at, authority=result.authority[:300], query=result.query, answer=result.answer,
        )
    )  # fmt: skip
    verb, audience = (STAMPED, "public") if result.outcome == GRANTED else (NOT_STAMPED, "office")
    facts = {"size": result.size, "outcome": result.outcome}
    events.record(session, SYSTEM, verb, ["bulletin:log"], audience=audience, data=facts)


STAMPED, NOT_STAMPED = "bip.stamped", "bip.not_stamped"


def last(session: Session) -> BulletinStamp | None:
    """What came of the last asking."""
    return session.scalars(select(BulletinStamp).order_by(BulletinStamp.id.desc()).limit(1)).first()


def of_sizes(session: Session, sizes: Iterable[int]) -> dict[int, BulletinStamp]:
    """Size of a checkpoint → its stamp, for those that have one."""
    query = select(BulletinStamp).where(BulletinStamp.size.in_(list(sizes)), BulletinStamp.outcome == GRANTED)
    return {row.size: row for row in session.scalars(query)}
