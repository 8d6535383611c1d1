"""Menus from the tree, read once per version of the site and kept in the process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from flask import Flask, current_app, g
from flask.sansio.app import App
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import paths, queries, site
from portal.content.models import Item
from portal.web import context, navigation

_EXTENSION = "wrota.content_menus"


@dataclass(frozen=True, slots=True)
class Node:
    """One line of a menu: an item, and those below it."""

    id: int
    path: str
    title: str
    children: tuple[Node, ...] = ()
    language: str = "pl"


@cache
def _statement(root: str, depth: int) -> queries.Lines:
    slashes = root.rstrip("/").count("/") + depth
    deep_enough = ~Item.path.like("/%" * (slashes + 1))
    columns: tuple[Any, ...] = (Item.id, Item.path, Item.title, Item.language)
    return (
        select(*columns)
        .where(Item.in_menu.is_(True), queries.below(root), queries.listed(), deep_enough)
        .order_by(Item.position, Item.id)
    )


def tree(session: Session, root: str, *, depth: int) -> tuple[Node, ...]:
    """What the menu of ``root`` shows, ``depth`` levels down, in the order of the tree. One statement."""
    rows = queries.rows(session, _statement(root, depth))
    under: dict[str, list[tuple[int, str, str, str]]] = {}
    for row in rows:
        under.setdefault(paths.parent(row.path), []).append((row.id, row.path, row.title, row.language))

    def nodes(path: str) -> tuple[Node, ...]:
        return tuple(
            Node(number, at, title, nodes(at), language) for number, at, title, language in under.get(path, [])
        )

    return nodes(root)


def kept(session: Session, root: str, *, depth: int) -> tuple[Node, ...]:
    """``tree`` as of the site's present version."""
    store: dict[str, tuple[int, tuple[Node, ...]]] = current_app.extensions.setdefault(_EXTENSION, {})
    # A page that may be kept has just read the version; what is read after it is at least as new.
    version = g.get("site_version") or site.number(session)
    known = store.get(root)
    if known is None or known[0] != version:
        known = store[root] = (version, tree(session, root, depth=depth))
    return known[1]


def outside_bulletin(nodes: Iterable[Node]) -> list[Node]:
    """The lines of the portal's menu; the Bulletin is reached by its mark, not as one of the sections."""
    return [node for node in nodes if node.path != "/bip"]


def _portal() -> list[navigation.Link]:
    nodes: tuple[Node, ...] | None = g.get("content_menu")
    if nodes is None:
        with context.reading() as session:
            nodes = kept(session, paths.ROOT, depth=1)
    return [navigation.link(node.path, node.title, language=node.language) for node in outside_bulletin(nodes)]


def install(app: App) -> None:
    """Let the tree give the portal's menu."""
    navigation.source(cast(Flask, app), "portal", _portal)
