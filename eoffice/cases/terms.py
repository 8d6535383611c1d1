"""Terms of administrative procedure: how long a matter may take and when the term ends (KPA art. 35 and 57).

A term is written as an ISO 8601 duration (``P1M``, ``P14D``): a month is a month, not thirty days.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from portal.core import clock

MONTH, TWO_MONTHS = "P1M", "P2M"
_TERM = re.compile(r"P([1-9][0-9]{0,2})([DM])\Z")


def parse(term: str) -> tuple[int, str]:
    """``P2M`` → ``(2, "M")``. Raises ``ValueError``."""
    found = _TERM.match(term)
    if not found:
        raise ValueError(f"not a term: {term!r}")
    return int(found[1]), found[2]


def ends_on(event: date, term: str) -> date:
    """The last day of ``term`` after ``event`` (KPA art. 57 § 1, 3, 4).

    The day of the event is not counted; months end on the day with the same number, or the month's last one;
    an end on a Saturday or a statutory holiday moves to the next day that is neither.
    """
    amount, unit = parse(term)
    last = event + timedelta(days=amount) if unit == "D" else clock.months_later(event, amount)
    return clock.next_working_day(last)


def prolonged(due: date, paused_on: date, resumed_on: date) -> date:
    """``due`` moved by the days that do not count into the term because the party kept us waiting (art. 35 § 5)."""
    return clock.next_working_day(due + max(timedelta(), resumed_on - paused_on))
