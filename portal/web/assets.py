"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import url_for
from markupsafe import Markup

from portal.web import folders

_SPRITE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"
_SYMBOL = re.compile(r'<symbol[^>]*viewBox="([^"]+)"[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((folders.STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of our static file ``name``."""
    return url_for("web.static", filename=name, v=_mark(name))


@cache
def _shapes() -> dict[str, tuple[str, str]]:
    text = _SPRITE.read_text(encoding="utf-8")
    return {name: (box, body) for box, name, body in _SYMBOL.findall(text)}


@cache
def icon(name: str) -> Markup:
    """A Bootstrap icon drawn in the page, hidden from screen readers: it always stands beside a word."""
    box, body = _shapes()[name]
    attributes = f'class="w-icon" viewBox="{box}" fill="currentColor" aria-hidden="true" focusable="false"'
    return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body.strip()}</svg>')  # noqa: S704
