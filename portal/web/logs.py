"""Log lines: structured, on standard error, without personal data.

A line names the route (``/sprawy/<int:id>``), never the address asked for, who asked, or what was sent. A defect is
logged as the places it passed through, without the message, which may quote what a person typed.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
import traceback
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, g, request

from portal.core.settings import Settings
from portal.web import gate
from portal.web.gate import Sent

log = structlog.get_logger(__name__)

_QUIET = frozenset({"web.healthz", "web.readyz", "web.metrics"})


def configure(settings: Settings) -> None:
    """Set up structlog for the process: JSON lines, or readable ones for a person at a terminal."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    last: Any = (
        structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_StandardError(),
    )


class _StandardError:
    """Gives loggers that write to the standard error of the moment (tests replace it)."""

    def __call__(self, *_names: object) -> structlog.PrintLogger:
        return structlog.PrintLogger(sys.stderr)


def places(trace: TracebackType | None) -> list[str]:
    """Where a defect passed: ``portal/web/views.py:41 home``, innermost last."""
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def route() -> str:
    """The rule that answers this request, free of its values."""
    return request.url_rule.rule if request.url_rule else "(none)"


def seconds() -> float:
    """How long this request has taken so far."""
    return time.perf_counter() - float(g.get("wrota_started", time.perf_counter()))


def _begin() -> None:
    g.wrota_started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=secrets.token_hex(6))


def _end(response: Response) -> Response:
    if (
        gate.QUIET not in request.environ
        and request.endpoint not in _QUIET
        and not (request.endpoint or "").endswith("static")
    ):
        log.info(
            "request",
            method=request.method,
            route=route(),
            status=response.status_code,
            ms=round(seconds() * 1000, 1),
        )
    return response


def _sent(sent: Sent) -> None:
    if gate.QUIET in sent.environ:
        return
    ms = round(sent.seconds * 1000, 1)
    request_id = secrets.token_hex(6)
    log.info("request", request=request_id, method="GET", route=sent.route, status=sent.status, ms=ms)


def init(app: Flask) -> None:
    """Give each request an id and write one line about it."""
    app.before_request(_begin)
    app.after_request(_end)
    gate.of(app).listeners.append(_sent)
