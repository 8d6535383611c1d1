"""The words around a page in the page's language: Polish as it stands in templates, others from ``phrases.json``."""

from __future__ import annotations

import json
from functools import cache

from flask import g

from portal.web import folders

POLISH = "pl"


@cache
def _all() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((folders.TEMPLATES / "web" / "phrases.json").read_text("utf-8"))
    return found


def languages() -> tuple[str, ...]:
    """The languages whose words are known."""
    return (POLISH, *_all())


def speak(language: str) -> None:
    """Let the frame of this request's page be in ``language``; one nobody translated leaves it Polish."""
    g.frame_language = language if language in languages() else POLISH


def spoken() -> str:
    """The language of the frame."""
    return str(g.get("frame_language", POLISH))


def t(text: str) -> str:
    """``text`` in the language of the frame; what nobody translated stays Polish."""
    return _all().get(spoken(), {}).get(text, text)
