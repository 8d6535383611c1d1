"""Errors as people meet them: a plain page (JSON under ``/api``), an incident number, and one line in the log.

The number is all a person has to tell us; the log has the route and where in the program it happened.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Flask, Response, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, OutsideError
from portal.core.registry import Registry
from portal.web import context, held, logs, redirects
from portal.web.limits import TooMany
from portal.web.texts import known, message

log = structlog.get_logger(__name__)

LOGIN = "/logowanie"
"""The log-in page: a stable address."""

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (TooMany, 429),
    (DomainError, 422),
    (OutsideError, 503),
    (OperationalError, 503),
    (InterfaceError, 503),
)
_LAYOUTS = (("/bip/", "layout_bip.html"),)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Answer:
    """What will be said about an error."""

    status: int
    code: str
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    errors: tuple[object, ...] = ()
    """What exactly is wrong, for programs: ``pointer`` and ``detail`` of each."""


def explain(error: DomainError) -> str:
    """The sentence a person reads about a refusal."""
    return message(error.code, **error.details)


def back(error: DomainError, to: str = "") -> ResponseReturnValue:
    """Show the refusal on the page the person came from (or ``to``): what they were doing stays in sight."""
    flash(explain(error), "danger")
    return redirect(to or redirects.here(), 303)


def status_of(error: Exception) -> int:
    """The HTTP status for ``error``; a refusal may name its own."""
    own = getattr(error, "status", None)
    return own if isinstance(own, int) else next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def incident() -> str:
    """A number to quote on the telephone: no letters that sound or look alike."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


def _title(status: int) -> str:
    code = f"error.{status}.title"
    return message(code if known(code) else "error.other.title")


def _text(answer: Answer) -> str:
    code = f"error.{answer.status}.text"
    return answer.text or message(code if known(code) else "error.other.text")


def _layout() -> str:
    return next((layout for start, layout in _LAYOUTS if f"{request.path}/".startswith(start)), "layout.html")


def respond(answer: Answer) -> ResponseReturnValue:
    """The page (or JSON) for ``answer``. Pages of our own failures ask no database for anything."""
    number = incident()
    level = log.error if answer.status >= 500 else log.info
    level("refused", incident=number, code=answer.code, status=answer.status, route=logs.route())
    title, text = _title(answer.status), _text(answer)
    if request.path.startswith("/api/"):
        return _problem(answer, title, text, number)
    page = render_template(
        "web/error.html", layout=_layout(), bare=answer.status >= 500, status=answer.status, title=title,
        text=text, incident=number,
    )  # fmt: skip
    return make_response(page, answer.status, list(answer.headers))


def bare_page(app: Flask, status: int) -> str:
    """The page for ``status`` as it stands by itself, for answers that are given before the program is asked."""
    with app.test_request_context("/"):
        return render_template(
            "web/error.html", layout="layout.html", bare=True, status=status, title=_title(status),
            text=_text(Answer(status, f"http.{status}")), incident="",
        )  # fmt: skip


def _problem(answer: Answer, title: str, text: str, number: str) -> Response:
    """The refusal as a problem document (RFC 9457): ``code`` is for programs, ``detail`` for people."""
    body: dict[str, object] = {
        "type": f"urn:wrota:problem:{answer.code}", "title": title, "status": answer.status, "detail": text,
        "instance": f"urn:wrota:incident:{number}", "code": answer.code,
    }  # fmt: skip
    if answer.errors:
        body["errors"] = answer.errors
    response = jsonify(body)
    response.status_code, response.content_type = answer.status, "application/problem+json"
    response.headers.extend(answer.headers)
    return response


REFUSED: Registry[Callable[[str, str], None]] = Registry("refusal hook")
"""Packages above note attempts that were refused: why (``login``, ``csrf``, ``right``, ``password``), address."""


def refused(why: str, address: str = "") -> None:
    """Tell the packages above of a refused attempt to change something, by default at the address asked for."""
    if address or request.method not in ("GET", "HEAD", "OPTIONS"):
        for _, hook in REFUSED.items():
            hook(why, address or request.path)


def _to_login() -> ResponseReturnValue:
    refused("login")
    if request.path.startswith("/api/"):
        return respond(Answer(401, "http.401"))
    if held.applies():
        return held.hand_back(401, known=False)
    return redirect(f"{LOGIN}?next={redirects.quoted_here()}", 303)


def _domain(error: DomainError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 403 and context.actor().user_id is None and "Authorization" not in request.headers:
        return _to_login()
    wait = (("Retry-After", str(error.details["seconds"])),) if isinstance(error, TooMany) else ()
    if status == 401:
        wait = (("WWW-Authenticate", "Bearer"),)
    given = error.details.get("errors")
    return respond(Answer(status, error.code, explain(error), wait, tuple(given) if isinstance(given, list) else ()))


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    refused("csrf")
    if held.applies():
        return held.hand_back(400, known=context.actor().user_id is not None)
    return respond(Answer(400, "http.csrf", message("error.csrf.text")))


def _untrusted(_error: SecurityError) -> ResponseReturnValue:
    """The request names a host that is not ours: no address can be built, so no page either."""
    return Response(message("error.400.text"), 400, content_type="text/plain; charset=utf-8")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status == 401:
        return _to_login()
    if status == 403:
        refused("right")
    kept = tuple((n, v) for n, v in error.get_headers() if n.lower() in ("allow", "retry-after"))
    return respond(Answer(status, f"http.{status}", headers=kept))


def _outside(error: Exception) -> ResponseReturnValue:
    log.error("unavailable", error=type(error).__name__, places=logs.places(error.__traceback__))
    return respond(Answer(503, "http.503", headers=(("Retry-After", "30"),)))


def _defect(error: Exception) -> ResponseReturnValue:
    log.error("defect", error=type(error).__name__, places=logs.places(error.__traceback__))
    return respond(Answer(500, "http.500"))


def init(app: Flask) -> None:
    """Answer every error of ``app``; no traceback ever leaves it."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(SecurityError, _untrusted)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    for kind in (OutsideError, OperationalError, InterfaceError):
        app.register_error_handler(kind, _outside)
    app.register_error_handler(Exception, _defect)
