"""The few words of ours that stand inside letters: kept with the other texts, read once."""

from __future__ import annotations

import json
from functools import cache

from portal.web.folders import TEMPLATES

_FILE = TEMPLATES / "dispatch" / "wording.json"


@cache
def _texts() -> dict[str, str]:
    loaded: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


def say(name: str, **details: object) -> str:
    """The text ``name`` of ``templates/dispatch/wording.json`` with its details filled in."""
    return _texts()[name].format(**details)
