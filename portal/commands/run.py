"""``wrota run``: everything on one machine with one command, and a clean end on Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from portal.commands import migrate, seed
from portal.core.settings import PREFIX, Settings
from portal.town import logins
from portal.web.texts import message

START_SECONDS = 60
STOP_SECONDS = 20


class CannotStart(RuntimeError):
    """Something this machine lacks; the text is one sentence that says what to do."""


class Children:
    """The processes of one run. When one ends, all end."""

    def __init__(self, settings: Settings) -> None:
        self._environment = {**os.environ, f"{PREFIX}DEMO": str(settings.demo)}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        """Start one in a session of its own, so that Ctrl-C reaches only us and we end it in order."""
        self._running[name] = subprocess.Popen(command, start_new_session=True, env=self._environment)

    def ended(self) -> str | None:
        """The name of one that ended, or ``None`` while all run."""
        return next((name for name, child in self._running.items() if child.poll() is not None), None)

    def stop(self) -> None:
        for child in reversed(self._running.values()):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._running.values():
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()


def run(settings: Settings, say: Callable[[str], None], *, sandbox: bool = True) -> int:
    """Migrate, seed an empty town, start sandbox, portal and worker; wait. Returns the exit code."""
    _require_free_ports(settings, sandbox=sandbox)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate.migrate(settings)
    children, stop = Children(settings), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        if sandbox:
            children.start("sandbox", *_self("sandbox"))
            _await(f"{settings.sandbox_url}/healthz", children, stop)
        if seed.seed(settings):
            say(message("seed.made"))
        parent = str(os.getpid())
        children.start("web", *_self("web", "--parent", parent))
        children.start("worker", *_self("worker", "--parent", parent))
        _await(f"http://{settings.host}:{settings.port}/healthz", children, stop)
        if not stop.is_set():
            _welcome(settings, say, sandbox=sandbox)
        return _watch(children, stop, say)
    finally:
        children.stop()


def _self(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-m", "portal.cli", *arguments)


def _watch(children: Children, stop: threading.Event, say: Callable[[str], None]) -> int:
    while not stop.wait(0.3):
        if name := children.ended():
            say(message("run.child_ended", name=name))
            return 1
    say(message("run.stopped"))
    return 0


def _await(url: str, children: Children, stop: threading.Event) -> None:
    """Until ``url`` answers. Raises ``CannotStart`` when its process ends or the time is over."""
    for _ in range(START_SECONDS * 5):
        if stop.is_set():
            return
        if name := children.ended():
            raise CannotStart(message("run.not_started", name=name))
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own loopback address
                return
        except (urllib.error.URLError, OSError):
            stop.wait(0.2)
    raise CannotStart(message("run.no_answer", url=url, seconds=START_SECONDS))


def _require_free_ports(settings: Settings, *, sandbox: bool) -> None:
    wanted = [("port", settings.host, settings.port)]
    if sandbox:
        wanted.append(("sandbox_port", settings.sandbox_host, settings.sandbox_port))
    for name, host, port in wanted:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as cause:
                facts = {"host": host, "port": port, "reason": cause.strerror, "setting": f"{PREFIX}{name.upper()}"}
                raise CannotStart(message("run.port_taken", other=port + 100, **facts)) from cause


def _welcome(settings: Settings, say: Callable[[str], None], *, sandbox: bool) -> None:
    say(message("run.welcome", url=settings.public_url))
    if sandbox:
        say(message("run.sandbox", url=settings.sandbox_url))
        say(message("run.accounts"))
        for one in logins():
            say(message("run.account", login=one.login, password=one.password, who=message(one.about)))
    say(message("run.end", folder=settings.data_dir.absolute()))
