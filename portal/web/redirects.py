"""Going back to where one was, and nowhere else: no address of another site is ever followed."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import request


def safe(target: str | None, default: str = "/") -> str:
    """``target`` if it is a path on this site, else ``default``.

    Refuses schemes, hosts, ``//host``, ``/\\host`` (browsers read a backslash as a slash) and control characters.
    """
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return default
    if any(ord(c) < 0x20 or ord(c) == 0x7F or c == "\\" for c in target):
        return default
    try:
        parts = urlsplit(target)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else target


def here() -> str:
    """The page being asked for, as a path to come back to; a sent form has none but the page it came from."""
    if request.method in ("GET", "HEAD"):
        return safe(request.full_path.rstrip("?"), "/")
    came = urlsplit(request.referrer or "")
    if came.netloc == request.host:
        return safe(came.path + (f"?{came.query}" if came.query else ""))
    return safe(request.path)


def login(came: str) -> str:
    """Where to log in and come back to ``came`` from."""
    back = "" if came == "/" or came.startswith("/logowanie") else f"?next={quote(came, safe='/')}"
    return f"/logowanie{back}"


def quoted_here() -> str:
    """``here()`` as the value of a query argument."""
    return quote(here(), safe="/")
