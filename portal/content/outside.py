"""Links that lead outside: noted when a text is published, asked for politely by the worker, kept with since when.

Addresses of our own network are never asked for, whatever a name resolves to, at every step of a redirect.
"""

from __future__ import annotations

import hashlib
import html
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urljoin, urlsplit

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import acts, queries
from portal.content.links import ADDRESS
from portal.content.models import Item, ItemVersion, OutsideLink, OutsideLinkUse
from portal.content.queries import Line, Lines
from portal.core import clock, events, outbox
from portal.core.actors import Actor
from portal.core.db import insert_or_ignore
from portal.core.errors import NotFound, OutsideError
from portal.core.outbox import Effect
from portal.core.ports import Ports

CHECK = "content.check_link"
WORKS, BROKEN, REFUSED = "works", "broken", "refused"
WEEK = 7 * 24 * 3600
MOST_REDIRECTS = 5
LONGEST_SECONDS = 60.0
"""Of one conversation with another site."""
_HREF = re.compile(r'<a\b[^>]*?\shref="(https?://[^"]+)"', re.IGNORECASE)
_GET_INSTEAD = frozenset({400, 403, 404, 405, 501})
"""Answers to HEAD that some servers give although the page is there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking: the state of the link, and the status or what went wrong."""

    state: str
    text: str


@runtime_checkable
class Prober(Protocol):
    """Asks whether there is something at an address."""

    def ask(self, address: str) -> Answer:
        """The answer; never raises for what the other side does."""


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet."""
    ip = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global and not ip.is_multicast)


@contextmanager
def connected(
    address: str, *, timeout: float, resolve: Resolve = resolve, allow: Callable[[str], bool] = is_public,
    longest: float = LONGEST_SECONDS,
) -> Iterator[tuple[http.client.HTTPConnection, str]]:  # fmt: skip
    """A connection to the host of ``address``, to the very IP address that was looked at, and the target to ask for.

    ``timeout``: seconds without a byte; ``longest``: seconds of the whole conversation, after which it breaks off
    wherever it is: a host that drips its headers for ever would else hold the worker.

    Raises ``PermissionError`` for what is no web address or does not lie on the open internet, and ``OSError``.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PermissionError
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = resolve(parts.hostname, port)
    if not found or not all(allow(ip) for ip in found):
        raise PermissionError
    wire = socket.create_connection((found[0], port), timeout=timeout)
    if parts.scheme == "https":
        wire = ssl.create_default_context().wrap_socket(wire, server_hostname=parts.hostname)
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=timeout)
    connection.sock = wire
    end = threading.Timer(longest, _break_off, (wire,))
    end.daemon = True
    end.start()
    try:
        yield connection, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    finally:
        end.cancel()
        connection.close()


def _break_off(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


class HttpProber:
    """HTTP by HEAD, then GET; connects to the very address that was looked at, after a pause."""

    def __init__(
        self,
        *,
        timeout: float = 10,
        pause: float = 1,
        resolve: Resolve = resolve,
        allow: Callable[[str], bool] = is_public,
    ) -> None:
        self._timeout, self._pause, self._resolve, self._allow = timeout, pause, resolve, allow

    def ask(self, address: str) -> Answer:
        time.sleep(self._pause)
        try:
            for _ in range(MOST_REDIRECTS + 1):
                status, where = self._status(address, "HEAD")
                if status in _GET_INSTEAD:
                    status, where = self._status(address, "GET")
                if not where:
                    return Answer(WORKS if status < 400 else BROKEN, str(status))
                address = urljoin(address, where)
        except PermissionError:
            return Answer(REFUSED, "private")
        except (OSError, http.client.HTTPException, ValueError) as problem:
            return Answer(BROKEN, type(problem).__name__[:60])
        return Answer(BROKEN, "redirects")

    def _status(self, address: str, method: str) -> tuple[int, str]:
        with connected(address, timeout=self._timeout, resolve=self._resolve, allow=self._allow) as (wire, target):
            wire.request(method, target, headers={"User-Agent": "Wrota"})
            answer = wire.getresponse()
            moved = 300 <= answer.status < 400
            return answer.status, (answer.getheader("Location") or "") if moved else ""


def remember(session: Session, version: ItemVersion) -> None:
    """Note where a published text leads outside, and have new addresses asked for, every week again."""
    told = str(version.fields.get(ADDRESS) or "")
    found = {html.unescape(address) for address in _HREF.findall(version.body)}
    found |= {told} if told.startswith(("https://", "http://")) else set()
    for address in sorted(found):
        if len(address) > 2000:
            continue
        digest = hashlib.sha256(address.encode()).hexdigest()
        insert_or_ignore(
            session, OutsideLink, {"address": address, "digest": digest, "state": "new", "answer": "", "known_by": ""}
        )
        number = session.scalars(select(OutsideLink.id).where(OutsideLink.digest == digest)).one()
        insert_or_ignore(session, OutsideLinkUse, {"version_id": version.id, "link_id": number})
        request(session, number, address)


def request(session: Session, link_id: int, address: str, *, again: bool = False) -> None:
    """Have an address asked for; one host is asked by one job at a time."""
    lane = f"link:{urlsplit(address).hostname or ''}"[:80]
    key = f"{CHECK}:{link_id}" + (f":{clock.now():%Y%m%d%H%M}" if again else "")
    outbox.enqueue(session, CHECK, key, {"link": link_id}, lane=lane, every=None if again else WEEK)


def effect() -> Effect[Any, Any]:
    """The job of the worker."""

    def load(session: Session, payload: dict[str, Any]) -> str | None:
        return session.scalar(select(OutsideLink.address).where(OutsideLink.id == payload["link"]))

    def call(ports: Ports, address: str) -> Answer:
        try:
            return ports.of(Prober).ask(address)
        except OutsideError as problem:
            return Answer(BROKEN, problem.code[:60])

    return Effect(CHECK, load, call, _save)


def _save(session: Session, payload: dict[str, Any], answer: Answer) -> None:
    link, now = session.get_one(OutsideLink, payload["link"]), clock.now()
    if link.state != answer.state:
        link.since, link.known_at, link.known_by = now, None, ""
    link.state, link.answer, link.checked_at = answer.state, answer.text, now


ORDER: tuple[Any, ...] = (
    case((OutsideLink.known_at.is_(None), 0), else_=1), OutsideLink.since, OutsideLink.id, Item.id,
)  # fmt: skip
"""Links nobody knows of first, then those broken longest."""


def broken(session: Session, actor: Actor) -> Lines:
    """Links of public texts that do not work, with the pages that hold them and that ``actor`` may edit.

    Without an order; ``ORDER`` is one, ``key_of`` its key.
    """
    return (
        select(OutsideLink, ORDER[0].label("known"), Item.id.label("item_id"), Item.title, Item.path)
        .join(OutsideLinkUse, OutsideLinkUse.link_id == OutsideLink.id)
        .join(ItemVersion, ItemVersion.id == OutsideLinkUse.version_id)
        .join(Item, Item.id == ItemVersion.item_id)
        .where(
            OutsideLink.state.in_((BROKEN, REFUSED)), Item.live_version_id == ItemVersion.id,
            Item.binned_at.is_(None), Item.state == "published", _editable(session, actor),
        )
    )  # fmt: skip


def key_of(row: Line) -> tuple[Any, ...]:
    """The key of a row of ``broken`` in ``ORDER``."""
    return row.known, row.OutsideLink.since, row.OutsideLink.id, row.item_id


def _editable(session: Session, actor: Actor) -> ColumnElement[bool]:
    return queries.within(policy.places(session, actor, "content.edit"))


def mark(session: Session, actor: Actor, link_id: int, *, again: bool) -> None:
    """Ask for an address once more (``again``), or note that the actor knows.

    Raises ``NotFound`` for a link that stands on no public page the actor may edit.
    """
    link = session.get(OutsideLink, link_id)
    page = session.scalars(
        select(Item)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .join(OutsideLinkUse, OutsideLinkUse.version_id == ItemVersion.id)
        .where(
            OutsideLinkUse.link_id == link_id, Item.live_version_id == ItemVersion.id, Item.binned_at.is_(None),
            _editable(session, actor),
        )
        .limit(1)
    ).first()  # fmt: skip
    if link is None or page is None:
        raise NotFound("content.unknown")
    if again:
        request(session, link.id, link.address, again=True)
    else:
        link.known_at, link.known_by = clock.now(), acts.name_of(session, actor)
    facts = {"link": link.id, "again": again}
    events.record(session, actor, "content.link_marked", [page.ref], audience="office", data=facts)
