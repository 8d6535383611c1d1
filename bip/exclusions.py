"""Exclusions of openness (UDIP art. 5 and art. 8(5)): what is withheld, why, by whom, in whose interest.

What is withheld is not in the text any more: a mark stands in its place, ``[wyłączenie 1]`` as a paragraph (in a list
or a table too) or inside a sentence; on the page a bar with all the facts takes its place. A withheld file, or page
of a file, has no mark; its bar stands under the text. The facts are kept among the version's fields, the basis with
its address as they were then, so each state of an item has its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import fields as dataclass_fields
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import blackened
from portal.content import versions
from portal.content.models import Item, ItemVersion
from portal.core.actors import Actor
from portal.core.errors import Invalid
from portal.web.texts import message

FIELD = "exclusions"
TEXT, WORDS, FILE, PAGE = "text", "words", "file", "page"
MARK = re.compile(r"\[wyłączenie (\d{1,3})\]")
_BETWEEN = re.compile(r"(<[^>]*>)")
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
    """One withheld fragment. ``interest`` does not name a natural person (``strona postępowania``).

    ``place``: ``text``, ``words`` (inside a sentence), ``file`` (the file called ``file`` is not attached), ``page``
    (its ``pages`` are black; ``document`` is the number of the file they were still seen in). ``taken_from``: the
    number of the version in which the text still stood, for editors.
    """

    number: int
    ground: str
    scope: str
    made_by: str
    interest: str = ""
    basis: str = ""
    address: str = ""
    place: str = TEXT
    file: str = ""
    pages: str = ""
    document: int = 0
    taken_from: int = 0

    @property
    def why(self) -> Ground:
        """The ground, with its basis as it was written down then."""
        known = grounds()[self.ground]
        return replace(known, basis=self.basis or known.basis, address=self.address or known.address)

    @property
    def marked(self) -> bool:
        """Whether a mark stands for it in the text."""
        return self.place in (TEXT, WORDS)

    def stored(self) -> dict[str, Any]:
        """As it is kept among a version's fields: what says nothing is left out."""
        whole = asdict(self)
        needed = ("number", "ground", "scope", "made_by", "interest")
        plain = {one.name: one.default for one in dataclass_fields(self)}
        return {name: value for name, value in whole.items() if name in needed or value != plain[name]}


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
    blocks = [int(number) for number in _PARAGRAPH.findall(body)]
    if len(set(blocks)) != len(blocks):
        found.append("bip.exclusion_mark_twice")
    if {int(number) for number in MARK.findall(body)} != {one.number for one in exclusions if one.marked}:
        found.append("bip.exclusion_marks_differ")
    return found


def missing(exclusions: Iterable[Exclusion], body: str) -> list[Exclusion]:
    """Those whose place has gone from the text."""
    there = {int(number) for number in MARK.findall(body)}
    return [one for one in exclusions if one.marked and one.number not in there]


def set_exclusions(
    session: Session, actor: Actor, item_id: int, exclusions: Iterable[Exclusion], *, expected: int | None
) -> ItemVersion:
    """Save a working copy with these exclusions; the text and everything else stay.

    Raises ``Forbidden``, ``Conflict``, ``Invalid`` for a number used twice.
    """
    kept = sorted(exclusions, key=lambda one: one.number)
    if len({one.number for one in kept}) != len(kept):
        raise Invalid("bip.exclusion_number_twice")
    return versions.keep_fields(session, actor, item_id, {FIELD: [one.stored() for one in kept]}, expected=expected)


def next_number(session: Session, item_id: int) -> int:
    """The number of the item's next exclusion: one that was taken back is not used again, as the register tells of
    exclusions by their numbers."""
    every = session.scalars(select(ItemVersion.fields).where(ItemVersion.item_id == item_id))
    return max((one.number for fields in every for one in of_fields(fields)), default=0) + 1


def check(session: Session, item: Item, version: ItemVersion) -> None:
    """Before publication: every exclusion says all the law asks, and is carried out. Raises ``Invalid``."""
    kept = of_fields(version.fields)
    for code in problems(kept, version.body):
        raise Invalid(code)
    of_files = [one for one in kept if one.place in (FILE, PAGE)]
    if of_files:
        _check_files(session, item, version, of_files)


def _check_files(session: Session, item: Item, version: ItemVersion, kept: Sequence[Exclusion]) -> None:
    """No withheld file is attached under any name, and of one with withheld pages only copies with all of them black.

    An item taken over from elsewhere names documents of another system: of those nothing is known here.
    """
    attached, ever = blackened.files(session, item.id, version.id)
    for one in kept:
        if ever.get(one.document) in attached:
            raise Invalid("bip.exclusion_still_attached", number=one.number, name=one.file)
    for one in kept:
        if one.place == PAGE and one.document in ever:
            asked = {int(page) for page in re.findall(r"\d+", one.pages)}
            made = blackened.copies(session, item.id, ever[one.document])
            there = [pages for sha256, pages in made.items() if sha256 in attached]
            if not there or not all(asked <= pages for pages in there):
                raise Invalid("bip.exclusion_not_black", number=one.number, name=one.file, pages=one.pages)


def check_brought(session: Session, actor: Actor, item: Item, version: ItemVersion) -> None:
    """Before a person publishes what was brought from elsewhere: a file beside it has each withheld page black.

    Which file was meant and who made it black is known only there; its pages can be seen. Raises ``Invalid``.
    """
    pages = [one for one in of_fields(version.fields) if one.place == PAGE]
    if actor.kind != "user" or not pages:
        return
    _, ever = blackened.files(session, item.id, version.id)
    black = blackened.seen(session, version.id)
    for one in pages:
        asked = {int(page) for page in re.findall(r"\d+", one.pages)}
        if one.document not in ever and not any(asked <= there for there in black):
            raise Invalid("bip.exclusion_not_seen_black", number=one.number, name=one.file, pages=one.pages)


def parts(body: str, exclusions: Sequence[Exclusion]) -> list[str | Exclusion]:
    """A shown text cut at its marks: pieces of HTML and the exclusions between them, in order.

    A mark inside a sentence becomes a few words there, and its facts follow the text, as those of files do.
    """
    known = {one.number: one for one in exclusions}
    found: list[str | Exclusion] = []
    shown: set[int] = set()
    start = 0
    for match in _PARAGRAPH.finditer(body):
        one = known.get(int(match.group(1)))
        if one is not None:
            found += [_with_words(body[start : match.start()], known), one]
            shown.add(one.number)
            start = match.end()
    found.append(_with_words(body[start:], known))
    inside = {int(number) for number in MARK.findall(body)} - shown
    found += [one for one in exclusions if one.number in inside or not one.marked]
    return [part for part in found if part]


def _with_words(markup: str, known: Mapping[int, Exclusion]) -> str:
    """A piece of HTML with a few words in the place of each mark inside a sentence; attributes are left alone."""

    def said(match: re.Match[str]) -> str:
        one = known.get(int(match.group(1)))
        if one is None:
            return match.group()
        words = escape(message("bip.exclusion.inside", number=one.number, scope=one.scope))
        return f'<a class="c-excluded-in" href="#wylaczenie-{one.number}">{words}</a>'

    pieces = _BETWEEN.split(markup)
    return "".join(piece if place % 2 else MARK.sub(said, piece) for place, piece in enumerate(pieces))
