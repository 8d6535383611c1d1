"""The ePUAP sandbox as a process of its own, and its control interface."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class Sandbox:
    """Talks to ``/sandbox/api``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str = "") -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"{self.url}/sandbox/api{path}", data, {"X-Sandbox": "1"}, method=method or None
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def letters(self, box: str, count: int, **more: Any) -> list[int]:
        """Others write to the office; the ids of their letters."""
        body = {"podmiot": "jkowalski", "box": box, "title": "Pismo", "text": "Treść", "count": count}
        return list(self.ask("/send", body | more)["documents"])

    def mishap(self, operation: str, kind: str, count: int = 1, **params: Any) -> None:
        self.ask("/faults", {"operation": operation, "kind": kind, "count": count, "params": params})

    def calm(self) -> None:
        """No more mishaps."""
        self.ask("/faults", method="DELETE")

    def queue(self, box: str, *, everything: bool = False) -> list[dict[str, Any]]:
        return list(self.ask(f"/queue?box={box}{'&all=1' if everything else ''}"))

    def waiting(self, box: str) -> int:
        return int(next(one["waiting"] for one in self.ask("/boxes") if one["address"] == box))

    def counts(self) -> dict[str, dict[str, int]]:
        """How often each content was taken from us, by operation and SHA-256."""
        return dict(self.ask("/counts")["by_content"])


@contextmanager
def running(data: Path, log: Path) -> Iterator[Sandbox]:
    """A sandbox on a free port of this machine."""
    command = [sys.executable, "-m", "eoffice.sandbox", "--port", "0", "--data", str(data)]
    with log.open("w") as told:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=told)
        try:
            yield Sandbox(_address(process, log))
        finally:
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where it says it listens."""
    pause = threading.Event()
    for _ in range(START_SECONDS * 10):
        for word in log.read_text().split():
            if word.startswith("http://127.0.0.1:"):
                return word.rstrip(",")
        assert process.poll() is None, log.read_text()
        pause.wait(0.1)
    raise AssertionError(f"the sandbox did not start: {log.read_text()}")
