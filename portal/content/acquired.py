"""Settings that a place gives to everything below it: banner, layout, contact, colour. Named, checked, traceable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import colours, paths
from portal.content.models import Item
from portal.core.errors import Invalid

NAMES = ("banner", "banner_link", "layout", "contact", "colour")
LIMITS = {"banner": 300, "banner_link": 500, "contact": 600}
LAYOUTS = ("", "wide")


@dataclass(frozen=True, slots=True)
class Given:
    """One setting at a place: what is set here, and what would come from above, and from where."""

    name: str
    own: str
    inherited: str
    source: str


def checked(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings in the form they are kept in. Raises ``Invalid`` with a sentence."""
    found = dict(settings)
    for name, limit in LIMITS.items():
        if len(str(found.get(name) or "")) > limit:
            raise Invalid("content.setting_too_long", limit=limit)
    link = str(found.get("banner_link") or "")
    if link and not link.startswith(("/", "https://", "http://")):
        raise Invalid("content.setting_bad_link", text=link)
    if str(found.get("layout") or "") not in LAYOUTS:
        raise Invalid("content.setting_bad_layout")
    if found.get("colour"):
        found["colour"] = colours.checked(str(found["colour"]))
    return found


def at(session: Session, path: str) -> list[Given]:
    """Every setting at ``path`` with its origin. One statement."""
    query = select(Item.path, Item.title, Item.settings).where(Item.path.in_(paths.lineage(path)))
    rows = sorted(session.execute(query).all(), key=lambda row: -len(row.path))
    own: dict[str, Any] = next((row.settings or {} for row in rows if row.path == path), {})
    above = [row for row in rows if row.path != path]
    found = []
    for name in NAMES:
        giver = next((row for row in above if (row.settings or {}).get(name)), None)
        value = str(giver.settings[name]) if giver else ""
        found.append(Given(name, str(own.get(name) or ""), value, giver.title if giver else ""))
    return found
