"""What the office owes somebody by a day: a petition settled, an interpellation answered (rules of the type)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bip.council.roll import day_of
from portal.core import clock


def due_on(rule: Mapping[str, Any], fields: Mapping[str, Any]) -> date | None:
    """The last day: ``settle_months`` (petycje art. 10) or ``answer_days`` (u.s.g. art. 24 ust. 6) after it came.

    The day it came is not counted. A petition's term may have been prolonged (``extended_to``).
    """
    received = day_of(fields.get("received_on"))
    if received is None:
        return None
    if rule.get("settle_months"):
        months = clock.months_later(received, int(rule["settle_months"]))
        # A term that ends on a day off ends on the next working day (petycje art. 15, KPA art. 57 § 4).
        return day_of(fields.get("extended_to")) or clock.next_working_day(months)
    return received + timedelta(days=int(rule["answer_days"])) if rule.get("answer_days") else None


def done_on(fields: Mapping[str, Any]) -> date | None:
    """The day it was settled or answered; ``None`` while it is not."""
    return day_of(fields.get("settled_on")) or day_of(fields.get("answered_on"))
