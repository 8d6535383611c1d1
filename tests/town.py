"""A whole running town for stories: the portal, the worker and the sandbox as real processes on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Town:
    """Where the running program answers and keeps its things."""

    url: str
    sandbox: str
    folder: Path
    environment: dict[str, str]
    log: Path

    def wrota(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the program on this town's data."""
        command = [sys.executable, "-m", "portal.cli", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=False)


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """The environment of a town in ``folder``, without settings of the machine's own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WROTA_")}
    ours = {"WROTA_DATA_DIR": folder, "WROTA_EPUAP_POLL_SECONDS": 1, **{f"WROTA_{k}": v for k, v in settings.items()}}
    return inherited | {name: str(value) for name, value in ours.items()}


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[Town]:
    """``wrota run`` until the block ends. Fails with the program's own log when it does not start."""
    port, sandbox_port = free_port(), free_port()
    env = environment(folder, PORT=port, SANDBOX_PORT=sandbox_port, **settings)
    town = Town(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}", folder, env, folder / "run.log")
    folder.mkdir(parents=True, exist_ok=True)
    with town.log.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "portal.cli", "run"], env=env, stdout=log, stderr=log)
        try:
            _await(f"{town.url}/readyz", process, town.log)
            yield town
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            print(town.log.read_text(errors="replace")[-20_000:])


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    pause = threading.Event()
    for _ in range(START_SECONDS * 5):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.2)
    raise AssertionError(f"the town did not start:\n{log.read_text(errors='replace')[-4000:]}")
