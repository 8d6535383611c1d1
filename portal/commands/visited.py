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

_DAYS, _PAGE_DAYS = 390, 35
_SATURDAY = 5


def visit(session: Session) -> None:
    """More than a year of days, and the last weeks page by page, up to yesterday. The same each time."""
    chance = random.Random(7)  # noqa: S311 - nothing here is secret
    paths = list(session.scalars(select(Item.path).where(queries.listed()).order_by(Item.path)))
    liked = {path: chance.randint(1, 12) for path in paths}
    pages, days = [], []
    for back in range(1, _DAYS + 1):
        day = clock.today() - timedelta(days=back)
        share = 0.35 if day.weekday() >= _SATURDAY else chance.uniform(0.7, 1.3)
        for part in (visits.BULLETIN, visits.PORTAL):
            mine = [path for path in paths if visits.part_of(path) == part]
            hits = {path: round(liked[path] * share) for path in mine}
            days.append({"day": day, "part": part, "hits": sum(hits.values())})
            if back <= _PAGE_DAYS:
                pages += [{"day": day, "path": path, "hits": number} for path, number in hits.items() if number]
    insert_or_add(session, VisitDay, days, "hits")
    insert_or_add(session, Visit, pages, "hits")
