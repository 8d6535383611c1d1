"""Reading requests from the wire: each address has its own limit, kept before a byte of a body is stored, and whoever
sends too much is told in words. waitress knows one limit for all addresses and says it in English.

More than other pages is taken only with a pass (``uploads``) in the address: nobody else makes the server keep hundreds
of megabytes before it has asked who they are.
"""

from __future__ import annotations

import copy
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, MultiSocketServer
from waitress.utilities import RequestEntityTooLarge

from portal.core.settings import Settings
from portal.web import errors, uploads

MEGABYTE = 1024 * 1024


def limits(app: Flask, settings: Settings) -> dict[str, int]:
    """The addresses that take more than others, with the bytes they take."""
    return {path: megabytes * MEGABYTE for path, megabytes in uploads.large_paths(app, settings).items()}


def channel(app: Flask, settings: Settings) -> type[Any]:
    """The channel of a server that keeps the limits of ``app``."""
    larger, page = limits(app, settings), errors.bare_page(app, 413).encode()

    class TooLarge(RequestEntityTooLarge):  # type: ignore[misc]
        def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:  # noqa: ARG002
            return f"{self.code} {self.reason}", [("Content-Type", "text/html; charset=utf-8")], page

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Any
        error: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.path in larger and uploads.holder(app, uploads.pass_in(self.query)):
                self.adj = copy.copy(self.adj)
                self.adj.max_request_body_size = larger[self.path]

        def received(self, data: bytes) -> Any:
            taken = super().received(data)
            if isinstance(self.error, RequestEntityTooLarge):
                self.error = TooLarge(self.error.body)
            return taken

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser

    return Channel


def install(server: Any, app: Flask, settings: Settings) -> None:
    """Let ``server``, on every address it listens at, keep the limits of ``app``."""
    made = channel(app, settings)
    for one in server.map.values() if isinstance(server, MultiSocketServer) else [server]:
        if isinstance(one, BaseWSGIServer):
            one.channel_class = made
