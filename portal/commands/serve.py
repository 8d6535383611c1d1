"""The long-running processes: the portal (waitress) and the worker (threads around the outbox)."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from types import FrameType

import structlog
import waitress
from flask import Flask

from portal import effects
from portal.app import create_app
from portal.commands import wire
from portal.content import visits
from portal.core.db import Database
from portal.core.program import Program
from portal.core.settings import Settings
from portal.core.worker import HueyBell, Presence, Worker
from portal.web import logs
from portal.web.context import program

log = structlog.get_logger(__name__)

PARENT_LOOK = 1.0


def web(settings: Settings) -> None:
    """Serve the portal until SIGTERM or Ctrl-C."""
    logs.configure(settings)
    app = create_app(settings)
    signal.signal(signal.SIGTERM, _leave)
    proxy = {"trusted_proxy": "*", "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto x-forwarded-host"}
    server = waitress.create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident="",
        max_request_body_size=settings.upload_limit_mb * 1024 * 1024,
        **(proxy if settings.behind_proxy else {}),
    )
    wire.install(server, app, settings)
    server.print_listen("Serving on http://{}:{}")
    server.run()
    visits.flush(app)


def worker(settings: Settings) -> None:
    """Carry out jobs until SIGTERM or Ctrl-C; the job in hand is finished first."""
    logs.configure(settings)
    app = create_app(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    presence = Presence(settings.data_dir / "worker" / "present")
    threads = [
        threading.Thread(target=_work, args=(app, presence, settings, stop), name=f"worker-{number}", daemon=True)
        for number in range(settings.worker_threads)
    ]
    _standing_jobs(app)
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=settings.epuap_timeout_seconds)
    presence.leave()


def one_worker(app: Flask, presence: Presence, settings: Settings) -> Worker:
    """A worker with the program's effects and ports."""
    with app.app_context():
        here: Program = program()
    lease = timedelta(seconds=settings.lease_seconds)
    return Worker(here.database, effects.collect(here), here.ports, presence, lease=lease)


def _work(app: Flask, presence: Presence, settings: Settings, stop: threading.Event) -> None:
    bell = HueyBell(settings.data_dir / "worker")
    with app.app_context():
        hand = one_worker(app, presence, settings)
        hand.reclaim()
        hand.run(bell, stop)


def _standing_jobs(app: Flask) -> None:
    with app.app_context():
        database: Database = program().database
        with database.transaction() as session:
            effects.standing_jobs(session, program())


def watch_parent(parent: int) -> None:
    """End this process when ``parent`` is gone, however it went: no orphan keeps a port."""

    def look() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(PARENT_LOOK)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
