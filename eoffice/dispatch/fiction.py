"""When a letter nobody collected counts as delivered: rules of law as data, each with its dates.

The computed date is shown to a clerk, who decides; nothing is presumed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from portal.core import clock


@dataclass(frozen=True, slots=True)
class Rule:
    """For letters sent by ``channel`` to a ``recipient`` kind within the dates: delivered ``days`` after arrival.

    ``days`` 0: no presumption of delivery holds. ``source`` names the rule's text in ``templates/dispatch``.
    """

    channel: str
    recipient: str
    since: date
    until: date
    days: int
    moves_to_working_day: bool
    source: str


RULES = (
    # ustawa o doręczeniach elektronicznych art. 147(3), 41(1)(3), 42: ePUAP to private parties until the end of 2025,
    # delivered on the day after the lapse of 14 days.
    Rule("epuap", "person", date(2021, 10, 5), date(2025, 12, 31), 15, False, "ude-147-3"),
    Rule("epuap", "organisation", date(2021, 10, 5), date(2025, 12, 31), 15, False, "ude-147-3"),
    # From 1 January 2026 no presumption holds for letters sent to private parties by ePUAP.
    Rule("epuap", "person", date(2026, 1, 1), date.max, 0, False, "ude-147-3-lapsed"),
    Rule("epuap", "organisation", date(2026, 1, 1), date.max, 0, False, "ude-147-3-lapsed"),
)


@dataclass(frozen=True, slots=True)
class Presumption:
    """``on``: the computed day of delivery, ``None`` when no presumption holds. ``source``: the rule."""

    on: date | None
    source: str


def presumption(channel: str, recipient: str, sent_on: date, rules: tuple[Rule, ...] = RULES) -> Presumption:
    """What the law presumes of a letter sent on ``sent_on`` and never collected."""
    for rule in rules:
        if (rule.channel, rule.recipient) == (channel, recipient) and rule.since <= sent_on <= rule.until:
            if not rule.days:
                return Presumption(None, rule.source)
            day = sent_on + timedelta(days=rule.days)
            return Presumption(clock.next_working_day(day) if rule.moves_to_working_day else day, rule.source)
    return Presumption(None, "none")
