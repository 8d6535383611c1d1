"""How often pages are opened, counted without knowing by whom: a number per address and day, nothing else.

No cookie is set and no address, device or session is kept. Crawlers, people who ask not to be counted (``DNT``,
``Sec-GPC``) and those who are logged in are left out. A process counts in its memory and adds what it has
counted to the database every half minute, in one statement for all pages.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog
from crawleruseragents import is_crawler
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import DBAPIError

from portal.content import paths
from portal.content.models import Visit, VisitDay
from portal.core import clock
from portal.core.db import Database, insert_or_add
from portal.web import context, gate
from portal.web.gate import Sent

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = structlog.get_logger(__name__)

EVERY = 30.0
"""Seconds between two additions to the database; what a killed process loses at most."""
BULLETIN, PORTAL = "bip", "portal"
_MOST = 5_000
"""Addresses one process remembers between two additions."""
_COUNTED = frozenset({200, 304})
_PUBLIC_ROOMS = frozenset({"content", "bip", "forms", "search"})
"""Blueprints with pages for everyone."""
_FOR_MACHINES = (".xml", ".json", ".csv", ".ics", ".rdf")
_EXTENSION = "wrota.visits"


class Visits:
    """What one process has counted and not yet added to the database."""

    def __init__(self, database: Database, *, later: Callable[[Callable[[], object]], object]) -> None:
        self._database = database
        self._later = later
        self._counted: Counter[tuple[date, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, day: date, path: str) -> None:
        """Count one opening of the page at ``path``."""
        with self._lock:
            first = not self._counted
            if len(self._counted) < _MOST or (day, path) in self._counted:
                self._counted[day, path] += 1
        if first:
            self._later(self.flush)

    def flush(self) -> int:
        """Add what was counted to the database; how many openings. After a failure they wait for the next time."""
        with self._lock:
            taken, self._counted = self._counted, Counter()
        if not taken or self._database.disposed:
            return 0
        try:
            self._save(taken)
        except DBAPIError as failure:
            log.warning("visits_not_saved", cause=type(failure.orig).__name__)
            with self._lock:
                self._counted.update(taken)
            self._later(self.flush)
            return 0
        return taken.total()

    def _save(self, taken: Counter[tuple[date, str]]) -> None:
        days: Counter[tuple[date, str]] = Counter()
        for (day, path), hits in taken.items():
            days[day, part_of(path)] += hits
        # In one order always, so that two processes wait for each other instead of stopping each other.
        pages = [{"day": day, "path": path, "hits": hits} for (day, path), hits in sorted(taken.items())]
        sums = [{"day": day, "part": part, "hits": hits} for (day, part), hits in sorted(days.items())]
        with self._database.transaction() as session:
            insert_or_add(session, Visit, pages, "hits")
            insert_or_add(session, VisitDay, sums, "hits")


def part_of(path: str) -> str:
    """The part of the site an address belongs to."""
    return BULLETIN if paths.inside(path, "/bip") else PORTAL


@lru_cache(4096)
def _by_a_person(agent: str) -> bool:
    return bool(agent) and not is_crawler(agent, case_sensitive=False)


def asks_to_be_counted(environ: WSGIEnvironment) -> bool:
    """Whether a person, and no machine, opened the page, and did not ask to be left out."""
    return (
        environ.get("HTTP_DNT") != "1"
        and environ.get("HTTP_SEC_GPC") != "1"
        and not environ.get("HTTP_SEC_PURPOSE", "").startswith("prefetch")
        and not environ.get("PATH_INFO", "").endswith(_FOR_MACHINES)
        and _by_a_person(environ.get("HTTP_USER_AGENT", "")[:400])
    )


def _count(response: Response) -> Response:
    is_page = response.mimetype == "text/html" or response.status_code == 304
    if (
        request.method == "GET"
        and request.blueprint in _PUBLIC_ROOMS
        and response.status_code in _COUNTED
        and is_page
        and asks_to_be_counted(request.environ)
        and context.actor().user_id is None
    ):
        visits: Visits = current_app.extensions[_EXTENSION]
        visits.add(clock.today(), paths.clean(request.path)[: paths.MAX_PATH])
    return response


def _in_half_a_minute(act: Callable[[], object]) -> None:
    timer = threading.Timer(EVERY, act)
    timer.daemon = True
    timer.start()


def install(app: Flask) -> None:
    """Count the public pages of ``app``, which already knows its database."""
    visits = app.extensions[_EXTENSION] = Visits(app.extensions[context.EXTENSION].database, later=_in_half_a_minute)
    app.after_request(_count)

    def sent(answer: Sent) -> None:
        if asks_to_be_counted(answer.environ):
            path = answer.environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
            visits.add(clock.today(), paths.clean(path)[: paths.MAX_PATH])

    gate.of(app).listeners.append(sent)


def flush(app: Flask) -> int:
    """Add what ``app`` has counted so far; called when its process ends."""
    visits: Visits = app.extensions[_EXTENSION]
    return visits.flush()
