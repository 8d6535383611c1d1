"""One real server for the whole run; every test begins on the sandbox's first day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from eoffice.sandbox.server import Running
from tests.eoffice.sandbox.client import Client

OFFICE_BOX = "/gminaWrotkowo/SkrytkaESP"
CITIZEN_BOX = "/jkowalski/domyslna"


@dataclass(frozen=True)
class World:
    """The running sandbox as its tests see it: clients by podmiot, and the control interface."""

    url: str
    data: Path
    office: Client
    citizen: Client

    def api(self, path: str, body: dict[str, Any] | None = None, method: str = "") -> Any:
        answer = requests.request(
            method or ("GET" if body is None else "POST"),
            f"{self.url}/sandbox/api/{path}",
            json=body,
            headers={"X-Sandbox": "1"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, operation: str, kind: str, count: int = 1, **params: Any) -> int:
        number = self.api("faults", {"operation": operation, "kind": kind, "count": count, "params": params})["id"]
        return int(number)

    def client(self, podmiot: str) -> Client:
        return Client(self.url, self.data / "clients" / podmiot, self.data / "server" / "cert.pem")

    def queue(self, box: str = OFFICE_BOX) -> list[dict[str, Any]]:
        return list(self.api(f"queue?box={box}"))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    data = tmp_path_factory.mktemp("sandbox")
    server = Running(data)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server, data
    server.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.fixture
def world(running: tuple[Running, Path]) -> World:
    server, data = running
    url = f"http://127.0.0.1:{server.port}"
    keys, certificate = data / "clients", data / "server" / "cert.pem"
    fresh = World(
        url, data, Client(url, keys / "gminaWrotkowo", certificate), Client(url, keys / "jkowalski", certificate)
    )
    fresh.api("reset", {})
    return fresh
