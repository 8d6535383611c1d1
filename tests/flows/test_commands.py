"""The commands of a person who runs Wrota: start, walk the road, check, stop, start again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.town import Town, environment, running

LINKS = (
    "Numer wniosku", "Identyfikator w ePUAP", "UPP", "Pozycja RPW ", "Znak sprawy", "Pismo (decyzja)",
    "Pozycja RPWY", "UPD", "Adres w BIP", "Znalezione w wyszukiwarce",
)  # fmt: skip


def test_the_demonstration_prints_every_link_of_the_road(town: Town) -> None:
    done = town.wrota("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {link: line for link in LINKS for line in done.stdout.splitlines() if line.strip().startswith(link)}
    assert set(rows) == set(LINKS)
    assert "/bip/" in rows["Adres w BIP"]


def test_the_demonstration_without_a_sandbox_says_what_to_start(tmp_path: Path) -> None:
    env = environment(tmp_path, SANDBOX_PORT=1)
    done = subprocess.run([sys.executable, "-m", "portal.cli", "demo"], env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "make run" in done.stdout


def test_a_second_run_keeps_the_data_and_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        kept = _people(tmp_path)
        port = int(first.url.rpartition(":")[2])
        command = [sys.executable, "-m", "portal.cli", "run"]
        rival = subprocess.run(command, env=first.environment, capture_output=True, text=True, timeout=60)
        assert rival.returncode == 1
        assert f"Port {port}" in rival.stderr
        assert "Traceback" not in rival.stderr
    assert "Zatrzymano" in first.log.read_text()
    with running(tmp_path):
        assert _people(tmp_path) == kept


def _people(folder: Path) -> int:
    with sqlite3.connect(folder / "wrota.sqlite3") as connection:
        return int(connection.execute('select count(*) from "user"').fetchone()[0])


@pytest.fixture
def copy(town: Town, tmp_path: Path) -> Path:
    """A copy of the town's data, to do harm to."""
    done = town.wrota("verify")
    assert done.returncode == 0, done.stdout
    shutil.copytree(town.folder / "documents", tmp_path / "documents")
    with sqlite3.connect(town.folder / "wrota.sqlite3") as there, sqlite3.connect(tmp_path / "wrota.sqlite3") as here:
        there.backup(here)
    return tmp_path


def _verify(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal.cli", "verify"]
    return subprocess.run(command, env=environment(folder), capture_output=True, text=True, timeout=120)


def test_one_changed_byte_of_a_document_is_named(copy: Path) -> None:
    file = next(path for path in (copy / "documents").rglob("*") if path.is_file() and path.stat().st_size > 0)
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)
    done = _verify(copy)
    assert done.returncode == 1
    assert "Dokument" in done.stdout


def test_a_publication_back_dated_in_the_database_is_named(copy: Path) -> None:
    with sqlite3.connect(copy / "wrota.sqlite3") as connection:
        (number,) = connection.execute("select max(version_id) from bulletin_leaf").fetchone()
        connection.execute("update item_version set published_at = '2020-01-01 10:00:00' where id = ?", (number,))
    done = _verify(copy)
    assert done.returncode == 1
    assert "czas udostępnienia w bazie jest inny" in done.stdout


def test_a_changed_event_is_named(copy: Path) -> None:
    with sqlite3.connect(copy / "wrota.sqlite3") as connection:
        connection.execute("update event set verb = 'nothing.happened' where seq = 5")
    done = _verify(copy)
    assert done.returncode == 1
    assert "zdarzeniu 5" in done.stdout
