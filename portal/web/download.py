"""Handing out stored files: always to be saved, never run or shown as part of our site."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from portal.core.documents import QUARANTINED, Document
from portal.core.errors import NotFound

_ACTIVE = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "text/javascript"})
"""Types a browser would run; they leave as plain bytes even though they are only saved."""


def send_document(document: Document, data: bytes, *, name: str = "") -> Response:
    """``data`` of ``document`` as a download under its own name (or ``name``).

    Raises ``NotFound`` for what waits for the look for viruses or did not pass it, whichever room asks.
    """
    if document.scan in QUARANTINED:
        raise NotFound(f"content.file_{document.scan}")
    return send_bytes(data, name=name or document.name, content_type=document.content_type)


def send_bytes(data: bytes, *, name: str, content_type: str) -> Response:
    """``data`` as a download called ``name``."""
    kind = "application/octet-stream" if content_type in _ACTIVE else content_type
    response = send_file(BytesIO(data), mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
