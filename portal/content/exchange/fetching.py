"""Fetching pages of another site: politely, within limits, and never from the inside of our own network."""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from urllib.parse import quote, urljoin, urlsplit

from portal.content.outside import MOST_REDIRECTS, Resolve, connected, is_public, resolve

MOST_BYTES = 25 * 2**20
"""The largest page or file that is taken."""
LEAST_PAUSE = 0.5
"""Seconds between two requests to somebody else's server, at least."""
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one address. ``problem`` is a code when nothing did: ``private``, ``redirects``, ``too_large``,
    ``too_slow``, ``outside``, ``status``, ``certificate``, ``wire``. ``retry_after``: seconds the
    other side asked us to wait.
    """

    url: str
    body: bytes = b""
    content_type: str = ""
    problem: str = ""
    status: int = 0
    retry_after: int = 0
    way: tuple[str, ...] = field(default=())
    """The addresses passed on redirects, the asked one first."""


class Fetcher(Protocol):
    """Gets one page."""

    def get(self, url: str) -> Fetched:
        """The page at ``url``; never raises for what the other side does."""

    def least_pause(self, url: str) -> float:
        """Seconds that lie at least between two requests to the host of ``url``, whatever a mapping says."""


class HttpFetcher:
    """HTTP and HTTPS by GET; connects to the very address that was looked at, follows redirects within ``inside``.

    ``timeout``: seconds of silence; ``longest``: seconds for a whole page, however steadily it drips.
    ``hosts``: those that may lie in our own network, by the word of who runs the program.
    """

    def __init__(
        self, *, agent: str, inside: Callable[[str], bool], timeout: float = 20, longest: float = 120,
        resolve: Resolve = resolve, allow: Callable[[str], bool] = is_public, hosts: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._agent, self._inside, self._timeout, self._longest = agent, inside, timeout, longest
        self._resolve, self._allow, self._hosts = resolve, allow, frozenset(hosts)

    def get(self, url: str) -> Fetched:
        way: list[str] = []
        try:
            for _ in range(MOST_REDIRECTS + 1):
                if not self._inside(url):
                    return Fetched(url, problem="outside", way=tuple(way))
                found, where = self._once(url)
                way.append(url)
                if not where:
                    return Fetched(
                        url, found.body, found.content_type, found.problem, found.status, found.retry_after, tuple(way)
                    )
                url = urljoin(url, where)
        except PermissionError:
            return Fetched(url, problem="private", way=tuple(way))
        except ssl.SSLError:
            return Fetched(url, problem="certificate", way=tuple(way))
        except (OSError, http.client.HTTPException, ValueError):
            return Fetched(url, problem="wire", way=tuple(way))
        return Fetched(url, problem="redirects", way=tuple(way))

    def least_pause(self, url: str) -> float:
        """None for the hosts named by who runs the program: they are our own."""
        return 0.0 if urlsplit(url).hostname in self._hosts else LEAST_PAUSE

    def _once(self, url: str) -> tuple[Fetched, str]:
        allow = (lambda _ip: True) if urlsplit(url).hostname in self._hosts else self._allow
        reach = connected(
            url, timeout=self._timeout, resolve=self._resolve, allow=allow, longest=self._longest + self._timeout
        )
        with reach as (wire, target):
            head = {"User-Agent": self._agent, "Accept-Language": "pl"}
            # Old pages write letters and spaces into addresses; what is escaped already stays.
            wire.request("GET", quote(target, safe="/?%:@!$&'()*+,;=-._~[]"), headers=head)
            return _answer(url, wire.getresponse(), time.monotonic() + self._longest)


@runtime_checkable
class Fetching(Protocol):
    """The port to other sites: a fetcher for one of them."""

    def fetcher(self, agent: str, inside: Callable[[str], bool]) -> Fetcher:
        """One that calls itself ``agent`` and asks for nothing that is not ``inside``."""


class HttpFetching:
    """Over HTTP. ``hosts``: see ``HttpFetcher``."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        self._hosts = hosts

    def fetcher(self, agent: str, inside: Callable[[str], bool]) -> Fetcher:
        return HttpFetcher(agent=agent, inside=inside, longest=60, hosts=self._hosts)


def _answer(url: str, answer: http.client.HTTPResponse, until: float) -> tuple[Fetched, str]:
    if 300 <= answer.status < 400 and answer.getheader("Location"):
        return Fetched(url, status=answer.status), str(answer.getheader("Location"))
    if answer.status >= 400:
        wait = answer.getheader("Retry-After") or ""
        after = int(wait) if wait.isdecimal() else 0
        return Fetched(url, problem="status", status=answer.status, retry_after=after), ""
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            return Fetched(url, problem="too_large", status=answer.status), ""
        if time.monotonic() > until:
            return Fetched(url, problem="too_slow", status=answer.status), ""
    return Fetched(url, bytes(body), answer.getheader("Content-Type") or "", status=answer.status), ""
