"""Fetching pages of another site: politely, within limits, and never from the inside of our own network."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

from portal.content.outside import MOST_REDIRECTS, Resolve, is_public, resolve

MOST_BYTES = 25 * 2**20
"""The largest page or file that is taken."""
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one address. ``problem`` is a code when nothing did: ``private``, ``redirects``, ``too_large``,
    ``status``, ``wire``. ``retry_after``: seconds the other side asked us to wait.
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


class HttpFetcher:
    """HTTP and HTTPS by GET; connects to the very address that was looked at, follows redirects within ``inside``."""

    def __init__(
        self, *, agent: str, inside: Callable[[str], bool], timeout: float = 20, resolve: Resolve = resolve,
        allow: Callable[[str], bool] = is_public,
    ) -> None:  # fmt: skip
        self._agent, self._inside, self._timeout = agent, inside, timeout
        self._resolve, self._allow = resolve, allow

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
        except (OSError, http.client.HTTPException, ValueError):
            return Fetched(url, problem="wire", way=tuple(way))
        return Fetched(url, problem="redirects", way=tuple(way))

    def _once(self, url: str) -> tuple[Fetched, str]:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PermissionError
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = self._resolve(parts.hostname, port)
        if not found or not all(_is_address(ip) and self._allow(ip) for ip in found):
            raise PermissionError
        wire = socket.create_connection((found[0], port), timeout=self._timeout)
        if parts.scheme == "https":
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(parts.hostname, port, timeout=self._timeout)
        connection.sock = wire
        try:
            query = f"?{quote(parts.query, safe='=&;%+,:/?@!$()*-._~[]')}" if parts.query else ""
            path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
            connection.request("GET", path + query, headers={"User-Agent": self._agent, "Accept-Language": "pl"})
            return _answer(url, connection.getresponse())
        finally:
            connection.close()


def _answer(url: str, answer: http.client.HTTPResponse) -> tuple[Fetched, str]:
    if 300 <= answer.status < 400 and answer.getheader("Location"):
        return Fetched(url, status=answer.status), str(answer.getheader("Location"))
    if answer.status >= 400:
        wait = answer.getheader("Retry-After") or ""
        return Fetched(
            url, problem="status", status=answer.status, retry_after=int(wait) if wait.isdecimal() else 0
        ), ""
    body = b""
    while chunk := answer.read(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            return Fetched(url, problem="too_large", status=answer.status), ""
    return Fetched(url, body, answer.getheader("Content-Type") or "", status=answer.status), ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return False
    return True
