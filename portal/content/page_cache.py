"""Rendered pages for visitors nobody knows, kept per process and per version of the site.

A warm page costs one statement: the site's version. A change anywhere makes every kept page old at the next
request, in every process, because the version they compare with is in the database. Pages of those who are
logged in are never kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, g, make_response, request, session
from sqlalchemy.orm import Session

from portal.content import site
from portal.web import context, scheme

LIMIT = 4000
"""Pages kept in one process; at about 12 KB each, some 50 MB."""
_FRESH = "public, no-cache"


@dataclass(frozen=True, slots=True)
class Kept:
    """A rendered page as it goes out."""

    body: bytes
    content_type: str
    etag: str


class PageCache:
    """The least recently used of the pages of one version; a newer version throws the older pages out."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._version: object = None
        self._pages: OrderedDict[object, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: object, key: object) -> Kept | None:
        with self._lock:
            if version != self._version:
                return None
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, version: object, key: object, page: Kept) -> None:
        """Keep ``page``, rendered from what was read *after* ``version`` was."""
        with self._lock:
            if version != self._version:
                self._pages.clear()
                self._version = version
            self._pages[key] = page
            while len(self._pages) > self._limit:
                self._pages.popitem(last=False)


_EXTENSION = "wrota.pages"
Freshness = Callable[[Session], object]


def _cache() -> PageCache:
    extensions = current_app.extensions
    cache: PageCache = extensions.setdefault(_EXTENSION, PageCache())
    return cache


def _known_to_us() -> bool:
    """Whether the page may differ for this person: logged in, or with a message waiting."""
    return context.actor().user_id is not None or bool(session)


def _answer(page: Kept) -> Response:
    response = Response(page.body, content_type=page.content_type)
    response.set_etag(page.etag)
    response.headers["Cache-Control"] = _FRESH
    response.vary.add("Cookie")
    response.make_conditional(request)
    return response


def public_page(view: Callable[..., Any], *, freshness: Freshness = site.number) -> Callable[..., Response]:
    """Serve ``view`` from the kept pages to visitors nobody knows. ``freshness`` reads what the page depends on."""

    @wraps(view)
    def served(*args: Any, **kwargs: Any) -> Response:
        if request.method not in ("GET", "HEAD") or _known_to_us():
            response = make_response(view(*args, **kwargs))
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        with context.reading() as reading:
            version = freshness(reading)
        if freshness is site.number:
            g.site_version = version
        key = (request.host, request.full_path, scheme.chosen().name, view.__name__)
        kept = _cache().get(version, key)
        if kept is not None:
            return _answer(kept)
        response = make_response(view(*args, **kwargs))
        if response.status_code != 200 or response.is_streamed or session.modified:
            return response
        body = response.get_data()
        kept = Kept(body, response.content_type or "", hashlib.sha256(body).hexdigest()[:32])
        _cache().put(version, key, kept)
        return _answer(kept)

    return served
