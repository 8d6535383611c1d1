"""Whatever is asked of the public pages, the answer is a page or a plain refusal, never a defect.

``WROTA_TEST_FULL=1``: ten thousand hostile requests.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from structlog.testing import capture_logs

from portal.content import actions
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, engine_options, prepare
from tests.content.web import make_app

FULL = os.environ.get("WROTA_TEST_FULL") == "1"
REQUESTS = 10_000 if FULL else 300

KNOWN = (
    "", "urzad", "urzad/godziny", "bip/", "bip/x", "bip/rejestr-zmian", "bip/rejestr-zmian.csv", "bip/dziennik.json",
    "bip/dziennik/", "mapa-strony", "sitemap.xml", "rss.xml", "urzad/atom.xml", "zalacznik/", "obraz/", "usuniete/",
    "wyglad", "zasoby/", "zasoby/content/", "static/", "api/", "api/tresc/", "api/v1/content/", "logowanie", "konto",
    "redakcja/", ".kosz/", "podglad/", "kalendarz", "bip/na-dzien/", "bip/statystyki", "metrics", "healthz",
)  # fmt: skip
NASTY = (
    "\0", "%00", "%", "%2e%2e/", "..", "../../etc/passwd", "%252e%252e%252f", "\\", "//evil.example/", "\ud800",
    "żółć", "\u202e", "\r\nSet-Cookie: a=b", "'", '"><script>', "{{7*7}}", "%s%n", "A" * 5000, "9" * 400, "-1", "0",
    "999999999999999999999", "1e309", "NaN", "۳", "/", ";", "?", "#", ":", "*", " ", "wersja/0", "wersja/99999999999",
    "porownanie/1/", "2026-13-45", "0000-00-00", "9999-12-31", "0001-01-01",
)  # fmt: skip
PIECE = st.sampled_from([*KNOWN, *NASTY]) | st.text(max_size=12) | st.integers(-(2**70), 2**70).map(str)
PATH = st.lists(PIECE, max_size=5).map("/".join)
NAME = st.sampled_from(
    ["po", "przed", "strona", "after", "before", "q", "od", "do", "czyn", "widok", "dzien", "miesiac", "rok", "next",
     "wroc", "schemat", "limit", "page", "cursor", "jezyk"]
) | st.text(max_size=5)  # fmt: skip
QUERY = st.lists(st.tuples(NAME, PIECE), max_size=3).map(lambda pairs: "&".join(f"{n}={v}" for n, v in pairs))
HEADERS = st.dictionaries(
    st.sampled_from(
        ["HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_ACCEPT", "HTTP_REFERER",
         "HTTP_ACCEPT_LANGUAGE", "HTTP_AUTHORIZATION", "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUESTED_WITH", "HTTP_DNT",
         "HTTP_USER_AGENT", "HTTP_HOST", "HTTP_ORIGIN", "CONTENT_TYPE", "CONTENT_LENGTH"]
    ),
    PIECE | st.sampled_from(["wrota=abc.def.ghi", "wyglad=ciemny", "bytes=0-,9-1", '"*"', "W/", "Bearer x", "*"]),
    max_size=3,
)  # fmt: skip
METHOD = st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "TRACE", "\u0141"])


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """One site for all requests: they may change nothing."""
    template: Path = request.getfixturevalue("sqlite_template")
    with tempfile.TemporaryDirectory() as name:
        yield from _site(Path(name), template)


def _site(folder: Path, template: Path) -> Iterator[Flask]:
    file = folder / "site.sqlite3"
    shutil.copy(template, file)
    url = f"sqlite:///{file}"
    write, read = (prepare(create_engine(url, **engine_options(url)), writing=w) for w in (True, False))
    database = Database(write, read)
    with database.transaction() as session:
        root = actions.create_root(session, SYSTEM, "front_page", "Gmina")
        bulletin = actions.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip")
        place = actions.create_item(session, SYSTEM, "/", "folder", "Urząd", name="urzad")
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Godziny", name="godziny", body="<p>8–16</p>")
        for item in (root, bulletin, place, page):
            actions.publish(session, SYSTEM, item.id)
    yield make_app(database, FolderBlobStore(folder / "blobs"), folder)
    database.dispose()


def ask(app: Flask, method: str, path: str, query: str, headers: dict[str, str]) -> tuple[int, list[str], str]:
    """One request as a server hands it on: the path decoded, as latin-1; nothing in between makes it tidy."""
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": "/" + wire(path), "QUERY_STRING": wire(query),
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **{name: wire(value) for name, value in headers.items()},
    }  # fmt: skip
    status: list[str] = []
    names: list[str] = []

    def start(line: str, sent: list[tuple[str, str]], *_failure: object) -> None:
        status.append(line)
        names.extend(f"{name}: {value}" for name, value in sent)

    body = app.wsgi_app(environ, start)  # type: ignore[arg-type]
    text = b"".join(body).decode(errors="replace")
    getattr(body, "close", lambda: None)()
    return int(status[-1].split()[0]), names, text


def wire(text: str) -> str:
    """Any text as the bytes of a request, in the form WSGI has them."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


@settings(
    max_examples=REQUESTS, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(method=METHOD, path=PATH, query=QUERY, headers=HEADERS)
def test_no_request_meets_a_defect(app: Flask, method: str, path: str, query: str, headers: dict[str, str]) -> None:
    with capture_logs() as lines:
        status, sent, text = ask(app, method, path, query, headers)
    assert status < 500, lines
    assert "Traceback" not in text
    assert not any("\r" in line or "\n" in line for line in sent)
    assert not [line for line in lines if line["log_level"] in ("error", "critical")]


def test_cookies_nobody_can_read_are_passed_over(app: Flask) -> None:
    for cookie in ("\ud800", "wyglad=ciemny; ż=\ud800", "wrota=\udcff"):
        assert ask(app, "GET", "urzad", "", {"HTTP_COOKIE": cookie})[0] == 200
    assert 'data-scheme="ciemny"' in ask(app, "GET", "urzad", "", {"HTTP_COOKIE": "wyglad=ciemny; x=\ud800"})[2]


def test_a_foreign_name_and_a_nul_at_once_are_refused_in_plain_words(app: Flask) -> None:
    for host in ("", "evil.example"):
        status, sent, text = ask(app, "GET", "urzad", "po=\0", {"HTTP_HOST": host})
        assert (status, "Content-Type: text/plain; charset=utf-8" in sent, "evil" in text) == (400, True, False)


@pytest.mark.parametrize("piece", NASTY)
def test_known_addresses_survive_every_nasty_piece(app: Flask, piece: str) -> None:
    for start in KNOWN if FULL else KNOWN[::4]:
        for path, query in ((f"{start}{piece}", ""), (f"{start}/{piece}/", ""), (start, f"po={piece}&po={piece}")):
            status, _, text = ask(app, "GET", path, query, {})
            assert status < 500, (path, query)
            assert "Traceback" not in text
