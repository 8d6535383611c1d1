"""Rendered pages for visitors nobody knows, kept per process and per version of what they depend on.

A warm page costs one statement: the site's version. A change anywhere makes every kept page old at the next
request, in every process, because the version they compare with is in the database. Pages of those who are
logged in are never kept. Kept pages go out at the gate (``portal.web.gate``), before the program is entered.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, make_response, request, session
from sqlalchemy.orm import Session

from portal.content import site
from portal.core import clock
from portal.core.db import Database
from portal.web import context, gate, logs, scheme
from portal.web.gate import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LIMIT = 4000
"""Pages kept in one process; at about 12 KB each, some 50 MB."""
_FRESH = "public, no-cache"
_EXTENSION = "wrota.pages"
_OWN = frozenset({"set-cookie", "date"})
"""Headers that belong to one answer alone."""
_ASKED_CONDITIONALLY = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH"})
"""What a browser sends that has a copy (RFC 9110 §13); no answer to anybody else depends on one."""

Freshness = Callable[[Any], object]
"""Reads what a page depends on, through a session or a connection (whatever has ``execute``)."""
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a view says about the answer it just made: under which key, and while what is the case, it is right."""

    key: Key
    freshness: Freshness
    version: object
    etag: str
    route: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and while what is the case it is right."""

    freshness: Freshness
    version: object
    answer: Answer


def key_of(environ: WSGIEnvironment) -> Key:
    """All of a request that a page may depend on, as long as nobody is known."""
    look = scheme.named(environ.get("HTTP_COOKIE", ""))
    return (
        environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ.get("SCRIPT_NAME", ""),
        environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), *look,
        # Calendars and lists of what is to come are others tomorrow, though nobody has changed a thing.
        clock.today().isoformat(),
    )  # fmt: skip


class PageCache:
    """The least recently used answers, each compared with what it depends on whenever it is asked for."""

    def __init__(self, database: Database, limit: int = LIMIT) -> None:
        self._database = database
        self._limit = limit
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, environ: WSGIEnvironment) -> Answer | None:
        """The kept answer, when what it depends on is as it was: one statement, none for a page not kept."""
        key = key_of(environ)
        with self._lock:
            kept = self._pages.get(key)
            if kept is None:
                return None
            self._pages.move_to_end(key)
        with self._database.read.connect() as connection:
            version = kept.freshness(connection)
        if version == kept.version:
            return kept.answer
        # Whoever renders it anew need not ask again what has just been read.
        environ[_EXTENSION] = (kept.freshness, version)
        return None

    def keep(self, mark: Mark, body: bytes, headers: Iterable[tuple[str, str]]) -> None:
        """Keep an answer, rendered from what was read *after* its version was; not one that sets a cookie."""
        own = [(name, value) for name, value in headers if name.lower() in _OWN]
        if any(name.lower() == "set-cookie" for name, _ in own):
            return
        shared = tuple((name, value) for name, value in headers if (name, value) not in own)
        kept = Kept(mark.freshness, mark.version, Answer(mark.etag, mark.route, body, shared))
        with self._lock:
            self._pages[mark.key] = kept
            self._pages.move_to_end(mark.key)
            while len(self._pages) > self._limit:
                self._pages.popitem(last=False)


def install(app: Flask) -> None:
    """Let the gate of ``app`` send the pages kept here."""
    database = app.extensions[context.EXTENSION].database
    gate.of(app).keeper = app.extensions[_EXTENSION] = PageCache(database)


def _known_to_us() -> bool:
    """Whether the page may differ for this person: logged in, or with a message waiting."""
    return context.actor().user_id is not None or bool(session)


def _version(session: Session, freshness: Freshness) -> object:
    """What the page depends on now; the gate may just have read it."""
    asked, version = request.environ.get(_EXTENSION, (None, None))
    return version if asked is freshness else freshness(session.connection())


def public_page(view: Callable[..., Any], *, freshness: Freshness = site.number) -> Callable[..., Response]:
    """Serve ``view`` to visitors nobody knows in a form that can be kept. ``freshness`` reads what it depends on:
    the version of the site, or a tuple that begins with it."""

    @wraps(view)
    def served(*args: Any, **kwargs: Any) -> Response:
        if request.method not in ("GET", "HEAD") or _known_to_us():
            response = make_response(view(*args, **kwargs))
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        with context.one_look() as look:
            version = _version(look, freshness)
            g.site_version = version[0] if isinstance(version, tuple) else version
            response = make_response(view(*args, **kwargs))
        if response.status_code != 200 or response.is_streamed or session.modified:
            return response
        body = response.get_data()
        etag = hashlib.sha256(body).hexdigest()[:32]
        if request.method == "GET":
            request.environ[gate.KEEP] = Mark(key_of(request.environ), freshness, version, etag, logs.route(), body)
        response.set_etag(etag)
        response.headers["Cache-Control"] = _FRESH
        response.vary.add("Cookie")
        if _ASKED_CONDITIONALLY & request.environ.keys():
            response.make_conditional(request)
        return response

    return served
