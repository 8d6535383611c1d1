"""The agenda of a session: points in order, each with the drafts the council votes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

AGENDA = "agenda"
"""The field of a session that holds it."""
MAX_POINTS, MAX_TITLE = 80, 500


@dataclass(frozen=True, slots=True)
class Point:
    """One point. ``key`` stays when points change places; ``items``, ``files``: its drafts, as items of the
    Bulletin and as files beside the session."""

    key: int
    title: str
    items: tuple[int, ...] = ()
    files: tuple[int, ...] = ()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Point:
        return cls(
            int(row["key"]), str(row.get("title", "")), tuple(int(one) for one in row.get("items") or ()),
            tuple(int(one) for one in row.get("files") or ()),
        )  # fmt: skip

    def row(self) -> dict[str, Any]:
        return {"key": self.key, "title": self.title, "items": list(self.items), "files": list(self.files)}


def points_of(fields: Mapping[str, Any]) -> list[Point]:
    """The points of a session in their order."""
    return [Point.of(row) for row in fields.get(AGENDA) or []]


def from_lines(lines: Sequence[str], known: Sequence[Point]) -> list[Point]:
    """Points from a pasted text, one a line, numbers and dashes before them left out.

    A point whose words stayed keeps its key and drafts wherever it went; one whose words were changed in place too.
    """
    titles = [title for line in lines if (title := _title(line))]
    by_title: dict[str, list[Point]] = {}
    for one in known:
        by_title.setdefault(one.title, []).append(one)
    kept = {one.key for title, same in by_title.items() for one in same[: titles.count(title)]}
    fresh = max((point.key for point in known), default=0)
    found, used = [], set[int]()
    for place, title in enumerate(titles):
        same = by_title.get(title, [])
        # Several points may have the same words («Przerwa»): each keeps its own, in their order.
        point = next((one for one in same if one.key not in used), None)
        if point is None and place < len(known) and known[place].key not in kept:
            point = known[place]
        if point is None or point.key in used:
            fresh += 1
            point = Point(fresh, title)
        used.add(point.key)
        found.append(replace(point, title=title))
    return found


def _title(line: str) -> str:
    words = line.strip()
    head, _, rest = words.partition(" ")
    if rest and (head in ("-", "–", "•", "*") or (head.rstrip(".)").isdecimal() and head[-1] in ".)")):
        words = rest.strip()
    return " ".join(words.split())[:MAX_TITLE]
