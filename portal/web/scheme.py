"""How pages look: as the system says, or light, dark or high contrast as the reader chose. Works without scripts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request
from werkzeug.http import parse_cookie

COOKIE = "wyglad"
KEYS_COOKIE = "skroty"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Sheet:
    """A style sheet and when it holds (empty: always)."""

    file: str
    media: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One look. ``name`` is empty for "as the system says"; ``keys`` whether desk shortcuts are on."""

    name: str
    color_scheme: str
    sheets: tuple[Sheet, ...]
    keys: bool = True


_DARK = Sheet("dark.css")
_CONTRAST = Sheet("contrast.css")
_SYSTEM = (Sheet("dark.css", "(prefers-color-scheme: dark)"), Sheet("contrast.css", "(prefers-contrast: more)"))

SCHEMES: dict[str, tuple[str, tuple[Sheet, ...]]] = {
    "": ("light dark", _SYSTEM),
    "jasny": ("light", ()),
    "ciemny": ("dark", (_DARK,)),
    "kontrast": ("dark", (_CONTRAST,)),
}


def named(cookies: str) -> tuple[str, str]:
    """The look that a header of cookies asks for, as texts: all of it that a page depends on."""
    if not cookies:
        return "", ""
    sent = parse_cookie(cookies)
    name = sent.get(COOKIE, "")
    return name if name in SCHEMES else "", "nie" if sent.get(KEYS_COOKIE) == "nie" else ""


def name() -> str:
    """The name of this request's look."""
    asked = request.cookies.get(COOKIE, "") if request.cookies else ""
    return asked if asked in SCHEMES else ""


def chosen() -> Scheme:
    """The look of this request."""
    asked = name()
    color_scheme, sheets = SCHEMES[asked]
    return Scheme(asked, color_scheme, sheets, keys=request.cookies.get(KEYS_COOKIE) != "nie")


def remember(response: Response, cookie: str, value: str, *, secure: bool) -> None:
    """Keep a choice for a year, or forget it (empty). It says nothing about the person."""
    if value:
        response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    else:
        response.delete_cookie(cookie, samesite="Lax", httponly=True, secure=secure)
