"""How far the Bulletin holds what UDIP art. 6 (by art. 8 ust. 3) makes obligatory: each point, its sections, its items.

Which sections answer which point is data (``data/coverage.json``): a town with another menu changes the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bip.types import ROOT
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.core import clock

RIGHT = "bip.edit"
STALE = timedelta(days=400)
"""A year and a month of grace: what is renewed yearly (budget, report, declarations) has surely been missed by then."""
FOLDERS = ("bulletin", "bip_folder")


@dataclass(frozen=True, slots=True)
class Section:
    """A place of the menu that answers a point; ``title`` is empty when there is no such public section."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Point:
    """One obligatory point: how many public items its sections hold, and the newest moment one was made available."""

    point: str
    about: str
    sections: tuple[Section, ...]
    count: int
    newest: datetime | None

    @property
    def stale(self) -> bool:
        """Whether the newest change is older than ``STALE``."""
        return self.newest is not None and clock.now() - self.newest > STALE


@cache
def rules() -> tuple[dict[str, Any], ...]:
    """The points in the order of the statute, with the sections that answer them."""
    text = (Path(__file__).parent / "data" / "coverage.json").read_text("utf-8")
    return tuple(json.loads(text)["points"])


def report(session: Session) -> list[Point]:
    """Every point as it stands now, from two statements; an item in two sections of a point counts once."""
    titles = _titles(session)
    held = _held(session)
    return [_point(rule, titles, held) for rule in rules()]


def _point(rule: dict[str, Any], titles: dict[str, str], held: dict[str, tuple[int, datetime]]) -> Point:
    places = [f"{ROOT}/{name}" for name in rule["sections"]]
    inside = [found for path, found in held.items() if any(f"{path}/".startswith(f"{place}/") for place in places)]
    return Point(
        point=rule["point"],
        about=rule["about"],
        sections=tuple(Section(place, titles.get(place, "")) for place in places),
        count=sum(count for count, _ in inside),
        newest=max((newest for _, newest in inside), default=None),
    )


def _titles(session: Session) -> dict[str, str]:
    places = {f"{ROOT}/{name}" for rule in rules() for name in rule["sections"]}
    query = select(Item.path, Item.title).where(Item.path.in_(sorted(places)), queries.listed())
    return {row.path: row.title for row in session.execute(query)}


def _held(session: Session) -> dict[str, tuple[int, datetime]]:
    """Section → how many public items stand in it, and when the newest of their states was made available."""
    section = aliased(Item, name="section")
    query = (
        select(section.path, func.count(Item.id), func.max(ItemVersion.published_at))
        .join(section, section.id == Item.parent_id)
        .join(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(queries.below(ROOT), Item.type.not_in(FOLDERS), queries.listed())
        .group_by(section.path)
    )
    return {path: (count, newest) for path, count, newest in session.execute(query) if newest is not None}
