"""Exclusions of openness (UDIP art. 5 and art. 8(5)): what is withheld, why, by whom, in whose interest.

In the text an exclusion stands as a paragraph ``[wyłączenie 1]``; on the page a bar with all
the facts takes its place. They are kept among the version's fields, so each state of an item has its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.content import versions
from portal.content.models import Item, ItemVersion
from portal.core.actors import Actor
from portal.core.errors import Invalid

FIELD = "exclusions"
MARK = re.compile(r"\[wyłączenie (\d{1,3})\]")
_PARAGRAPH = re.compile(r"<p>\s*\[wyłączenie (\d{1,3})\]\s*</p>")


@dataclass(frozen=True, slots=True)
class Ground:
    """A legal ground; ``interest``: whether the law asks in whose interest it is used."""

    code: str
    title: str
    basis: str
    address: str
    interest: bool


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One withheld fragment. ``interest`` does not name a natural person (``strona postępowania``)."""

    number: int
    ground: str
    scope: str
    made_by: str
    interest: str = ""

    @property
    def why(self) -> Ground:
        return grounds()[self.ground]


@cache
def grounds() -> dict[str, Ground]:
    """The grounds of the law, by code."""
    rows = json.loads((Path(__file__).parent / "data" / "grounds.json").read_text("utf-8"))["grounds"]
    return {row["code"]: Ground(**row) for row in rows}


def of_fields(fields: dict[str, Any]) -> list[Exclusion]:
    """The exclusions kept in a version's fields."""
    return [Exclusion(**row) for row in fields.get(FIELD, [])]


def problems(exclusions: Sequence[Exclusion], body: str) -> list[str]:
    """What the law or the text still lacks, as codes; empty when the item may be published."""
    found = []
    for one in exclusions:
        if one.ground not in grounds() or not one.scope.strip() or not one.made_by.strip():
            found.append("bip.exclusion_incomplete")
        elif one.why.interest and not one.interest.strip():
            found.append("bip.exclusion_interest_missing")
    marked = [int(number) for number in _PARAGRAPH.findall(body)]
    if len(marked) != len(MARK.findall(body)):
        found.append("bip.exclusion_inside_sentence")
    if set(marked) != {one.number for one in exclusions}:
        found.append("bip.exclusion_marks_differ")
    return found


def set_exclusions(
    session: Session, actor: Actor, item_id: int, exclusions: Iterable[Exclusion], *, expected: int | None
) -> ItemVersion:
    """Save a working copy with these exclusions; the text and everything else stay.

    Raises ``Forbidden``, ``Conflict``, ``Invalid`` for a number used twice.
    """
    kept = sorted(exclusions, key=lambda one: one.number)
    if len({one.number for one in kept}) != len(kept):
        raise Invalid("bip.exclusion_number_twice")
    return versions.keep_fields(session, actor, item_id, {FIELD: [asdict(one) for one in kept]}, expected=expected)


def check(_session: Session, _item: Item, version: ItemVersion) -> None:
    """Before publication: every exclusion says all the law asks, and stands in the text. Raises ``Invalid``."""
    for code in problems(of_fields(version.fields), version.body):
        raise Invalid(code)


def parts(body: str, exclusions: Sequence[Exclusion]) -> list[str | Exclusion]:
    """A shown text cut at its marks: pieces of HTML and the exclusions between them, in order."""
    known = {one.number: one for one in exclusions}
    found: list[str | Exclusion] = []
    start = 0
    for match in _PARAGRAPH.finditer(body):
        one = known.get(int(match.group(1)))
        if one is not None:
            found += [body[start : match.start()], one]
            start = match.end()
    found.append(body[start:])
    return [part for part in found if part]
