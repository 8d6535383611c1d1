"""The Nu HTML checker, run as a local server for the length of the tests."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.architecture.source import ROOT
from tests.town import free_port

JAR = ROOT / ".ci/node_modules/vnu-jar/build/dist/vnu.jar"
START_SECONDS = 60


class Checker:
    """Finds what is not valid HTML."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/?out=json&level=error"

    def problems(self, page: bytes) -> list[str]:
        """The errors of one page, each with its line."""
        head = {"Content-Type": "text/html; charset=utf-8"}
        answer = requests.post(self._url, data=page, headers=head, timeout=60)
        found = answer.json()["messages"]
        return [f"{m.get('lastLine')}: {m['message']} … {m.get('extract', '')}" for m in found if m["type"] == "error"]


@contextmanager
def checker() -> Iterator[Checker]:
    """A running checker. Needs Java and the jar that `.ci/test-needs.sh` fetches."""
    assert JAR.exists(), "the Nu HTML checker is missing: run sh .ci/test-needs.sh"
    port = free_port()
    command = ["java", "-Xss2m", "-Dnu.validator.servlet.bind-address=127.0.0.1", "-cp", str(JAR)]
    command += ["nu.validator.servlet.Main", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found, pause = Checker(port), threading.Event()
        for _ in range(START_SECONDS * 5):
            try:
                found.problems(b"<!DOCTYPE html><html lang=pl><title>x</title>")
                break
            except requests.ConnectionError:
                pause.wait(0.2)
        yield found
    finally:
        process.terminate()
        process.wait(10)
