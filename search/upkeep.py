"""How the index is looked after: what is wrong with it is noticed while the site runs, said, and healed.

A missing, damaged or outdated index is built anew. An index of an engine that has not answered here before, or not
lately, is compared with the database: while another engine was set, nothing reached it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import outbox
from portal.core.errors import Temporary
from portal.core.outbox import DUE, Effect, Job
from portal.core.ports import Ports
from portal.core.program import Program
from portal.web.health import Part
from search import actions, engines, tuning
from search.actions import Report
from search.index import Health, SearchIndex

log = structlog.get_logger(__name__)

EVERY = 60
"""Seconds between looks at the index."""
REST = timedelta(hours=1)
"""How long after a change could not be written for good the index is compared with the database."""
ROOM = 64 * 1024 * 1024
"""Bytes: with less free space on its disk the index may not take the next change."""
HEALED = frozenset({"missing", "damaged", "outdated"})
"""States that a rebuild heals."""
_LANE = "search.watch"


def condition(program: Program) -> Part:
    """How search is, in one word: ``ok``, ``missing``, ``damaged``, ``outdated``, ``full``, ``unreachable``, ``unset``,
    ``degraded``.

    ``full``: it answers, but its disk may not take the next change. ``unset``: the settings fit no engine.
    ``degraded``: it answers, but finds less or later than it could (``engines.lacking``).
    """
    try:
        health = engines.of(program).check()
    except ValueError:
        return Part("search", "unset", ok=False)
    if health.ok and not _has_room(program):
        return Part("search", "full", ok=False)
    if health.ok and engines.lacking(program):
        return Part("search", "degraded", ok=False)
    return Part("search", health.state, health.ok)


def _has_room(program: Program) -> bool:
    if program.settings.search_engine == "postgres":
        return True
    try:
        return shutil.disk_usage(program.settings.data_dir).free >= ROOM
    except OSError:
        return False


def ensure(session: Session, program: Program) -> None:
    """At the start of a worker: look at the index now, and every minute from now on; name what best bets lead to.

    What is missing, damaged or made by another analyser is built anew at once.
    """
    health = engines.of(program).check()
    _heal(session, health)
    tuning.name_targets(session)
    if not outbox.enqueue(session, actions.WATCH, actions.WATCH, {}, lane=_LANE, every=EVERY):
        outbox.hurry(session, actions.WATCH)


def _heal(session: Session, health: Health) -> None:
    if health.worn and actions.request_rebuild(session):
        log.info("search_index_worn", documents=health.documents)
    if health.state in HEALED and actions.request_rebuild(session):
        log.warning("search_index_broken", state=health.state, reason=health.detail)


def effects(program: Program) -> Sequence[Effect[Any, Any]]:
    """The looks at the index and its comparison with the database."""
    return (_watch_effect(program), _compare_effect(program))


def _watch_effect(program: Program) -> Effect[bool, tuple[Health, bool]]:
    def load(_session: Session, _payload: dict[str, Any]) -> bool:
        return True

    def call(_ports: Ports, _request: bool) -> tuple[Health, bool]:
        index = engines.of(program)
        # What is open hides what has happened to the files since.
        index.close()
        health = index.check()
        if health.ok and (file := index.altered()):
            health = Health("damaged", detail=f"{file} is not what was written")
        if not health.ok and health.state not in HEALED:
            log.warning("search_index_unusable", code=f"search.{health.state}", reason=health.detail)
        elif not _has_room(program):
            log.warning("search_disk_full", folder=str(program.settings.data_dir))
        return health, health.ok and _remembered(program) != index.name

    def save(session: Session, _payload: dict[str, Any], found: tuple[Health, bool]) -> None:
        health, changed = found
        _heal(session, health)
        if changed:
            actions.request_compare(session)

    return Effect(actions.WATCH, load, call, save)


def _compare_effect(program: Program) -> Effect[bool, Report]:
    def load(session: Session, _payload: dict[str, Any]) -> bool | None:
        # A rebuild on its way makes the comparison needless.
        building = session.scalar(select(Job.id).where(Job.topic == actions.REBUILD, Job.state == DUE).limit(1))
        return None if building else True

    def call(_ports: Ports, _request: bool) -> Report:
        index = engines.of(program)
        report = actions.check(program.database, index, repair=True)
        remember(program, index)
        return report

    def save(_session: Session, _payload: dict[str, Any], report: Report) -> None:
        counts = {"missing": len(report.missing), "stale": len(report.stale), "surplus": len(report.surplus)}
        log.info("search_compared", documents=report.documents, **counts)

    return Effect(actions.COMPARE, load, call, save, attempts=50)


def remember(program: Program, index: SearchIndex) -> None:
    """Note that the index of this engine is in step now. Raises ``Temporary`` when the disk takes nothing."""
    file = _note(program)
    fresh = file.with_name(f"{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(index.name, "ascii")
        fresh.replace(file)
    except OSError as cause:
        raise Temporary(f"{file.name} cannot be written: {cause}", code="search.full") from cause


def _remembered(program: Program) -> str:
    try:
        return _note(program).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def _note(program: Program) -> Path:
    return program.settings.data_dir / "search" / "ENGINE"
