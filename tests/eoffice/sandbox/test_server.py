"""The process: it starts, serves, survives a kill with its data, and stops cleanly."""

from __future__ import annotations

import ast
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.eoffice.sandbox.client import LETTER, PATHS, Client
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

ROOT = Path(__file__).parents[3]


class Process:
    """``python -m eoffice.sandbox`` on a free port, ready when it says so."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "eoffice.sandbox", "--port", str(self.port), "--data", str(data)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.popen.stderr is not None
        assert "sandbox at" in self.popen.stderr.readline()
        self.url = f"http://127.0.0.1:{self.port}"

    def end(self, number: signal.Signals) -> int:
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        self.popen.communicate(timeout=20)
        return self.popen.returncode


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[Process, Path]]:
    process = Process(tmp_path)
    yield process, tmp_path
    process.end(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_told(started: tuple[Process, Path], number: signal.Signals) -> None:
    process, _ = started
    assert requests.get(f"{process.url}/healthz", timeout=10).text == "ok\n"

    assert process.end(number) == 0


def test_a_killed_sandbox_comes_back_with_everything_it_answered(started: tuple[Process, Path]) -> None:
    first, data = started
    client = Client(first.url, data / "clients" / "gminaWrotkowo", data / "server" / "cert.pem")
    sent = [client.nadaj((LETTER % n).encode(), OFFICE_BOX, CITIZEN_BOX, "jkowalski") for n in range(5)]
    first.end(signal.SIGKILL)

    second = Process(data)
    again = Client(second.url, client.folder, client.server_certificate)
    try:
        assert len(again.empty(OFFICE_BOX)) == len(sent)
    finally:
        assert second.end(signal.SIGTERM) == 0


def test_a_taken_port_is_said_in_one_sentence(started: tuple[Process, Path], tmp_path: Path) -> None:
    process, _ = started
    result = subprocess.run(
        [sys.executable, "-m", "eoffice.sandbox", "--port", str(process.port), "--data", str(tmp_path / "b")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.strip().count("\n") == 0
    assert "cannot listen" in result.stderr


def test_private_keys_are_readable_by_their_owner_only(world: World) -> None:
    keys = [*world.data.rglob("*key.pem"), *world.data.rglob("*.p12")]

    assert len(keys) >= 10
    assert {oct(key.stat().st_mode & 0o777) for key in keys} == {"0o600"}


def test_the_sandbox_shares_no_code_with_the_product() -> None:
    foreign = set()
    for file in (ROOT / "eoffice" / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, file
                names = [node.module or ""]
            foreign |= {
                name
                for name in names
                if name.split(".")[0] in {"portal", "bip", "eoffice", "forms", "search"}
                and not name.startswith("eoffice.sandbox")
            }
    assert foreign == set()


def test_an_unknown_operation_is_a_fault_and_an_unknown_address_a_page(world: World) -> None:
    from tests.eoffice.sandbox.client import Fault

    with pytest.raises(Fault):
        world.office.call("pull", "<o:Nieznane/>")
    assert requests.get(f"{world.url}/nie/ma", timeout=10).status_code == 404
    assert requests.put(f"{world.url}{PATHS['pull']}", timeout=10).status_code == 405
