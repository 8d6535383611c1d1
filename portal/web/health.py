"""Whether the program lives, whether it can serve, and its figures for Prometheus. Counts only, nobody's data.

``/metrics`` answers the machine itself and private networks, and only when no proxy stands between: what passes
through the public door carries ``X-Forwarded-For`` and gets 404. No setting opens it further.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database
from portal.core.errors import Temporary
from portal.core.events import EventHead
from portal.core.outbox import DUE, Job
from portal.web import gate, logs
from portal.web.gate import Sent

EXTENSION = "wrota.metrics"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SEARCH = ("search.index", "search.index_many", "search.hide")


@dataclass(frozen=True, slots=True)
class Part:
    """How a part is that the site can do without for a while. ``state`` is one word and names nobody's data."""

    name: str
    state: str
    ok: bool


Look = Callable[[], Part]
_PARTS = "wrota.parts"


def watch(app: Flask, look: Look) -> None:
    """Let ``/readyz`` and ``/metrics`` say how a part is. ``look`` must be quick and must not raise."""
    _looks(app).append(look)


def _looks(app: Flask) -> list[Look]:
    return cast(list[Look], app.extensions.setdefault(_PARTS, []))


def broken() -> list[Part]:
    """The parts of the running program that do not work now."""
    return [part for look in _looks(current_app) if not (part := look()).ok]


class Facts:
    """Figures read from the database when somebody asks for them."""

    def __init__(self, database: Database, looks: Sequence[Look]) -> None:
        self.database, self.looks = database, looks

    def describe(self) -> list[Any]:
        """Nothing in advance: the collector must not read the database when it is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The families of figures."""
        yield _parts(self.looks)
        with self.database.reading() as session:
            yield _jobs(session)
            yield _gauge("wrota_job_oldest_due_seconds", "Age of the oldest job that could run", _oldest(session))
            yield _gauge("wrota_search_backlog", "Changes not yet in the search index", _backlog(session))
            yield _gauge("wrota_events", "Events in the log", session.scalar(select(EventHead.seq)) or 0)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _parts(looks: Sequence[Look]) -> GaugeMetricFamily:
    family = GaugeMetricFamily("wrota_part_ok", "Whether a part works, and its state", labels=["part", "state"])
    for part in (look() for look in looks):
        family.add_metric([part.name, part.state], float(part.ok))
    return family


def _jobs(session: Session) -> GaugeMetricFamily:
    family = GaugeMetricFamily("wrota_jobs", "Jobs of the outbox", labels=["topic", "state"])
    query = select(Job.topic, Job.state, func.count()).group_by(Job.topic, Job.state)
    for topic, state, number in session.execute(query):
        family.add_metric([topic, state], number)
    return family


def _oldest(session: Session) -> float:
    now = clock.now()
    since = session.scalar(select(func.min(Job.run_after)).where(Job.state == DUE, Job.run_after <= now))
    return (now - since).total_seconds() if since else 0.0


def _backlog(session: Session) -> int:
    waiting = select(func.count()).where(Job.topic.in_(_SEARCH), Job.state == DUE, Job.every.is_(None))
    return session.scalar(waiting) or 0


class Metrics:
    """The figures of one program: its own registry, so that two programs in a process do not mix."""

    def __init__(self, database: Database, looks: Sequence[Look] = ()) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("wrota_requests", "Requests answered", labels, registry=self.registry)
        self.duration = Histogram(
            "wrota_request_seconds", "Time to answer", ("route",), buckets=_BUCKETS, registry=self.registry
        )
        self.registry.register(Facts(database, looks))  # type: ignore[arg-type,unused-ignore]  # a duck, as documented

    def observe(self, response: Response) -> Response:
        """Count one answered request by its route, never by its address."""
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        self.requests.labels(method, logs.route(), str(response.status_code)).inc()
        self.duration.labels(logs.route()).observe(logs.seconds())
        return response

    def observe_sent(self, sent: Sent) -> None:
        """Count one request answered at the gate."""
        self.requests.labels("GET", sent.route, str(sent.status)).inc()
        self.duration.labels(sent.route).observe(sent.seconds)

    def text(self) -> Response:
        """The Prometheus text."""
        return Response(generate_latest(self.registry), content_type=CONTENT_TYPE_LATEST)


def is_near() -> bool:
    """Whether the caller is this machine or a private network, without a proxy in between."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_private
    except ValueError:
        return False


def metrics() -> Metrics:
    """The figures of the running program."""
    return cast(Metrics, current_app.extensions[EXTENSION])


def is_ready(database: Database) -> bool:
    """Whether the database answers and has its tables. Raises SQLAlchemy's errors when it does not answer,
    ``Temporary`` when it has none."""
    try:
        with database.reading() as session:
            return session.scalar(select(EventHead.id)) is not None
    except ProgrammingError as cause:
        # PostgreSQL's word for a table that is not there; SQLite says OperationalError.
        raise Temporary("the tables are missing", code="database.tables") from cause


def init(app: Flask, database: Database) -> None:
    """Count every request of ``app``."""
    counted = Metrics(database, _looks(app))
    app.extensions[EXTENSION] = counted
    app.after_request(counted.observe)
    gate.of(app).listeners.append(counted.observe_sent)
