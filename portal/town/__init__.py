"""The invented gmina of the demonstration, as data (``town.json``)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from portal.accounts.demo import DemoLogin

PASSWORD = "wrota-demo-2026"  # noqa: S105 - printed at the start; these accounts exist in the demo gmina only

_DATA = Path(__file__).parent


@cache
def town() -> dict[str, Any]:
    """Departments, staff and citizens. All names and identifiers are synthetic."""
    return _read("town.json")


@cache
def letter() -> dict[str, Any]:
    """The letter of the demonstration, the decision that answers it, and its public copy (``letter.json``)."""
    return _read("letter.json")


@cache
def office() -> list[dict[str, Any]]:
    """What has come to the office lately and what became of it (``office.json``; played by ``portal.commands.played``).

    ``day`` counts working days back from today, ``hour`` is local.
    """
    matters: list[dict[str, Any]] = _read("office.json")["matters"]
    return matters


@cache
def large() -> dict[str, list[str]]:
    """Words and sentences of which the texts of a large town are made (``large.json``)."""
    return _read("large.json")


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return data


def logins() -> list[DemoLogin]:
    """The log-ins offered to visitors, each with the code of the sentence that says who it is."""
    people = [*town()["citizens"], *town()["staff"]]
    return [DemoLogin(one["login"], PASSWORD, f"demo.who.{one['who']}") for one in people if "who" in one]
