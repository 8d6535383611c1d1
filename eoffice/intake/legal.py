"""Whether a letter that came by a channel has legal effect: rules as data, with the dates of the law.

Ustawa o doręczeniach elektronicznych (UDE), art. 147: ePUAP stands for e-Doręczenia between public bodies until
30 September 2029 (1), and for what private persons file until 31 December 2025 (2). Afterwards a letter filed by a
private person has effect only where a special provision says so, which a clerk assesses (KPA art. 63 § 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

TO_ASSESS = "to_assess"
EFFECTIVE = "effective"
SPECIAL = "special"
"""Effective by a special provision (public information, petitions, complaints)."""
INEFFECTIVE = "ineffective"
EFFECTS = (TO_ASSESS, EFFECTIVE, SPECIAL, INEFFECTIVE)

ANYONE = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for letters of ``sender_kind`` that came by ``channel`` from ``since`` to ``until`` (inclusive)."""

    channel: str
    sender_kind: str
    since: date
    until: date
    effect: str
    source: str

    def holds(self, channel: str, sender_kind: str, day: date) -> bool:
        return self.channel == channel and self.sender_kind in (ANYONE, sender_kind) and self.since <= day <= self.until


_ALWAYS = date(9999, 12, 31)
_UDE = date(2021, 10, 5)

RULES = (
    Rule("epuap", "public", _UDE, date(2029, 9, 30), EFFECTIVE, "UDE art. 147(1)"),
    Rule("epuap", ANYONE, _UDE, date(2025, 12, 31), EFFECTIVE, "UDE art. 147(2)"),
    Rule("counter", ANYONE, date(1960, 1, 1), _ALWAYS, EFFECTIVE, "KPA art. 63 § 1"),
)
"""In order: the first that holds decides. What no rule covers is assessed by a clerk."""


def assess(channel: str, sender_kind: str, day: date) -> str:
    """The effect of a letter received on ``day``, ``to_assess`` when only a person can tell."""
    return next((rule.effect for rule in RULES if rule.holds(channel, sender_kind, day)), TO_ASSESS)
