"""What every page of the portal shows around its text: alerts, the part of the site one is in, acquired settings.

A page of the tree brings its settings with it; alerts and subsites are read once per version of the site and kept
in the process, so no page pays for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask, current_app, g
from flask.sansio.app import App
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.content import menus, paths, queries, site
from portal.content.models import Item, ItemVersion
from portal.content.queries import PageData
from portal.web import context, navigation
from portal.web.texts import message

_EXTENSION = "wrota.content_frame"
_NEWEST = 10
"""How many of the newest news may still be shown as an alert."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A sentence above every page of a place, and where more is said."""

    text: str
    url: str = ""
    more: str = ""
    language: str = "pl"


@dataclass(frozen=True, slots=True)
class Place:
    """The part of the site with a header of its own: the portal, or the subsite of a school."""

    path: str
    title: str
    summary: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    logo_id: int | None = None
    alert: Alert | None = None

    @property
    def is_subsite(self) -> bool:
        return self.path != paths.ROOT


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows for one page."""

    place: Place
    settings: dict[str, Any]
    alerts: tuple[Alert, ...]

    @property
    def colour(self) -> str:
        """The primary colour in force (six digits), empty: the program's own."""
        return str(self.settings.get("colour") or "")

    @property
    def wide(self) -> bool:
        """Whether pages go without the column at their side."""
        return self.settings.get("layout") == "wide"


@cache
def _statement() -> queries.Lines:
    newest = (
        select(Item.id).where(Item.type == "news", queries.listed()).order_by(Item.published_at.desc()).limit(_NEWEST)
    )
    columns: tuple[Any, ...] = (
        Item.path, Item.type, Item.title, Item.summary, Item.settings, Item.picture_id, Item.published_at,
        Item.language,
        ItemVersion.fields,
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(
            or_(
                Item.path == paths.ROOT,
                and_(Item.type == "subsite", queries.listed()),
                Item.id.in_(select(newest.subquery().c.id)),
            )
        )
        .order_by(Item.published_at.desc())
    )


def places(session: Session) -> tuple[Place, ...]:
    """The portal and its subsites, the deepest first, each with its alert. One statement."""
    rows = session.execute(_statement()).all()
    homes = sorted((row for row in rows if row.type != "news"), key=lambda row: -len(row.path))
    alerts: dict[str, Alert] = {}
    for row in rows:
        if row.type == "news" and (row.fields or {}).get("alert"):
            home = next((home.path for home in homes if paths.inside(row.path, home.path)), paths.ROOT)
            alerts.setdefault(home, Alert(row.title, row.path, row.summary, row.language))
    return tuple(
        Place(row.path, row.title, row.summary, row.settings or {}, row.picture_id, alerts.get(row.path))
        for row in homes
    )


def _kept(session: Session) -> tuple[Place, ...]:
    store: dict[str, Any] = current_app.extensions.setdefault(_EXTENSION, {})
    version = g.get("site_version") or site.number(session)
    if store.get("version") != version:
        # One assignment, so that no other thread sees the places of one version under the number of another.
        current_app.extensions[_EXTENSION] = store = {"version": version, "places": places(session)}
    found: tuple[Place, ...] = store["places"]
    return found


def enter(session: Session, page: PageData | None, *, menu: bool = True) -> None:
    """Note which page is shown: the layout asks for its frame, and the menu for its place."""
    kept = _kept(session)
    path = page.row.path if page else paths.ROOT
    place = next((one for one in kept if paths.inside(path, one.path)), Place(paths.ROOT, ""))
    settings = page.settings if page else place.settings
    g.content_frame = Frame(place, settings, _alerts(kept, place, settings))
    if menu:
        g.content_menu = menus.kept(session, place.path, depth=1)


def _alerts(kept: tuple[Place, ...], place: Place, settings: dict[str, Any]) -> tuple[Alert, ...]:
    """The banner in force here, then the important news of this place and of the whole portal."""
    found = []
    if settings.get("banner"):
        found.append(Alert(str(settings["banner"]), str(settings.get("banner_link") or "")))
    for one in kept:
        if one.alert and (one is place or not one.is_subsite):
            found.append(one.alert)
    return tuple(found)


def current() -> Frame:
    """The frame of the page being shown; pages outside the tree stand in the portal's."""
    made: Frame | None = g.get("content_frame")
    if made is None:
        with context.reading() as session:
            enter(session, None, menu=False)
        made = g.content_frame
    return made


def subsite_menu() -> list[navigation.Link]:
    """The lines of a subsite's own menu: its first page and its sections."""
    home = current().place
    sections = [navigation.link(node.path, node.title, language=node.language) for node in g.content_menu]
    return [navigation.link(home.path, message("menu.home")), *sections]


def install(app: App) -> None:
    """Give ``frame()`` to the layouts."""
    if isinstance(app, Flask):
        app.jinja_env.globals.update(frame=current, subsite_menu=subsite_menu)
