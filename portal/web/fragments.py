"""What is the same on many pages, made once per version of the site: parts of the layout, and lists they share.

A page nobody has asked for yet is made of its own text and of a head, a header, a menu and a footer that thousands
of pages share. Those are kept per process, and only for visitors nobody knows, whose pages depend on the version of
the site alone (``g.site_version``, set by whoever read it): a change of anything makes all of them old at once.

In a template::

    {% call shared_part('footer', place.path) %}…{% endcall %}

The language of the frame and the look always count; name everything else that the part depends on. Few large parts
are cheaper than many small ones: the little that differs from page to page within a part is filled in::

    {% call(here) shared_part('header', fill=(here,)) %}… value="{{ here }}" …{% endcall %}
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from portal.web import navigation, phrases, scheme
from portal.web.navigation import Link

_EXTENSION = "wrota_fragments"
_MOST = 2000
"""Things kept at once; with more, all are forgotten (a town with thousands of sections would have so many lists)."""

_MARKS = tuple(f"fill{secrets.token_hex(8)}" for _ in range(4))
"""What stands in a kept part where a page's own text goes: no text can contain it, because nobody can know it."""

Value = TypeVar("Value")
Key = tuple[Hashable, ...]


def _made() -> dict[Key, Any] | None:
    """What is kept for the version of this request; ``None`` for people we know."""
    known = g.get(_EXTENSION)
    if known is not None:
        return cast("dict[Key, Any]", known)
    version = g.get("site_version")
    if version is None:
        return None
    held, made = cast("tuple[object, dict[Key, Any]]", current_app.extensions[_EXTENSION])
    if held != version or len(made) > _MOST:
        made = {}
        # One assignment, so that no other thread sees what belongs to one version under the number of another.
        current_app.extensions[_EXTENSION] = (version, made)
    setattr(g, _EXTENSION, made)
    return made


def find(key: Key) -> Any:
    """What is kept under ``key`` for this version of the site, or ``None``."""
    made = _made()
    return None if made is None else made.get(key)


def keep(key: Key, value: Value) -> Value:
    """Keep what was made of things that the version covers, read after the version was; gives it back."""
    made = _made()
    if made is not None:
        made[key] = value
    return value


def shared_part(name: str, *parts: Hashable, fill: tuple[str, ...] = (), caller: Callable[..., str]) -> str:
    """The rendered block between ``call`` and ``endcall``; ``parts``: what it depends on besides version and look.

    ``fill``: texts the block prints and does nothing else with; it is made with marks in their places.
    """
    made = _made()
    if made is None:
        return caller(*fill)
    key = (name, request.script_root, phrases.spoken(), scheme.name(), *parts)
    part = made.get(key)
    if part is None:
        part = made[key] = str(caller(*_MARKS[: len(fill)]))
    for mark, text in zip(_MARKS, fill, strict=False):
        part = part.replace(mark, str(escape(text)))
    return Markup(part)  # noqa: S704 - rendered, and what is filled in is escaped


@pass_context
def _shared_part(
    page: Context, name: str, *parts: Hashable, blocks: tuple[str, ...] = (), fill: tuple[str, ...] = (),
    caller: Callable[..., str],
) -> str:  # fmt: skip
    """``shared_part`` for templates; ``blocks``: those within the part that pages may write anew."""
    written = tuple(page.blocks[block][0] for block in blocks)
    return shared_part(name, *parts, *written, fill=fill, caller=caller)


def menu_spot(name: str, links: Callable[[], list[Link]] | None = None) -> tuple[str, str]:
    """Where in a menu the reader is: its nearest line, and the address itself when it is the line's own.

    ``links``: what gives the lines, where ``name`` is no layout's menu.
    """
    key = ("lines", name)
    lines = find(key)
    if lines is None:
        given = links() if links else navigation.menu(name)
        lines = keep(key, frozenset(one.url.rstrip("/") for one in given))
    own = step = request.path.rstrip("/")
    while step and step not in lines:
        step = step.rpartition("/")[0]
    return step, request.path if step == own else ""


def current(links: Markup, address: str) -> Markup:
    """Kept links with the one to ``address`` marked as the page being read."""
    link = f'href="{escape(address)}"'
    return Markup(str(links).replace(link, f'{link} aria-current="page"', 1))  # noqa: S704 - rendered and escaped


def install(app: Flask) -> None:
    """Give ``shared_part``, ``menu_spot`` and the filter ``current`` to templates."""
    app.extensions[_EXTENSION] = (None, {})
    app.jinja_env.globals.update(shared_part=_shared_part, menu_spot=menu_spot)
    app.jinja_env.filters["current"] = current
