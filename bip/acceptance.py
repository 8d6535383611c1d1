"""What the law asks of the Bulletin, as ten points a program can prove over the pages everyone reads and the database.

Each point has parts; a part says how many things were looked at and which of them do not hold, or why nothing was
looked at: nothing unseen is ever called good. ``asked`` reads the database, ``looked`` opens the pages (no
transaction is open then), ``finished`` asks whether the attempt it made was noted. Runs are kept as events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import acceptance_facts, acceptance_pages, acceptance_wanted
from bip.acceptance_parts import MOST, OK, UNSEEN, WRONG, Asked, Part, Problem, Tally
from bip.reading import Reader
from portal.core import events
from portal.core.actors import Actor
from portal.core.events import Event, EventRef

Auditor = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
"""Opens paths in a browser; the rules of axe-core that each of them breaks."""
SUBJECT = "bulletin:acceptance"
POINTS: dict[int, tuple[str, ...]] = {
    1: ("frame", "obligatory", "editors", "foreign"),
    2: ("marks", "reasons", "marks_shown"),
    3: ("menu", "filled", "bases"),
    4: ("exclusions", "exclusions_shown"),
    5: ("declaration", "declaration_review"),
    6: ("early", "late"),
    7: ("attempts", "reviews", "copies", "restored"),
    8: ("captions",),
    9: ("pdf", "texts", "axe"),
    10: ("copying", "printing", "robots", "redirects", "notes"),
}
"""The ten points and their parts (sentences: ``bip.point.<number>``, ``bip.part.<code>``)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One of the ten: as good as the worst of its parts; with nothing to look at it is unseen."""

    number: int
    parts: tuple[Part, ...]

    @property
    def verdict(self) -> str:
        found = {part.verdict for part in self.parts}
        return WRONG if WRONG in found else UNSEEN if UNSEEN in found or OK not in found else OK


def asked(session: Session, *, most: int = 0) -> Asked:
    """Read the database. ``most``: pages of items at a time, the others on other days; 0: all."""
    wanted, total = acceptance_wanted.pages(session, most)
    last = session.scalar(select(Event.seq).order_by(Event.seq.desc()).limit(1)) or 0
    return Asked(wanted, total, tuple(acceptance_facts.parts(session, wanted)), last)


def looked(reader: Reader, request: Asked, base: str) -> Asked:
    """Open the pages at the site ``base``; the parts they answer are added."""
    found, tried = acceptance_pages.parts(reader, request, base)
    return replace(request, parts=(*request.parts, *found), tried=tried)


def finished(session: Session, result: Asked) -> list[Point]:
    """All ten points."""
    parts = {part.code: part for part in (*result.parts, acceptance_facts.attempts(session, result))}
    return [Point(number, tuple(parts[code] for code in codes)) for number, codes in POINTS.items()]


def run(
    reading: Callable[[], AbstractContextManager[Session]], reader: Reader, base: str, auditor: Auditor | None = None
) -> list[Point]:
    """The whole check, nothing kept."""
    with reading() as session:
        request = asked(session)
    result = looked(reader, request, base)
    if auditor is not None:
        result = replace(result, parts=(*result.parts, _audited(request, auditor)))
    with reading() as session:
        return finished(session, result)


def _audited(request: Asked, auditor: Auditor) -> Part:
    """What axe-core says of one page of every template."""
    tally, pages = Tally(), acceptance_wanted.templates(request.wanted)
    said = auditor([one.path for one in pages])
    for one in pages:
        tally.saw("axe", one, *(("axe", rule) for rule in said[one.path]))
    return tally.part("axe")


def keep(session: Session, actor: Actor, points: list[Point]) -> None:
    """Keep the run as a fact."""
    told = {str(point.number): [_told(part) for part in point.parts] for point in points}
    wrong = sum(point.verdict == WRONG for point in points)
    unseen = sum(point.verdict == UNSEEN for point in points)
    events.record(
        session, actor, "bip.accepted", [SUBJECT], data={"points": told, "wrong": wrong, "unseen": unseen}
    )  # fmt: skip


def _told(part: Part) -> dict[str, Any]:
    problems = [[one.code, one.item_id, one.address, one.detail] for one in part.problems[:MOST]]
    return {
        "code": part.code, "seen": part.seen, "of": part.of, "unseen": part.unseen, "problems": problems,
        "count": part.count,
    }  # fmt: skip


def runs(session: Session, limit: int = 30) -> list[Event]:
    """The kept runs, newest first."""
    query = select(Event).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == SUBJECT)
    return list(session.scalars(query.order_by(EventRef.seq.desc()).limit(limit)))


def points_of(event: Event) -> list[Point]:
    """The points of a kept run."""
    return [
        Point(int(number), tuple(_part(one) for one in parts))
        for number, parts in sorted(event.data["points"].items(), key=lambda pair: int(pair[0]))
    ]


def _part(told: dict[str, Any]) -> Part:
    problems = tuple(Problem(*one) for one in told["problems"])
    return Part(told["code"], told["seen"], problems, told["unseen"], told["of"], told["count"] - len(problems))
