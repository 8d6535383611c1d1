"""Checking from outside what the office says of availability: its signed reports, «14 z 14 dni» of an item."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature

from bip import notes
from bip.digests import canonical
from bip.verify import PUBLISHED, Problem

WARSAW = ZoneInfo("Europe/Warsaw")
"""Terms run by the Polish calendar."""


def report(found: dict[str, Any], *, key: str = "") -> list[Problem]:
    """What is wrong with a monthly report: its signature by ``key`` (its own when empty), its days, their numbers."""
    said = {name: value for name, value in found.items() if name != "signature"}
    month = str(found["month"])
    problems = [] if _signed(said, found["signature"], key or found["key"]) else [Problem("report_signature", month)]
    for item in found["items"]:
        days = [day["day"] for day in item["days"]]
        counted = all(type(day[name]) is int and day[name] >= 0 for day in item["days"] for name in ("seen", "failed"))
        if days != sorted(set(days)) or not counted or not all(day.startswith(f"{month}-") for day in days):
            problems.append(Problem("report_days", item["item"]))
    return problems


def of_item(found: dict[str, Any], proof: dict[str, Any], *, key: str = "") -> list[Problem]:
    """What is wrong with the signed days of an item, as they stand in its proof.

    The term begins on the day after the first publication (by its leaf), no day is left out or told twice, and as many
    are counted as seen as were.
    """
    place = found["item"]
    said = {name: value for name, value in found.items() if name != "signature"}
    problems = []
    if not _signed(said, found["signature"], key or proof["key"]):
        problems.append(Problem("availability_signature", place))
    began = next((leaf["at"] for leaf in proof["leaves"] if leaf["act"] == PUBLISHED), None)
    first, last = date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
    days = [date.fromisoformat(day["day"]) for day in found["days"]]
    right = (
        days == [first + timedelta(days=n) for n in range(len(days))]
        and all(day <= last for day in days)
        and (last - first).days + 1 == found["of"]
        and found["seen"] == sum(day["seen"] > 0 for day in found["days"])
        and began is not None
        and datetime.fromisoformat(began).astimezone(WARSAW).date() + timedelta(days=1) == first
        and all(leaf["item"] == place for leaf in proof["leaves"])
    )
    return problems if right else [*problems, Problem("availability_days", place)]


def _signed(said: dict[str, Any], signature: str, key: str) -> bool:
    try:
        notes.public_key(key).verify(base64.b64decode(signature), canonical(said))
    except (InvalidSignature, ValueError):
        return False
    return True
