"""Uploads over a line that breaks: what came in part is nothing, what came whole comes once, however often sent."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import waitress
from flask import Flask
from sqlalchemy import func, select

from portal.content import actions
from portal.content.models import Item
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.web import once
from tests.content.conftest import People, add_person
from tests.content.web import log_in, make_app

BOUNDARY = "----granica"


@dataclass
class Line:
    """A browser's line to a real server."""

    port: int
    headers: str
    token: str

    def body(self, key: str, data: bytes) -> bytes:
        fields = {"csrf_token": self.token, "form_key": key}
        text = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        text += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="plan.txt"\r\n\r\n'
        return text.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()

    def send(self, body: bytes, *, cut: int | None = None, hear: int = 2**20) -> bytes:
        """Send ``body``, or only ``cut`` bytes of it; hear at most ``hear`` bytes of the answer, then pull the plug."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as wire:
            wire.sendall(self.headers.format(length=len(body)).encode() + body[:cut])
            heard = b""
            while len(heard) < hear and (more := wire.recv(min(65536, hear - len(heard)))):
                heard += more
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return heard


@pytest.fixture
def app(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> Flask:
    return make_app(site, blobs, tmp_path)


@pytest.fixture
def line(app: Flask, site: Database) -> Iterator[Line]:
    with site.transaction() as session:
        folder = actions.create_item(session, SYSTEM, "/urzad", "folder", "Pliki", name="pliki")
    client = log_in(app.test_client(), add_person(site, "olga", "Olga", "editor"))
    address = f"/redakcja/strona/{folder.id}/wgraj"
    token = client.get(address).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookie = client.get_cookie("wrota")
    assert cookie is not None
    headers = (
        f"POST {address} HTTP/1.1\r\nHost: localhost\r\nCookie: wrota={cookie.value}\r\nAccept: application/json\r\n"
        f"Connection: close\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        "Content-Length: {length}\r\n\r\n"
    )
    known: dict[int, Any] = {}
    server = waitress.create_server(app, map=known, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Line(server.effective_port, headers, token)
    server.trigger.pull_trigger(lambda: [one.close() for one in list(known.values())])
    thread.join(20)


def files(site: Database) -> int:
    with site.reading() as session:
        return session.scalar(select(func.count()).where(Item.path.startswith("/urzad/pliki/"))) or 0


def item(answer: bytes) -> int:
    [one] = json.loads(answer.partition(b"\r\n\r\n")[2])["results"]
    assert one["refusal"] == ""
    return int(one["item"])


def test_a_file_cut_off_on_its_way_is_nothing_and_the_next_one_is_whole(line: Line, site: Database) -> None:
    body = line.body("k", b"Plan\n" * 100_000)
    line.send(body, cut=len(body) // 2, hear=0)
    assert files(site) == 0
    assert item(line.send(body)) > 0
    assert files(site) == 1


def test_a_file_whose_answer_was_lost_is_sent_again_and_comes_once(line: Line, site: Database) -> None:
    body = line.body("k", b"Plan\n" * 1000)
    assert line.send(body, hear=12) == b"HTTP/1.1 200"
    assert files(site) == 1
    assert item(line.send(body)) == item(line.send(body))
    assert files(site) == 1


def test_another_file_with_the_same_form_is_another_file(line: Line, site: Database) -> None:
    first, second = (item(line.send(line.body("k", data))) for data in (b"Plan A", b"Plan B"))
    assert first != second
    assert files(site) == 2


def test_a_new_page_sent_again_is_one_page_and_changed_it_is_another(
    app: Flask, site: Database, people: People
) -> None:
    client, new = log_in(app.test_client(), people.publisher), "/redakcja/nowa?typ=page&w=/urzad"
    page = client.get(new).text
    sent = {name: page.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("form_key", "csrf_token")}
    first, again, other = (
        client.post(new, data=sent | {"title": title, "how": "save"}).location for title in ("Nowa", "Nowa", "Inna")
    )
    assert first == again
    assert first != other


def test_the_same_key_of_somebody_else_is_another_key(site: Database) -> None:
    with site.transaction() as session:
        made = [once.number(session, who, "k", b"", lambda: int(who) + 6) for who in ("1", "2", "1")]  # noqa: B023
    assert made == [7, 8, 7]
