"""What all the sandbox's HTML pages share: the headers, the rendering, the origin of forms."""

from __future__ import annotations

from flask import Response, abort, request

from eoffice.sandbox.clock import polish
from eoffice.sandbox.guard import same_origin
from eoffice.sandbox.texts import render

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'{targets}; base-uri 'none'; frame-ancestors 'none'"


def page(name: str, *, status: int = 200, targets: str = "", **values: object) -> Response:
    """The template as a response. ``targets`` are further origins its forms may end at."""
    html = render(f"{name}.html", here=request.path, moment=_moment, **values)
    return secured(Response(html, status), targets)


def secured(response: Response, targets: str = "") -> Response:
    """Nothing but our own style sheet is loaded, nothing is sniffed, nothing is framed or remembered."""
    response.headers["Content-Security-Policy"] = _POLICY.format(targets=f" {targets}" if targets else "")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def own_forms_only() -> None:
    """Refuse a POST that another site's page sent (HTTP 403)."""
    if request.method == "POST" and not same_origin():
        abort(403)


def _moment(milliseconds: int | None) -> str:
    return "–" if milliseconds is None else polish(milliseconds)[:19].replace("T", " ")
