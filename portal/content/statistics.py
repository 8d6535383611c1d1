"""What the counted visits say: openings by day and by month, and the pages opened most. Whole days only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import queries
from portal.content.models import Item, Visit, VisitDay
from portal.content.visits import BULLETIN
from portal.web import plots
from portal.web.plots import Plot

DAYS = 30
MONTHS = 12
MOST = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of the tree and how often it was opened in the last ``DAYS`` days."""

    path: str
    title: str
    hits: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of one part of the site up to and with ``until``. Months are their first days, oldest first."""

    until: date
    days: tuple[tuple[date, int], ...]
    months: tuple[tuple[date, int], ...]
    pages: tuple[Opened, ...]

    @property
    def total(self) -> int:
        return sum(hits for _, hits in self.months)

    @property
    def by_day(self) -> Plot:
        return plots.bars([(f"{day.day}.{day:%m}", hits) for day, hits in self.days])

    @property
    def by_month(self) -> Plot:
        return plots.bars([(f"{month:%m.%Y}", hits) for month, hits in self.months])


def read(session: Session, part: str, until: date) -> Statistics:
    """The statistics of ``part`` of the site (``visits.BULLETIN``, ``visits.PORTAL``) up to the day ``until``."""
    months = _months(until)
    found = {
        row.day: row.hits
        for row in session.execute(
            select(VisitDay.day, VisitDay.hits).where(
                VisitDay.part == part, VisitDay.day >= months[0], VisitDay.day <= until
            )
        )
    }
    sums: Counter[date] = Counter()
    for day, hits in found.items():
        sums[day.replace(day=1)] += hits
    days = [until - timedelta(days=back) for back in reversed(range(DAYS))]
    return Statistics(
        until=until,
        days=tuple((day, found.get(day, 0)) for day in days),
        months=tuple((month, sums[month]) for month in months),
        pages=tuple(_pages(session, part, days[0], until)),
    )


def _months(until: date) -> list[date]:
    number = until.year * 12 + until.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def _pages(session: Session, part: str, since: date, until: date) -> list[Opened]:
    """The pages of the tree opened most, those that everyone may still open."""
    hits = func.sum(Visit.hits).label("hits")
    inside = Item.path.startswith("/bip/", autoescape=True)
    query = (
        select(Item.path, Item.title, hits)
        .join(Visit, Visit.path == Item.path)
        .where(Visit.day >= since, Visit.day <= until, queries.listed(), inside if part == BULLETIN else ~inside)
        .group_by(Item.path, Item.title)
        .order_by(hits.desc(), Item.path)
    )
    return [Opened(row.path, row.title, int(row.hits)) for row in session.execute(query.limit(MOST))]


def of_page(session: Session, path: str, until: date) -> int:
    """How often the page at ``path`` was opened in the last ``DAYS`` days."""
    since = until - timedelta(days=DAYS - 1)
    query = select(func.coalesce(func.sum(Visit.hits), 0))
    return int(session.scalar(query.where(Visit.day >= since, Visit.day <= until, Visit.path == path)) or 0)


def by_day(session: Session, part: str) -> list[dict[str, Any]]:
    """Every day counted so far, oldest first, for export."""
    query = select(VisitDay.day, VisitDay.hits).where(VisitDay.part == part).order_by(VisitDay.day)
    return [{"day": row.day.isoformat(), "opened": row.hits} for row in session.execute(query)]
