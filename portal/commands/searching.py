"""``wrota search``: the index made anew with a bar that shows how far it is, or compared with the database."""

from __future__ import annotations

from collections.abc import Callable

from portal.core.program import Program
from portal.web.texts import message
from search import actions, engines, upkeep
from search.actions import Progress, Report
from search.index import IndexUnavailable

Say = Callable[[str], None]
SHOWN = 20
"""How many keys of each kind of difference are named; the rest is counted."""


def rebuild(program: Program, say: Say, progress: Progress) -> bool:
    """Fill a new index beside the old one and let it answer; searching goes on meanwhile. True when it was done."""
    index = engines.of(program)
    _warn(program, say)
    try:
        count = actions.rebuild(program.database, index, progress)
    except IndexUnavailable as problem:
        say(message("search.cannot", engine=index.name, reason=problem.reason))
        return False
    upkeep.remember(program, index)
    say(message("search.rebuilt", engine=index.name, documents=count))
    return True


def check(program: Program, say: Say, *, repair: bool) -> bool:
    """Compare the index with the database, say what differs and have it put right. True when nothing differs.

    The repair is a job for each thing, carried out by the worker; an index that cannot be read is built anew by it.
    """
    index = engines.of(program)
    _warn(program, say)
    try:
        report = actions.check(program.database, index, repair=repair)
    except IndexUnavailable as problem:
        say(message("search.cannot", engine=index.name, reason=problem.reason))
        if repair:
            with program.database.transaction() as session:
                actions.request_rebuild(session)
            say(message("search.rebuild_asked"))
        return False
    _tell(report, say, repair=repair)
    return report.in_step


def _warn(program: Program, say: Say) -> None:
    """What this machine lacks to search well."""
    for what in engines.lacking(program):
        say(f"{message(f'search.lacking.{what}')}. {message(f'search.lacking.{what}.help')}")


def _tell(report: Report, say: Say, *, repair: bool) -> None:
    if report.in_step:
        say(message("search.in_step", documents=report.documents))
        return
    for what, keys in (("missing", report.missing), ("stale", report.stale), ("surplus", report.surplus)):
        if keys:
            named = ", ".join(keys[:SHOWN]) + (" …" if len(keys) > SHOWN else "")
            say(message(f"search.{what}", count=len(keys), keys=named))
    say(message("search.repaired" if repair else "search.only_compared"))
