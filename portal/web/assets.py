"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, current_app, request, url_for
from markupsafe import Markup

_SPRITE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"
_SYMBOL = re.compile(r'<symbol[^>]*viewBox="([^"]+)"[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


def asset(name: str, room: str = "web") -> str:
    """The address of the static file ``name`` of the blueprint ``room``; it changes when the file does."""
    return _address(current_app.blueprints[room], request.script_root, name)


@cache
def _address(room: Blueprint, _root: str, name: str) -> str:
    """Built once: a page names ten of them, and building an address costs more than the rest of its line."""
    content = (Path(str(room.static_folder)) / name).read_bytes()
    return url_for(f"{room.name}.static", filename=name, v=hashlib.sha256(content).hexdigest()[:12])


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
