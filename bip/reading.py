"""The port Reader: the published pages as any visitor gets them, from this program itself or by their address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from werkzeug.test import Client

from portal.web.gate import QUIET

TIMEOUT_SECONDS = 30
_LONGEST = 8 * 1024 * 1024
HEADERS = {"DNT": "1", "Cache-Control": "no-cache"}
"""We are no reader: the statistics of visits leave us out."""
UNREACHABLE = 0
_OWN = {QUIET: "1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``status`` is ``UNREACHABLE`` when nothing did; ``location``: where a redirect leads."""

    status: int
    text: str = ""
    location: str = ""
    robots: str = ""


class Reader(Protocol):
    """Opens addresses of the site without logging in and without following redirects; never raises."""

    def read(self, path: str) -> Answer:
        """The answer to a GET."""

    def try_to_change(self, path: str) -> int:
        """The status of a POST that the site must refuse."""


class HttpReader:
    """By HTTP, at the public address ``base``."""

    def __init__(self, base: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._base, self._timeout = base.rstrip("/"), timeout

    def read(self, path: str) -> Answer:
        try:
            with requests.get(
                self._base + path, headers=HEADERS, timeout=self._timeout, stream=True, allow_redirects=False
            ) as answer:
                body = answer.raw.read(_LONGEST, decode_content=True).decode("utf-8", "replace")
        except (requests.RequestException, OSError):
            return Answer(UNREACHABLE)
        given = answer.headers
        return Answer(answer.status_code, body, given.get("Location", ""), given.get("X-Robots-Tag", ""))

    def try_to_change(self, path: str) -> int:
        try:
            answer = requests.post(self._base + path, headers=HEADERS, timeout=self._timeout, allow_redirects=False)
        except (requests.RequestException, OSError):
            return UNREACHABLE
        return answer.status_code


class OwnReader:
    """Asks the program itself, without a network; ``make`` gives its WSGI application."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._client = Client(application, use_cookies=False)

    def read(self, path: str) -> Answer:
        answer = Context().run(self._client.get, path, headers=HEADERS, environ_overrides=_OWN)
        given = answer.headers
        kind = answer.mimetype or ""
        kept = kind.startswith("text/") or kind.endswith("javascript")
        text = answer.get_data(as_text=True) if kept else ""
        answer.close()
        return Answer(answer.status_code, text, given.get("Location", ""), given.get("X-Robots-Tag", ""))

    def try_to_change(self, path: str) -> int:
        answer = Context().run(self._client.post, path, headers=HEADERS, environ_overrides=_OWN)
        answer.close()
        return answer.status_code


@dataclass(slots=True)
class Page:
    """What a page consists of, as the checks ask for it."""

    ids: Counter[str] = field(default_factory=Counter)
    h1: str = ""
    h2: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    """Address → words of the first link to it."""
    times: dict[str, str] = field(default_factory=dict)
    """Id of a ``time`` element → its machine-readable day."""
    facts: list[tuple[str, str]] = field(default_factory=list)
    """Names and values of description lists, in order."""
    loads: list[str] = field(default_factory=list)
    """Addresses the browser loads by itself: scripts, styles, pictures, frames."""
    styles: list[str] = field(default_factory=list)
    people: int = 0
    """Named persons of a list (the editors)."""
    search: bool = False
    mark: bool = False
    excluded: int = 0
    shut: list[str] = field(default_factory=list)
    """Attributes that keep a reader from copying, selecting or printing."""
    robots: str = ""


_LOADING = {
    "script": "src", "img": "src", "iframe": "src", "embed": "src", "object": "data", "source": "src",
    "video": "src", "audio": "src", "track": "src",
}  # fmt: skip
_LOADED_LINKS = frozenset({"stylesheet", "preload", "modulepreload", "prefetch", "dns-prefetch", "preconnect", "icon"})
_SHUTTING = frozenset({"oncopy", "oncut", "oncontextmenu", "onselectstart", "onbeforeprint", "ondragstart"})
_MARK = "w-bip-mark"
_WORDS = ("h1", "h2", "a", "dt", "dd")


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[tuple[str, str, list[str]]] = []
        self._header = 0
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        page = self.page
        if given.get("id"):
            page.ids[given["id"]] += 1
        page.shut += [name for name in given if name in _SHUTTING]
        if "user-select" in given.get("style", ""):
            page.shut.append("style")
        self._header += tag == "header"
        if self._header and (_MARK in given.get("class", "").split() or "BIP" in given.get("alt", "")):
            page.mark = True
        if "c-excluded" in given.get("class", "").split():
            page.excluded += 1
        if "c-list-title" in given.get("class", "").split():
            page.people += 1
        self._loading(tag, given)
        if tag == "time" and given.get("id"):
            page.times[given["id"]] = given.get("datetime", "")
        if tag == "form" and given.get("role") == "search" and given.get("action", "").startswith("/szukaj"):
            page.search = True
        if tag == "meta" and given.get("name", "").lower() == "robots":
            page.robots = given.get("content", "")
        if tag in _WORDS:
            self._open.append((tag, given.get("href", ""), []))

    def _loading(self, tag: str, given: dict[str, str]) -> None:
        if tag in _LOADING and given.get(_LOADING[tag]):
            self.page.loads.append(given[_LOADING[tag]])
        kinds = set(given.get("rel", "").lower().split()) if tag == "link" else set()
        if kinds & _LOADED_LINKS and given.get("href"):
            self.page.loads.append(given["href"])
            if "stylesheet" in kinds:
                self.page.styles.append(given["href"])

    def handle_data(self, data: str) -> None:
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._header -= tag == "header" and self._header > 0
        if not self._open or self._open[-1][0] != tag:
            return
        _, href, pieces = self._open.pop()
        words = " ".join("".join(pieces).split())
        if tag == "a" and href:
            self.page.links.setdefault(href, words)
        elif tag == "h1":
            self.page.h1 = self.page.h1 or words
        elif tag == "h2":
            self.page.h2.append(words)
        elif tag == "dt":
            self._name = words.rstrip(":")
        elif tag == "dd":
            self.page.facts.append((self._name, words))


def parse(text: str) -> Page:
    """The parts of a page; anything at all is read."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.page


def foreign(page: Page, base: str) -> list[str]:
    """What the page loads from anywhere but the site at ``base``."""
    own = urlsplit(base).netloc
    return [address for address in page.loads if urlsplit(address).netloc not in ("", own) and address[:5] != "data:"]
