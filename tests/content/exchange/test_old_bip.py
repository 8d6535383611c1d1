"""An old Bulletin on a real server, walked through and brought in: two vendors, and everything that goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select

from bip import actions as bip_actions
from portal.content import actions, queries
from portal.content.exchange import mapping
from portal.content.exchange.crawl import LOG, Crawl, lines
from portal.content.exchange.entries import ORIGIN, Broken
from portal.content.exchange.fetching import HttpFetcher
from portal.content.exchange.old_bip import OldBip
from portal.content.models import ItemFile, ItemVersion
from portal.core.actors import SYSTEM
from tests.content.exchange.conftest import Town

ONE = """<html><head><meta charset="utf-8"></head><body><div class="crumbs"><a>Prawo lokalne</a><a>Uchwały</a></div>
<h1>{title}</h1><div class="tresc"><p>{body}</p></div>
<ul class="pliki"><li><a href="/plik.php?id={n}&amp;n=akt.txt">Treść aktu</a></li></ul>
<p class="kto">Wytworzył: <b>Jan Dawny</b></p><p class="wpr"><b>Ewa Dawna</b></p><p class="kiedy"><b>{day}</b></p>
<a href="index.php?id=2">dalej</a> <a href="/kalendarz?m=1">kalendarz</a> <a href="http://inny.example/">inny</a></body></html>"""
TWO = (
    "<html><body><table><tr><td id=naglowek>Ogłoszenie o przetargu</td></tr><tr><td id=tekst>Zażółć gęślą jaźń."
    "<br>Termin: środa.</td></tr></table><span id=data>12 marca 2019, 10:15</span></body></html>"
)


class Site(BaseHTTPRequestHandler):
    """Pages of two made-up vendors, and what hostile or broken servers do."""

    def do_GET(self) -> None:
        route = self.path
        if route.startswith("/kalendarz"):
            number = int(route.rpartition("=")[2] or 0) + 1
            return self._page(f'<a href="/kalendarz?m={number}">następny miesiąc</a>')
        pages = {
            "/": '<a href="/index.php?id=1">a</a> <a href="/index.php?id=9">b</a> <a href="/petla">c</a> '
            '<a href="/tajne">d</a> <a href="/wewnatrz">e</a> <a href="/wielka">f</a> <a href="/zepsuta">g</a>',
            "/index.php?id=1": ONE.format(
                title="Uchwała nr 1",
                body='Zobacz <a href="?id=2">drugą</a> i <a href="/plik.php?id=1&amp;n=akt.txt">akt</a>.',
                n=1, day="02.03.2018 08:30",
            ),
            "/index.php?id=2": ONE.format(title="Uchwała nr 2", body="Druga.", n=404, day="kiedyś"),
            "/zepsuta": "<html><h1>Bez końca<div class=tresc><p>Tekst<table><tr>",
        }  # fmt: skip
        if route in pages:
            return self._page(pages[route])
        if route == "/stary/ogloszenie.html":
            return self._send(200, TWO.encode("iso-8859-2"), "text/html; charset=iso-8859-2")
        if route == "/robots.txt":
            return self._send(200, b"User-agent: *\nDisallow: /tajne\nDisallow: /stary/kosz\n", "text/plain")
        if route == "/kropla":
            return self._drip()
        if route.startswith("/plik.php?id=1&"):
            return self._send(200, "Treść uchwały".encode(), "text/plain; charset=utf-8")
        if route == "/petla":
            return self._send(302, b"", "text/html", Location="/petla")
        if route == "/wewnatrz":
            return self._send(302, b"", "text/html", Location="http://169.254.169.254/latest")
        if route == "/wielka":
            return self._send(200, b"x" * (26 * 2**20), "text/html")
        return self._send(404, b"nie ma", "text/html")

    def _drip(self) -> None:
        """A page that never ends and never falls silent."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        pause = threading.Event()
        with suppress(OSError):
            while not pause.wait(0.05):
                self.wfile.write(b"x")

    def _page(self, body: str) -> None:
        self._send(200, body.encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            return  # a reader that has had enough hangs up

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def old() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def first_vendor(old: str, more: str = "") -> mapping.Mapping:
    return mapping.read(
        f"""start = ["{old}/"]
        scope = ["{old}/"]
        skip = ["kalendarz"]
        {more}
        [select]
        title = "h1"
        body = "div.tresc"
        produced_by = ".kto b"
        entered_by = ".wpr b"
        published_at = ".kiedy b"
        attachments = "ul.pliki a"
        section = ".crumbs a"
        [types]
        "Uchwały" = "announcement"
        """
    )


def walked(rules: mapping.Mapping, folder: Path) -> Path:
    fetcher = HttpFetcher(agent=rules.agent, inside=rules.fetched, timeout=5, allow=lambda ip: ip == "127.0.0.1")
    Crawl(rules, fetcher, folder, pause=lambda _seconds: None).run()
    return folder


@pytest.fixture
def bulletin(town: Town) -> Town:
    assert bip_actions
    with town.database.transaction() as session:
        root = actions.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip", settings={"publisher": "Urząd"})
        actions.publish(session, SYSTEM, root.id)
    return town


def test_pages_come_with_their_dates_authors_files_links_and_old_addresses(
    bulletin: Town, old: str, tmp_path: Path
) -> None:
    rules = first_vendor(old)
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={"publisher": "Urząd"})
    found = {line.title: line for line in bulletin.brought(source, "/bip")}
    item = bulletin.item("/bip/prawo-lokalne/uchwaly/uchwala-nr-1")
    with bulletin.database.reading() as session:
        version = session.get_one(ItemVersion, item.live_version_id)
        assert item.type == "announcement"
        assert version.fields["produced_by"] == "Jan Dawny"
        assert version.fields[ORIGIN]["published_at"].startswith("2018-03-02T")
        assert version.published_at is not None
        assert version.published_at.year >= 2026
        second = bulletin.item("/bip/prawo-lokalne/uchwaly/uchwala-nr-2")
        assert f'href="item:{second.id}"' in version.body
        assert session.scalar(select(ItemFile.title).where(ItemFile.version_id == version.id)) == "Treść aktu"
        assert queries.moved_to(session, "/index.php", "id=1") == item.path
        assert queries.moved_to(session, "/index.php", "id=3") is None
    assert second.state == "unpublished"
    assert "import.bip.no_date" in {note.code for note in found["Uchwała nr 2"].notes}
    assert "import.bip.file_gone" in {note.code for note in found["Uchwała nr 2"].notes}


def test_what_cannot_be_taken_is_named_with_the_reason(old: str, tmp_path: Path) -> None:
    rules = first_vendor(old)
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={})
    lost = {entry.address.removeprefix(old): entry.notes[0] for entry in source.lost()}
    why = {address: note.details.get("why", note.code) for address, note in lost.items()}
    assert why["/tajne"] == "robots"
    assert why["/petla"] == "redirects"
    assert why["/wewnatrz"] == "outside"
    assert why["/wielka"].startswith("too_large")
    assert why["/index.php?id=9"] == "status 404"
    assert why["/"] == "import.bip.no_page"
    titles = {source.entry(number).title for number in range(source.count())}
    assert any(title.startswith("Bez końca") for title in titles)


def test_an_old_encoding_and_a_date_in_words_are_read(old: str, tmp_path: Path) -> None:
    rules = mapping.read(
        f"""start = ["{old}/stary/ogloszenie.html"]
        scope = ["{old}/stary/"]
        [select]
        title = "#naglowek"
        body = "#tekst"
        published_at = "#data"
        [defaults]
        produced_by = "Urząd Gminy"
        """
    )
    source = OldBip(rules, walked(rules, tmp_path / "old"), options={})
    entry = source.entry(0)
    assert (entry.title, source.count()) == ("Ogłoszenie o przetargu", 1)
    assert "Zażółć gęślą jaźń." in entry.states[0].body
    assert entry.states[0].published_at is not None
    assert entry.states[0].published_at.isoformat().startswith("2019-03-12T10:15")


def test_a_walk_that_was_stopped_goes_on_and_fetches_nothing_twice(old: str, tmp_path: Path) -> None:
    few = first_vendor(old, "most_pages = 3")
    folder = walked(few, tmp_path / "old")
    with (folder / LOG).open("a", encoding="utf-8") as log:
        log.write('{"url": "half')
    before = list(lines(folder))
    (folder / LOG).write_text((folder / LOG).read_text("utf-8").rpartition("\n")[0] + "\n", "utf-8")
    walked(first_vendor(old), folder)
    asked = [line.asked for line in lines(folder)]
    assert len(before) == 3
    assert len(asked) == len(set(asked))
    assert any(address.endswith("id=2") for address in asked)


def test_an_endless_calendar_ends_at_the_limit(old: str, tmp_path: Path) -> None:
    rules = mapping.read(
        f'start = ["{old}/kalendarz?m=0"]\nscope = ["{old}/"]\nmost_pages = 20\n[select]\ntitle = "h1"\nbody = "p"\n'
    )
    assert len(list(lines(walked(rules, tmp_path / "old")))) == 20


def test_the_rules_for_robots_hold_though_they_lie_outside_the_scope(old: str, tmp_path: Path) -> None:
    rules = mapping.read(
        f'start = ["{old}/stary/kosz", "{old}/stary/ogloszenie.html"]\nscope = ["{old}/stary/"]\n'
        '[select]\ntitle = "#naglowek"\nbody = "#tekst"\n'
    )
    found = {line.asked.removeprefix(old): line.problem for line in lines(walked(rules, tmp_path / "old"))}
    assert found == {"/stary/kosz": "robots", "/stary/ogloszenie.html": ""}


def test_a_host_that_cannot_say_what_robots_may_read_is_not_walked_through(tmp_path: Path) -> None:
    rules = mapping.read('start = ["http://127.0.0.1:1/a"]\n[select]\ntitle = "h1"\nbody = "p"\n')
    assert [line.problem for line in lines(walked(rules, tmp_path / "old"))] == ["robots"]


def test_a_page_that_drips_for_ever_is_given_up(old: str) -> None:
    fetcher = HttpFetcher(agent="x", inside=lambda _url: True, timeout=5, longest=0.3, allow=lambda _ip: True)
    assert fetcher.get(f"{old}/kropla").problem == "too_slow"


def test_addresses_of_our_own_network_are_never_asked(old: str) -> None:
    fetcher = HttpFetcher(agent="x", inside=lambda _url: True, timeout=2)
    for url in (old, "http://[::1]/", "http://10.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/"):
        assert fetcher.get(url).problem == "private", url


@pytest.mark.parametrize(
    "text",
    ["start = [", "start = []", 'start = ["ftp://x/"]\n[select]\ntitle = "a"\nbody = "b"',
     'start = ["http://x/"]\n[select]\ntitle = "a"', 'start = ["http://x/"]\n[select]\ntitle = "a["\nbody = "b"',
     b"\xff\xfe binary", 'start = ["http://x/"]\nfollow = ["("]\n[select]\ntitle = "a"\nbody = "b"'],
)  # fmt: skip
def test_a_mapping_that_says_nothing_useful_is_refused_with_a_sentence(text: str | bytes) -> None:
    with pytest.raises(Broken) as refusal:
        mapping.read(text)
    assert refusal.value.code in ("import.mapping.toml", "import.mapping.wrong")
