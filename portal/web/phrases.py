"""The words around a page in the page's language: Polish as it stands in templates, others from ``phrases.json``."""

from __future__ import annotations

import json
from functools import cache

from flask import g, has_app_context
from markupsafe import Markup, escape

from portal.web import folders

POLISH = "pl"
PARAMETER = "jezyk"
"""What names the language in the address of a page that is no text of an editor: home, search."""
_PLAIN = Markup("")


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
    """The language of the frame; Polish also where there is no page."""
    return str(g.get("frame_language", POLISH)) if has_app_context() else POLISH


def t(text: str) -> str:
    """``text`` in the language of the frame; what nobody translated stays Polish."""
    return _all().get(spoken(), {}).get(text, text)


def address(path: str) -> str:
    """A page of the program itself in the language of the frame: ``/szukaj`` → ``/szukaj?jezyk=en``."""
    return path if spoken() == POLISH else f"{path}?{PARAMETER}={spoken()}"


def in_language(language: str, text: str = "") -> Markup:
    """The ``lang`` attribute of words in ``language`` within the frame; empty when they need none.

    ``text``: the words themselves, which may have their translation in the frame's language.
    """
    plain = language in ("", spoken()) or (bool(text) and t(text) != text)
    return _PLAIN if plain else Markup(f' lang="{escape(language)}"')  # noqa: S704 - escaped
