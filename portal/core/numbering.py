"""Official numbers: from one table, in the same transaction as the entry they number.

No gap (a rolled-back act gives its number back), no double (the row is the lock), restarting each year
(the year is part of the key).
"""

from __future__ import annotations

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, insert_or_ignore


class NumberSeries(Base):
    """The last number given in a series (``RPW``, ``case/GK.6220``) in a year."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def next_number(session: Session, series: str, year: int) -> int:
    """The next number of ``series`` in ``year``, starting at 1. Others wait until this transaction ends."""
    session.flush()
    here = (NumberSeries.name == series) & (NumberSeries.year == year)
    bump = update(NumberSeries).where(here).values(last=NumberSeries.last + 1).returning(NumberSeries.last)
    number = session.execute(bump).scalar_one_or_none()
    if number is not None:
        return int(number)
    # The first number of the year: only one of two simultaneous firsts may insert the row.
    _insert_if_absent(session, series, year)
    return int(session.execute(bump).scalar_one())


def _insert_if_absent(session: Session, series: str, year: int) -> None:
    insert_or_ignore(session, NumberSeries, {"name": series, "year": year, "last": 0})


def last_number(session: Session, series: str, year: int) -> int:
    """The last number given, 0 when none was."""
    found = session.execute(
        select(NumberSeries.last).where(NumberSeries.name == series, NumberSeries.year == year)
    ).scalar_one_or_none()
    return int(found or 0)
