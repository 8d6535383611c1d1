"""What browsers are told and what requests may be: headers, cookies, CSRF, sizes, hosts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from werkzeug.exceptions import BadRequest, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from portal.core.settings import BadSettings, Settings
from portal.web import uploads

IDLE = timedelta(hours=2)
"""A session ends after this long without a request."""

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in _POLICY.items())

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_TWO_YEARS = "max-age=63072000; includeSubDomains"
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


class SmallInteger(IntegerConverter):
    """Numbers in addresses fit a database's integer; a larger one names nothing (404)."""

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value))
        if number >= 2**31:
            raise ValidationError
        return number


class Sessions(SecureCookieSessionInterface):
    """Flask's own sessions; who sends no cookie costs no signature check."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key and self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def is_https(settings: Settings) -> bool:
    """Whether people reach the portal over TLS."""
    return settings.public_url.startswith("https://")


def _refuse_foreign_hosts() -> None:
    """Before anything else about the request is refused: under a foreign name no page can be built to say so."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


View = TypeVar("View", bound=Callable[..., Any])
_ANY_TEXT = "wrota_any_text"


def takes_any_text(view: View) -> View:
    """Mark a view that reads its address whatever is in it, and answers in its own way."""
    setattr(view, _ANY_TEXT, True)
    return view


def _refuse_control_characters() -> None:
    """A NUL in a text breaks databases and files; no person types one."""
    view = current_app.view_functions.get(request.endpoint or "")
    if "\0" in request.path or (
        any("\0" in value for value in request.args.values()) and not getattr(view, _ANY_TEXT, False)
    ):
        raise BadRequest
    # Without a type nothing was sent that a form could be read from.
    if request.content_type and any("\0" in value for _, value in request.form.items(multi=True)):
        raise BadRequest


def _add_headers(response: Response, *, https: bool) -> Response:
    given = {name.lower() for name, _ in response.headers}
    for name, value in _HEADERS.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if https:
        response.headers.setdefault("Strict-Transport-Security", _TWO_YEARS)
    return response


def _hosts(settings: Settings) -> list[str] | None:
    """Names under which the portal answers; unknown (any) only while nobody said what its address is."""
    if not settings.base_url and settings.host not in ("127.0.0.1", "localhost", "::1"):
        return None
    return [urlsplit(settings.public_url).hostname or "localhost", *_LOOPBACK]


def configure(app: Flask, settings: Settings) -> None:
    """Cookies, sizes and hosts."""
    https = is_https(settings)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-wrota" if https else "wrota",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=IDLE,
        MAX_CONTENT_LENGTH=settings.upload_limit_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        TRUSTED_HOSTS=_hosts(settings),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_I18N_ENABLED=False,
    )
    app.session_interface = Sessions()
    app.static_url_path = "/static"  # Bootstrap-Flask builds its own address upon it
    app.secret_key = app.secret_key or settings.secret_key
    if not app.secret_key:
        raise BadSettings("the program was composed without the key that signs sessions")
    app.url_map.converters["int"] = SmallInteger
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def init(app: Flask, settings: Settings) -> None:
    """Guard every request and answer of ``app``."""
    app.before_request(lambda: uploads.allow_large(settings))
    app.before_request(_refuse_foreign_hosts)
    app.before_request(_refuse_control_characters)
    CSRFProtect(app)
    https = is_https(settings)
    app.after_request(lambda response: _add_headers(response, https=https))
