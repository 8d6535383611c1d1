"""``wrota bip-check``: the ten points the law asks of the Bulletin, proved over its pages and its database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from bip import acceptance
from bip.acceptance import Point
from bip.acceptance_parts import WRONG, Part, Problem
from bip.acceptance_words import said_of
from bip.reading import HttpReader, Reader
from portal.commands import audited
from portal.content.models import Item
from portal.core.db import Database
from portal.core.program import Program
from portal.web.texts import message

Say = Callable[[str], None]


def bip_check(program: Program, say: Say, where: str = "", *, axe: bool = False) -> bool:
    """Run the check over the pages at ``where`` (empty: of this program) and say what holds. True: nothing is wrong.

    ``axe``: also open one page of every template in a browser, at its address. Raises ``CannotAudit``.
    """
    reader = HttpReader(where) if where else program.ports.of(Reader)
    base = where or program.settings.public_url
    auditor = partial(audited.audit, base) if axe else None
    points = acceptance.run(program.database.reading, reader, base, auditor)
    paths = _paths(program.database, points)
    for point in points:
        say(message(f"bip.verdict.{point.verdict}", number=point.number, about=message(f"bip.point.{point.number}")))
        for part in point.parts:
            _say_part(part, say, paths)
    wrong = sum(point.verdict == WRONG for point in points)
    say(message("bip_check.wrong", count=wrong) if wrong else message("bip_check.holds"))
    return not wrong


def _say_part(part: Part, say: Say, paths: dict[int, str]) -> None:
    say("   " + said_of(part))
    for problem in part.problems:
        say("      " + said(problem, paths))
    if part.more:
        say("      " + message("bip.acceptance.more", count=part.more))


def said(problem: Problem, paths: dict[int, str]) -> str:
    """What does not hold, where."""
    place = problem.address or paths.get(problem.item_id, f"item:{problem.item_id}")
    return f"{place}: {message(f'bip.problem.{problem.code}', detail=problem.detail)}"


def _paths(database: Database, points: list[Point]) -> dict[int, str]:
    ids = {problem.item_id for point in points for part in point.parts for problem in part.problems}
    with database.reading() as session:
        return {row.id: row.path for row in session.execute(select(Item.id, Item.path).where(Item.id.in_(ids)))}
