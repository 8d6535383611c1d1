"""The bundled ePUAP sandbox as a process of its own, spoken to over HTTP only."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eoffice.channels.epuap import EpuapOptions, Timeouts

START_SECONDS = 60
PODMIOT = "gminaWrotkowo"
BOX = f"/{PODMIOT}/SkrytkaESP"


@dataclass(frozen=True)
class Sandbox:
    url: str
    data: Path

    def api(self, method: str, path: str, body: object = None) -> Any:
        """One call of the control interface."""
        request = urllib.request.Request(
            f"{self.url}/sandbox/api{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"X-Sandbox": "1", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def misbehave(self, operation: str, kind: str, count: int = 1, **params: object) -> None:
        self.api("POST", "/faults", {"operation": operation, "kind": kind, "count": count, "params": params})

    def options(self, **changes: Any) -> EpuapOptions:
        given: dict[str, Any] = {
            "base_url": self.url,
            "podmiot": PODMIOT,
            "box_name": "SkrytkaESP",
            "box_address": BOX,
            "key_file": self.data / "clients" / PODMIOT / "key.pem",
            "certificate_file": self.data / "clients" / PODMIOT / "cert.pem",
            "pinned": (self.data / "server" / "cert.pem",),
            "timeouts": Timeouts(connect=5, read=5, total=10),
            "store_is_complete": True,
        }
        return EpuapOptions(**(given | changes))


@contextmanager
def running(folder: Path) -> Iterator[Sandbox]:
    """Start it on a free port, wait until it answers, stop it in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "sandbox.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "eoffice.sandbox", "--port", str(port), "--data", str(folder / "data")]
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            sandbox = Sandbox(f"http://127.0.0.1:{port}", folder / "data")
            _wait(sandbox, process, log)
            yield sandbox
        finally:
            process.terminate()
            process.wait(20)


def _wait(sandbox: Sandbox, process: subprocess.Popen[bytes], log: Path) -> None:
    pause = threading.Event()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{sandbox.url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.1)
    raise AssertionError(f"the sandbox did not start:\n{log.read_text()}")
