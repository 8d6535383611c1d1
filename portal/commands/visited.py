"""Invented visits of the demo gmina, so that the statistics of a first day have something to show."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import queries, visits
from portal.content.models import Item, Visit, VisitDay
from portal.core import clock
from portal.core.db import insert_or_add

_PAGE_DAYS = 35
_SATURDAY = 5


def visit(session: Session) -> None:
    """Every day since the site opened, and the last weeks page by page, up to yesterday. Nobody read what was not
    published yet; with the same days the same each time."""
    chance = random.Random(7)  # noqa: S311 - nothing here is secret
    found = select(Item.path, Item.published_at).where(queries.listed(), Item.published_at.is_not(None))
    since = {row.path: clock.local(row.published_at).date() for row in session.execute(found.order_by(Item.path))}
    liked = {path: _liking(chance) for path in since}
    pages, days = [], []
    opened = min(since.values(), default=clock.today())
    for back in range(1, (clock.today() - opened).days):
        day = clock.today() - timedelta(days=back)
        share = 0.35 if day.weekday() >= _SATURDAY else chance.uniform(0.7, 1.3)
        for part in (visits.BULLETIN, visits.PORTAL):
            mine = [path for path, first in since.items() if visits.part_of(path) == part and first < day]
            hits = {path: round(liked[path] * share * chance.uniform(0.6, 1.4)) for path in mine}
            days.append({"day": day, "part": part, "hits": sum(hits.values())})
            if back <= _PAGE_DAYS:
                pages += [{"day": day, "path": path, "hits": number} for path, number in hits.items() if number]
    insert_or_add(session, VisitDay, days, "hits")
    insert_or_add(session, Visit, pages, "hits")


def _liking(chance: random.Random) -> float:
    """How often a page is opened on a day: few often, most seldom."""
    return min(40.0, 1.5 * chance.paretovariate(1.1))
