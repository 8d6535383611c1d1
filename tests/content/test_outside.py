"""Links outside: asked for politely over real HTTP, never on our own network, kept with since when."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from portal.content import actions, outside
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.ports import Ports


class Site(http.server.BaseHTTPRequestHandler):
    """``/ok``, ``/moved`` to it, ``/loop``; anything else is not there."""

    def do_GET(self) -> None:
        self.send_response({"/ok": 200, "/moved": 302, "/loop": 302}.get(self.path, 404))
        if self.path in ("/moved", "/loop"):
            self.send_header("Location", "/ok" if self.path == "/moved" else "/loop")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://obcy.example:{server.server_port}"
        server.shutdown()
        thread.join()


def prober() -> outside.HttpProber:
    return outside.HttpProber(timeout=5, pause=0, resolve=lambda _h, _p: ["127.0.0.1"], allow=lambda _ip: True)


def test_what_answers_works_and_what_does_not_is_broken(address: str) -> None:
    found = {path: prober().ask(address + path) for path in ("/ok", "/moved", "/loop", "/nic")}
    assert {path: answer.state for path, answer in found.items()} == {
        "/ok": "works", "/moved": "works", "/loop": "broken", "/nic": "broken",
    }  # fmt: skip
    assert found["/nic"].text == "404"


@pytest.mark.parametrize(
    "ip", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1", "0.0.0.0"]
)
def test_our_own_network_is_never_asked(ip: str) -> None:
    asked = outside.HttpProber(timeout=1, pause=0, resolve=lambda _h, _p: ["1.1.1.1", ip])
    assert asked.ask("http://podstep.example/") == outside.Answer("refused", "private")


def test_a_broken_link_is_named_with_its_page_until_it_works(site: Database, address: str) -> None:
    with site.transaction() as session:
        body = f'<p><a href="{address}/nic">tam</a></p>'
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Adresy", body=body)
        actions.publish(session, SYSTEM, page.id)
    effect, ports = outside.effect(), Ports()
    ports.bind(outside.Prober, "default", prober())
    with site.reading() as session:
        wanted = effect.load(session, {"link": 1})
    answer = effect.call(ports, wanted)
    for state, named in ((answer, 1), (outside.Answer("works", "200"), 0)):
        with site.transaction() as session:
            effect.save(session, {"link": 1}, state)
        with site.reading() as session:
            assert [row.title for row in outside.broken(session)] == ["Adresy"] * named
