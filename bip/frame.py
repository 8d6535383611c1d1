"""What every page of the Bulletin stands in."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, current_app, g
from flask.sansio.app import App
from sqlalchemy.orm import Session

from bip import rules
from bip.types import ROOT
from portal.content import menus, queries, site
from portal.content.queries import PageData
from portal.core.errors import NotFound
from portal.web import context, navigation

_EXTENSION = "wrota.bip_root"


def install(app: App) -> None:
    """Let pages of others that stand in the Bulletin's frame (search, errors) have its menu."""
    navigation.source(cast(Flask, app), "bip", _sections)


def _sections() -> list[navigation.Link]:
    with context.reading() as session:
        return [navigation.link(node.path, node.title) for node in menus.kept(session, ROOT, depth=2)]


def _root(session: Session) -> PageData | None:
    """The Bulletin's first page and its rules of law as of the site's present version: no other page pays for them."""
    version = g.get("site_version") or site.number(session)
    known: tuple[int, PageData | None, rules.Added] | None = current_app.extensions.get(_EXTENSION)
    if known is None or known[0] != version:
        known = current_app.extensions[_EXTENSION] = (version, queries.page_at(session, ROOT), rules.added(session))
    rules.prime(session, known[2])
    return known[1]


def bulletin(session: Session) -> dict[str, Any]:
    """What every page of the Bulletin shows: the menu and the settings of its root."""
    root = _root(session)
    if root is None or not root.public:
        raise NotFound("bip.no_bulletin")
    return {"menu_nodes": menus.kept(session, ROOT, depth=2), "bulletin": root}
