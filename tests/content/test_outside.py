"""Links outside: asked for politely over real HTTP, never on our own network, kept with since when."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.content import actions, links, outside
from portal.content.models import Item, OutsideLink
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import NotFound
from portal.core.ports import Ports
from tests.content.conftest import People, add_person
from tests.content.web import log_in, make_app


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
            assert [row.title for row in session.execute(outside.broken(session, SYSTEM))] == ["Adresy"] * named


def test_links_to_what_visitors_cannot_read_are_named_whatever_became_of_it(site: Database, people: People) -> None:
    with site.transaction() as session:
        for name in ("wycofana", "archiwalna", "kosz", "szkic", "dobra"):
            page = actions.create_item(session, SYSTEM, "/urzad", "page", name.title(), name=name)
            if name != "szkic":
                actions.publish(session, SYSTEM, page.id)
        body = "".join(f'<p><a href="{row.path}">x</a></p>' for row in session.scalars(select(Item)))
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Adresy", body=body)
        actions.publish(session, SYSTEM, page.id)
        numbers = {row.title: row.id for row in session.scalars(select(Item))}
        actions.withdraw(session, SYSTEM, numbers["Wycofana"], reason="stara")
        actions.archive(session, SYSTEM, numbers["Archiwalna"], reason="stara")
        actions.put_into_bin(session, SYSTEM, numbers["Kosz"])
    with site.reading() as session:
        rows = session.execute(links.nowhere(session, people.editor)).all()
        assert {row.target_title for row in rows} == {"Wycofana", "Archiwalna", "Kosz", "Szkic"}
        assert session.execute(links.nowhere(session, people.citizen)).all() == []


def test_reports_of_links_show_each_editor_their_pages_whole_however_many_others_there_are(
    site: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    ewa = add_person(site, "ola", "Ola", "editor", "/urzad/szkola")
    with site.transaction() as session:
        gone = actions.create_item(session, SYSTEM, "/", "page", "Usunięta", name="usunieta")
        actions.create_item(session, SYSTEM, "/urzad", "folder", "Szkoła", name="szkola")
        body = '<p><a href="https://nic.example/">x</a> <a href="/usunieta">y</a></p>'
        for number in range(60):
            where = "/urzad" if number < 30 else "/urzad/szkola"
            page = actions.create_item(session, SYSTEM, where, "page", f"Strona {number}", body=body)
            actions.publish(session, SYSTEM, page.id)
        actions.put_into_bin(session, SYSTEM, gone.id)
        session.get_one(OutsideLink, 1).state, session.get_one(OutsideLink, 1).since = "broken", clock.now()
    client = log_in(make_app(site, blobs, tmp_path).test_client(), ewa)
    for address in ("/redakcja/odnosniki/", "/redakcja/odnosniki/wewnetrzne"):
        seen: list[str] = []
        page_at: str | None = address
        while page_at:
            shown = client.get(page_at).text
            seen += re.findall(r">(Strona \d+)</a>", shown)
            older = re.search(r'href="([^"]+)" rel="next"', shown)
            page_at = older and older.group(1).replace("&amp;", "&")
        assert sorted(seen) == sorted(f"Strona {number}" for number in range(30, 60)), address
        assert "Usunięta" not in client.get(address).text, "of a page she may not open nothing is told"


def test_only_who_may_edit_a_page_with_the_link_marks_it(site: Database, people: People) -> None:
    with site.transaction() as session:
        for where in ("/", "/urzad"):
            body = '<p><a href="https://nic.example/">x</a></p>'
            page = actions.create_item(session, SYSTEM, where, "page", "Strona", body=body)
            actions.publish(session, SYSTEM, page.id)
    ola = add_person(site, "ola", "Ola", "editor", "/urzad")
    with site.transaction() as session:
        outside.mark(session, ola, 1, again=False)
        assert session.get_one(OutsideLink, 1).known_by == "Ola"
    with site.transaction() as session, pytest.raises(NotFound):
        outside.mark(session, people.citizen, 1, again=False)


def test_the_bin_is_read_by_pages_and_only_by_those_who_may_edit_where_it_came_from(
    site: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "folder", "Szkoła", name="szkola")
        for number in range(60):
            where = "/urzad" if number < 55 else "/urzad/szkola"
            actions.put_into_bin(
                session, SYSTEM, actions.create_item(session, SYSTEM, where, "page", f"Strona {number}").id
            )
    app = make_app(site, blobs, tmp_path)
    for place, shown in (("/urzad", 50), ("/urzad/szkola", 5), ("/urzad/szko", 0)):
        person = add_person(site, place, "Ola", "editor", place)
        page = log_in(app.test_client(), person).get("/redakcja/kosz").text
        assert (page.count("Przywróć"), 'rel="next"' in page) == (shown, shown == 50), place
