"""The gate before the program: a page kept whole goes out at once to visitors who send nothing that could change it.

Entering Flask costs more than reading a page from memory. The gate asks whoever keeps pages (``keeper``) and lets
everything else through. What is counted and logged about a request is told to the same listeners either way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from string import printable
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from flask import Flask
from sqlalchemy.exc import DBAPIError
from werkzeug.http import parse_cookie, parse_etags

from portal.web import scheme

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "wrota.keep"
"""Under this name a view leaves in the environment what the keeper needs to keep its answer."""
_EXTENSION = "wrota.gate"
_OF_THE_BODY = frozenset({"content-type", "content-length", "content-language", "content-encoding", "last-modified"})
_HARMLESS = frozenset({scheme.COOKIE, scheme.KEYS_COOKIE})
"""Cookies that say how pages look and nothing of who asks."""


QUIET = "wrota.quiet"
"""Set in the environment of a request the program makes to itself: hundreds of them a day say nothing in the log."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is said about an answer given at the gate. ``route`` is the rule, never the address."""

    environ: WSGIEnvironment
    route: str
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A page with all its headers, as it went out when it was made."""

    etag: str
    route: str
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def headers_unchanged(self) -> list[tuple[str, str]]:
        """Those of the answer that the reader's copy is still right (RFC 9110 §15.4.5)."""
        return [(name, value) for name, value in self.headers if name.lower() not in _OF_THE_BODY]


class Keeper(Protocol):
    """Keeps whole answers."""

    def find(self, environ: WSGIEnvironment) -> Answer | None:
        """The answer to this request, if it is kept and still right."""

    def keep(self, mark: Any, body: bytes, headers: Iterable[tuple[str, str]]) -> None:
        """Keep an answer that a view marked."""


class Gate:
    """The outermost part of the program that sees a request as the proxies in front meant it."""

    def __init__(self, inside: WSGIApplication) -> None:
        self._inside = inside
        self.keeper: Keeper | None = None
        self.listeners: list[Callable[[Sent], None]] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _only_ascii(environ)
        if self.keeper is None or environ["REQUEST_METHOD"] != "GET" or not _says_nothing(environ):
            return self._inside(environ, start_response)
        started = time.perf_counter()
        found = self._kept(environ)
        return (
            self._enter(environ, start_response)
            if found is None
            else self._send(environ, start_response, found, started)
        )

    def _kept(self, environ: WSGIEnvironment) -> Answer | None:
        try:
            return self.keeper.find(environ) if self.keeper else None
        except DBAPIError:
            return None  # the program inside meets the same failure and has the words for it

    def _send(
        self, environ: WSGIEnvironment, start_response: StartResponse, found: Answer, started: float
    ) -> Iterable[bytes]:
        wanted = environ.get("HTTP_IF_NONE_MATCH", "")
        same = bool(wanted) and (wanted == f'"{found.etag}"' or parse_etags(wanted).contains_weak(found.etag))
        if same:
            start_response("304 NOT MODIFIED", found.headers_unchanged)
        else:
            start_response("200 OK", list(found.headers))
        sent = Sent(environ, found.route, 304 if same else 200, time.perf_counter() - started)
        for tell in self.listeners:
            tell(sent)
        return [] if same else [found.body]

    def _enter(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the request in, and keep the answer when its view asks for it."""
        head: list[tuple[str, list[tuple[str, str]]]] = []

        def started(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            head.append((status, headers))
            return start_response(status, headers, *failure)

        body = self._inside(environ, started)
        mark = environ.get(KEEP)
        if mark is not None and self.keeper is not None and head and head[-1][0].startswith("200"):
            self.keeper.keep(mark, mark.body, head[-1][1])
        return body


def _only_ascii(environ: WSGIEnvironment) -> None:
    """Write bytes that may not stand in a query (RFC 3986 §3.4) with ``%``, and leave those out that may not stand
    in a cookie (RFC 6265 §4.1.1): everything inside reads both as text."""
    cookies = environ.get("HTTP_COOKIE", "")
    if not cookies.isascii():
        environ["HTTP_COOKIE"] = cookies.encode("ascii", "ignore").decode()
    query = environ.get("QUERY_STRING", "")
    if not query.isascii():
        environ["QUERY_STRING"] = quote(query.encode("latin-1", "replace"), safe=printable)


def _says_nothing(environ: WSGIEnvironment) -> bool:
    """Whether no cookie but those of the look came with the request."""
    text = environ.get("HTTP_COOKIE", "")
    return not text or parse_cookie(text).keys() <= _HARMLESS


def install(app: Flask) -> None:
    """Put the gate before ``app``; call it before anything that stands before the gate (``ProxyFix``)."""
    gate = app.extensions[_EXTENSION] = Gate(app.wsgi_app)
    app.wsgi_app = gate  # type: ignore[method-assign]


def of(app: Flask) -> Gate:
    """The gate of ``app``."""
    gate: Gate = app.extensions[_EXTENSION]
    return gate
