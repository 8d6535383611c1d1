"""The few pages that belong to nobody else: the look, and the program's health."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request
from flask.typing import ResponseReturnValue

from portal.web import context, folders, health, scheme, security
from portal.web.redirects import safe
from portal.web.rights import right

blueprint = Blueprint("web", __name__, static_folder=str(folders.STATIC), static_url_path="/zasoby")


@blueprint.get("/wyglad")
@right("public")
def look() -> ResponseReturnValue:
    """Remember how pages shall look, or whether desk shortcuts are on, and go back.

    A GET on purpose: the choice harms nobody, works without scripts and needs no session.
    """
    response = make_response(redirect(safe(request.args.get("wroc")), 303))
    secure = security.is_https(context.settings())
    if (name := request.args.get("schemat")) in scheme.SCHEMES:
        scheme.remember(response, scheme.COOKIE, name or "", secure=secure)
    if (keys := request.args.get("skroty")) in ("tak", "nie"):
        scheme.remember(response, scheme.KEYS_COOKIE, "nie" if keys == "nie" else "", secure=secure)
    return response


@blueprint.get("/healthz")
@right("public")
def healthz() -> Response:
    """The process is alive."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
@right("public")
def readyz() -> Response:
    """The database answers: requests can be served. Else 503, by the error pages.

    A part that does not work is named on a line of its own; the site serves the rest, so this stays 200.
    """
    if not health.is_ready(context.program().database):
        abort(503)
    lines = ["ready", *(f"{part.name}: {part.state}" for part in health.broken())]
    return Response("\n".join(lines) + "\n", content_type="text/plain")


@blueprint.get("/metrics")
@right("public")
def metrics() -> Response:
    """Figures for Prometheus, for callers nearby only."""
    if not health.is_near():
        abort(404)
    return health.metrics().text()
