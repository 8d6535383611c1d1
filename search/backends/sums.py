"""Files of an index that changed by themselves. Each is written once, so its sum must stay what it first was.

Engines notice a file that is gone, shorter or unreadable. A few bytes that a failing disk gave back otherwise they
may not: they would only find less. New files are summed at every look, all of them again every hour.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.core import clock

AGAIN = timedelta(hours=1)
"""How often files that are known are read again."""
_NOTE = "sums.json"
_PIECE = 1024 * 1024


def altered(folder: Path, endings: Sequence[str]) -> str:
    """The first file with one of ``endings`` that is not what it was when first seen; empty when all are.

    Remembers the sums in the folder itself; where they cannot be written, only less is known next time.
    """
    note = _noted(folder)
    now = clock.now().timestamp()
    all_again = now - note["read"] >= AGAIN.total_seconds()
    sums: dict[str, int] = {}
    for file in sorted(one for one in folder.iterdir() if one.name.endswith(tuple(endings))):
        known = note["sums"].get(file.name)
        if known is None or all_again:
            try:
                found = _sum(file)
            except FileNotFoundError:
                continue  # merged into another one meanwhile
            if known not in (None, found):
                return file.name
            known = found
        sums[file.name] = known
    if all_again or sums != note["sums"]:
        _write(folder, {"read": now if all_again else note["read"], "sums": sums})
    return ""


def _sum(file: Path) -> int:
    total = 0
    with file.open("rb") as pieces:
        while piece := pieces.read(_PIECE):
            total = zlib.crc32(piece, total)
    return total


def _noted(folder: Path) -> dict[str, Any]:
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
        return {"read": float(note["read"]), "sums": dict(note["sums"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"read": 0.0, "sums": {}}


def _write(folder: Path, note: dict[str, Any]) -> None:
    fresh = folder / f"{_NOTE}.new"
    with suppress(OSError):
        fresh.write_text(json.dumps(note), "utf-8")
        fresh.replace(folder / _NOTE)
