"""Styles and scripts packed for the way (gzip, RFC 9110 §8.4.1.3): the default run has no proxy that would do it."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

LEAST = 1024
"""Bytes below which packing gains nothing."""
_KINDS = frozenset({"text/css", "text/javascript", "image/svg+xml", "application/json"})
_LEVEL = 9


@lru_cache(maxsize=64)
def _packed(_path: str, _etag: str, data: bytes) -> bytes:
    return gzip.compress(data, _LEVEL, mtime=0)


def _pack(response: Response) -> Response:
    """Pack a static file for a browser that reads it so; proxies are told that there are two of it."""
    if not (request.endpoint or "").endswith("static") or response.mimetype not in _KINDS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.method != "GET" or not request.accept_encodings["gzip"]:
        return response
    etag, _ = response.get_etag()
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) >= LEAST:
        response.set_data(_packed(request.path, etag or "", data))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{etag}-gzip")
        # Flask compared the browser's copy with the plain file only: a packed copy it has is not sent again.
        response.make_conditional(request)
    return response


def install(app: Flask) -> None:
    """Pack what the static folders of ``app`` send."""
    app.after_request(_pack)
