"""Menus: each package adds its entries per layout; a page shows those its reader may use.

A fixed entry names an endpoint and its label's code (``menu.<name>`` in messages.json). A source computes
entries on each request (the portal's menu comes from the content tree).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import cast

from flask import Flask, current_app, g, request, url_for

from portal.web import rights
from portal.web.texts import message

HOME = 10
"""Fixed lines of this order or less stand before the computed ones."""
LAYOUTS = ("portal", "bip", "desk")
_STORE = "wrota.navigation"


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a menu, ready to be shown."""

    url: str
    label: str
    icon: str = ""
    current: bool = False
    exact: bool = False
    language: str = "pl"


@dataclass(frozen=True, slots=True)
class Entry:
    """A fixed line: ``endpoint`` (or a stable ``url``), shown to whoever holds ``permission``."""

    name: str
    endpoint: str = ""
    url: str = ""
    icon: str = ""
    order: int = 50
    permission: str = rights.PUBLIC
    path: str = "/"
    below: bool = False


Source = Callable[[], Iterable[Link]]


@dataclass
class _Menus:
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {name: [] for name in LAYOUTS})
    sources: dict[str, Source] = field(default_factory=dict)


def _menus(app: Flask) -> _Menus:
    return cast(_Menus, app.extensions.setdefault(_STORE, _Menus()))


def add(app: Flask, layout: str, *entries: Entry) -> None:
    """Add fixed lines to the menu of ``layout`` (``portal``, ``bip``, ``desk``)."""
    menu = _menus(app).entries[layout]
    menu.extend(entries)
    menu.sort(key=lambda entry: entry.order)


def source(app: Flask, layout: str, compute: Source) -> None:
    """Let ``compute`` give the lines before the fixed ones, on each request."""
    _menus(app).sources[layout] = compute


def link(url: str, label: str, icon: str = "", language: str = "pl") -> Link:
    """A line that knows whether the reader is on it or below it."""
    folder = url.rstrip("/") + "/"
    below = url != "/" and request.path.startswith(folder)
    return Link(url, label, icon, current=below or request.path == url, exact=request.path == url, language=language)


def _shown(entry: Entry) -> bool:
    exists = bool(entry.url) or entry.endpoint in current_app.view_functions
    return exists and rights.may(entry.permission, entry.path, below=entry.below)


def menu(layout: str) -> list[Link]:
    """The lines of ``layout``'s menu for this reader, computed once per request."""
    made: dict[str, list[Link]] = g.setdefault("wrota_menus", {})
    if layout not in made:
        menus = _menus(current_app)
        computed = list(menus.sources[layout]()) if layout in menus.sources else []
        shown = [entry for entry in menus.entries[layout] if _shown(entry)]
        fixed = [
            link(entry.url or url_for(entry.endpoint), message(f"menu.{entry.name}"), entry.icon) for entry in shown
        ]
        # The way home stands before the sections of the tree, the services after them.
        first = sum(entry.order <= HOME for entry in shown)
        made[layout] = _one_current(fixed[:first] + computed + fixed[first:])
    return made[layout]


def _one_current(links: list[Link]) -> list[Link]:
    """Of several lines that lead here (``/biuro/`` and ``/biuro/sprawy/``), only the nearest is marked."""
    nearest = max((len(item.url) for item in links if item.current), default=0)
    return [
        item if not item.current or len(item.url) == nearest else replace(item, current=False, exact=False)
        for item in links
    ]
