"""Terms of publication: what the law says of how long an item stands and when it counts as served."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from portal.core import clock


def deemed_served(published_at: datetime | None, term: Mapping[str, Any]) -> date | None:
    """The last of the days after which a notice counts as served: 14 days from its publication (KPA art. 49 § 2).

    The day of publication itself is not counted (KPA art. 57 § 1).
    """
    days = term.get("deemed_service_days")
    if published_at is None or not days:
        return None
    return clock.local(published_at).date() + timedelta(days=int(days))
