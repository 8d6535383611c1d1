"""Old Bulletins on a real server: two vendors, marks by labels, and everything that goes wrong."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.content.exchange.plone_site import PNG

KILLED: list[str] = []
"""What was asked for on the way that kills its walker once."""
LABELLED = """<html><body><ol class="breadcrumbs"><li><a>Strona główna</a></li><li><a>Uchwały Rady</a></li></ol><main>
<h1>Uchwała Nr XII/34/2019 w sprawie opłat</h1><p>z dnia 5 marca 2019 r.</p><p><img src="/herb.png" alt="herb">
<a href="/plik.php?id=1&amp;n=akt.txt">Treść</a></p></main><table><tr><th>Wytworzył:</th><td>Jan Dawny</td></tr>
<tr><td>Odpowiada za treść</td><td>Ewa Dawna, sekretarz</td></tr></table>
<div><b>Wprowadził:</b> Adam Dawny<br><span>Data publikacji: 12.03.2019 godz. 10:15</span></div></body></html>"""
ONE = """<html><head><meta charset="utf-8"></head><body><div class="crumbs"><a>Prawo lokalne</a><a>Uchwały</a></div>
<h1>{title}</h1><div class="tresc"><p>{body}</p></div>
<ul class="pliki"><li><a href="/plik.php?id={n}&amp;n=akt.txt">Treść aktu</a></li></ul>
<p class="kto">Wytworzył: <b>Jan Dawny</b></p><p class="wpr"><b>Ewa Dawna</b></p><p class="kiedy"><b>{day}</b></p>
<a href="index.php?id=2">dalej</a> <a href="/kalendarz?m=1">kalendarz</a> <a href="http://inny.example/">inny</a></body></html>"""
TWO = (
    "<html><body><table><tr><td id=naglowek>Ogłoszenie o przetargu</td></tr><tr><td id=tekst>Zażółć gęślą jaźń."
    "<br>Termin: środa.</td></tr></table><span id=data>12 marca 2019, 10:15</span></body></html>"
)


FIRST_VENDOR = """skip = ["kalendarz"]
pause = 0.0
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
"""How the pages of the first vendor are read; where they begin is said by who walks."""
ROBOTS = b"User-agent: *\nDisallow: /tajne\nDisallow: /stary/kosz\n\nUser-agent: powolny\nCrawl-delay: 2\n"


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
            "/metryczka/uchwala": LABELLED,
            "/zepsuta": "<html><h1>Bez końca<div class=tresc><p>Tekst<table><tr>",
        }  # fmt: skip
        if route in pages:
            return self._page(pages[route])
        if route == "/stary/ogloszenie.html":
            return self._send(200, TWO.encode("iso-8859-2"), "text/html; charset=iso-8859-2")
        if route == "/robots.txt":
            return self._send(200, ROBOTS, "text/plain")
        if route == "/kropla":
            return self._drip()
        if route == "/herb.png":
            return self._send(200, PNG, "image/png")
        if route.startswith("/plik.php?id=1&"):
            return self._send(200, "Treść uchwały".encode(), "text/plain; charset=utf-8")
        if route.startswith(("/zajety", "/zabij", "/lista")):
            return {"/zaj": self._busy, "/zab": self._kill, "/lis": self._listed}[route[:4]]()
        if route == "/petla":
            return self._send(302, b"", "text/html", Location="/petla")
        if route == "/wewnatrz":
            return self._send(302, b"", "text/html", Location="http://169.254.169.254/latest")
        if route == "/wielka":
            return self._send(200, b"x" * (26 * 2**20), "text/html")
        return self._send(404, b"nie ma", "text/html")

    def _busy(self) -> None:
        """Too busy the first time; asks robots to come seldom."""
        if self.path not in KILLED:
            KILLED.append(self.path)
            return self._send(503, b"", "text/html", **{"Retry-After": "7"})
        return self._page("<h1>Strona</h1><main><p>Tekst</p></main>")

    def _kill(self) -> None:
        """Ten pages in a row; whoever asks for the sixth is killed at that moment, once."""
        route = self.path
        KILLED.append(route)
        number = int(route.rpartition("=")[2])
        if number == 5 and KILLED.count(route) == 1:
            os.kill(int(self.headers["User-Agent"].rpartition(" ")[2]), signal.SIGKILL)
        onwards = f'<a href="/zabij?p={number + 1}">dalej</a>' if number < 9 else ""
        self._page(f"<h1>Strona {number}</h1><p>{onwards}</p>")

    def _listed(self) -> None:
        """Forty-five announcements in a row."""
        number = int(self.path.rpartition("=")[2])
        onwards = f'<a href="/lista?p={number + 1}">dalej</a>' if number < 44 else ""
        self._page(
            f'<h1>Ogłoszenie {number}</h1><div class="tresc"><p>Treść {number}. {onwards}</p></div>'
            "<p>Wytworzył: Jan Dawny</p><p>Data publikacji: 2018-03-02</p>"
        )

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
