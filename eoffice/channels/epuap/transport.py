"""One HTTP POST, and the exact knowledge of how far it got.

``http.client`` and not a friendlier library, because a letter may be sent twice by a friendly retry: connecting
and sending are separate steps here, so "nothing left this machine" is known and not guessed. It follows no
redirect, reads no proxy from the environment and unpacks no compressed body.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from eoffice.channels.epuap.options import Timeouts

CHUNK = 65536
IDLE_CONNECTIONS = 4

_Address = tuple[str, str, int]


class NotSent(Exception):
    """No connection could be made: the other side cannot know of the call."""


class AnswerLost(Exception):
    """The call may have left, and no whole answer came. The text says how it was lost."""


class ConnectionDropped(AnswerLost):
    """The other side closed the connection; on an idle one that often means it had done so before."""


class AnswerTooLarge(AnswerLost):
    """More bytes came than the limit allows; reading stopped there."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: bytes


class Transport:
    """Keeps a few idle connections per host. Safe for several threads."""

    def __init__(self, timeouts: Timeouts, ca_file: Path | None = None) -> None:
        self._timeouts = timeouts
        self._ca_file = ca_file
        self._idle: dict[_Address, list[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, limit: int, repeatable: bool) -> Answer:
        """Send once and read at most ``limit`` bytes.

        Only a ``repeatable`` call may use a connection that was idle (the server may just have closed it), and
        only such a call is sent again, once, when that happened. Raises ``NotSent``, ``AnswerLost``.
        """
        parts = urlsplit(url)
        idle = self._take(parts) if repeatable else None
        if idle is not None:
            with suppress(ConnectionDropped):
                return self._exchange(idle, parts, body, headers, limit)
        return self._exchange(self._connect(parts), parts, body, headers, limit)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def close(self) -> None:
        """Close what is idle; the transport may be used again."""
        with self._lock:
            _close_all(self._idle)

    def _connect(self, parts: SplitResult) -> http.client.HTTPConnection:
        scheme, host, port = _address(parts)
        seconds = self._timeouts.connect
        connection = (
            http.client.HTTPSConnection(host, port, timeout=seconds, context=self._tls)
            if scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=seconds)
        )
        try:
            connection.connect()
        except (OSError, UnicodeError) as cause:
            connection.close()
            raise NotSent(type(cause).__name__) from cause
        return connection

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        parts: SplitResult,
        body: bytes,
        headers: Mapping[str, str],
        limit: int,
    ) -> Answer:
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        reusable = False
        try:
            with _deadline(connection, self._timeouts) as cut:
                answer, reusable = _converse(connection, target, body, headers, limit)
                if cut.is_set():
                    raise AnswerLost("deadline")
        except (AnswerLost, OSError, http.client.HTTPException, ValueError) as cause:
            raise _lost(cause, cut) from cause
        finally:
            if not reusable:
                connection.close()
        self._give_back(parts, connection)
        return answer

    def _take(self, parts: SplitResult) -> http.client.HTTPConnection | None:
        with self._lock:
            idle = self._idle.get(_address(parts))
            return idle.pop() if idle else None

    def _give_back(self, parts: SplitResult, connection: http.client.HTTPConnection) -> None:
        if connection.sock is None:
            return
        with self._lock:
            idle = self._idle.setdefault(_address(parts), [])
            if len(idle) < IDLE_CONNECTIONS:
                idle.append(connection)
                return
        connection.close()


def _close_all(idle: dict[_Address, list[http.client.HTTPConnection]]) -> None:
    while idle:
        _, connections = idle.popitem()
        for connection in connections:
            connection.close()


def _address(parts: SplitResult) -> _Address:
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


@contextmanager
def _deadline(connection: http.client.HTTPConnection, timeouts: Timeouts) -> Iterator[threading.Event]:
    """Cut the connection when the whole call takes too long; a socket's own timeout starts anew with every byte."""
    cut = threading.Event()
    sock = connection.sock

    def shut() -> None:
        cut.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    sock.settimeout(timeouts.read)
    timer = threading.Timer(timeouts.total, shut)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()


def _lost(cause: Exception, cut: threading.Event) -> AnswerLost:
    """Which way the answer was lost. Once the deadline cut the connection, every error is its consequence."""
    if cut.is_set():
        return AnswerLost("deadline")
    if isinstance(cause, AnswerLost):
        return cause
    kind = ConnectionDropped if isinstance(cause, ConnectionError) else AnswerLost
    return kind(type(cause).__name__)


def _converse(
    connection: http.client.HTTPConnection, target: str, body: bytes, headers: Mapping[str, str], limit: int
) -> tuple[Answer, bool]:
    """Send, read; also whether the connection may serve another call."""
    # A server that refuses early closes while we still send; its answer may be there all the same.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", target, body, dict(headers))
    with connection.getresponse() as response:
        data = _read(response, limit)
    answer = Answer(response.status, response.getheader("Content-Type", ""), data)
    return answer, not response.will_close


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    if response.length is not None and response.length > limit:
        raise AnswerTooLarge("too_large")
    data = bytearray()
    while chunk := response.read1(CHUNK):
        data += chunk
        if len(data) > limit:
            raise AnswerTooLarge("too_large")
    if response.length:
        raise AnswerLost("truncated")
    return bytes(data)
