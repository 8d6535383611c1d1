"""The invented gmina of the demonstration, as data (``data/town.json``)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "town.json"


@cache
def town() -> dict[str, Any]:
    """Departments, staff and citizens. All names and identifiers are synthetic."""
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return data


def accounts() -> list[tuple[str, str]]:
    """Log-ins of the demonstration, each with who it is."""
    people = [*town()["citizens"], *town()["staff"]]
    return [(person["login"], person["who"]) for person in people]
