"""The worker's part: exports and imports in small parts, so that each can be watched, left and continued."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.content import acts
from portal.content.exchange import actions, plan, sources
from portal.content.exchange.bring import Bringing
from portal.content.exchange.entries import Broken, Source
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.packing import Packing
from portal.content.exchange.plan import Line
from portal.content.exchange.workflow import CHECKING, TRANSFER
from portal.core import actors, clock, outbox
from portal.core.errors import DomainError, OutsideError
from portal.core.outbox import Effect
from portal.core.program import Program

PART = 100
"""Entries brought in by one job: well under a lease."""
DAY = 24 * 3600
MEGABYTE = 2**20
UNPACKED = 4
"""How much larger than the greatest allowed file its content may be."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one job needs to know of its transfer."""

    id: int
    kind: str
    item_id: int
    path: str
    user_id: int
    file: str
    state: str
    step: int
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a job achieved: how far the work is, new lines of the report, or why it cannot go on."""

    step: int
    total: int
    lines: Sequence[Line] = ()
    size: int = 0
    refusal: DomainError | None = None
    counts: dict[str, Any] = field(default_factory=dict)


def effects(program: Program) -> list[Effect[Any, Any]]:
    """The effects of exchange."""
    return [
        Effect(actions.WORK, _load, lambda _ports, task: _call(program, task), _save, gave_up=_gave_up),
        Effect(actions.SWEEP, _expired, lambda _ports, names: _delete(program, names), _forget),
    ]


def ensure(session: Session) -> None:
    """Let the deleting of old files stand among the recurring jobs."""
    outbox.enqueue(session, actions.SWEEP, actions.SWEEP, {}, every=DAY)


def limit(program: Program) -> int:
    """How many bytes a source may hold unpacked."""
    return program.settings.import_limit_mb * MEGABYTE * UNPACKED


def _load(session: Session, payload: dict[str, Any]) -> Task | None:
    made = session.get(Transfer, payload["transfer"])
    if made is None or made.state != payload["state"] or made.step != payload["step"]:
        return None
    return Task(
        made.id, made.kind, made.item_id, acts.find(session, made.item_id).path, made.user_id, made.file, made.state,
        made.step, made.options,
    )  # fmt: skip


def _call(program: Program, task: Task) -> Progress:
    try:
        if task.kind == actions.EXPORT:
            return _pack(program, task)
        source = sources.opened(task.kind, _folder(program) / task.file, limit(program), task.options)
        with closing(source):
            return _check(program, task, source) if task.state == CHECKING else _bring(program, task, source)
    except DomainError as refusal:
        return Progress(task.step, task.step, refusal=refusal)


def _folder(program: Program) -> Path:
    return actions.folder(program.settings.data_dir)


def _pack(program: Program, task: Task) -> Progress:
    place = _folder(program)
    packing = Packing(
        program.database.reading, program.blobs, task.path, program.settings.public_url, place / task.file
    )
    kept = place / f"{task.file}.order"
    if task.step == 0 or not kept.exists():
        kept.write_text(json.dumps(packing.order()))
    order = [(row[0], row[1]) for row in json.loads(kept.read_text())]
    try:
        step = packing.pack(task.step, order)
    except zipfile.BadZipFile:
        # The last part was cut off while it was written: begin anew.
        step = packing.pack(0, order)
    if step < len(order):
        return Progress(step, len(order))
    packing.close(len(order))
    kept.unlink()
    return Progress(step, len(order), size=(place / task.file).stat().st_size)


def _check(program: Program, task: Task, source: Source) -> Progress:
    def say(step: int, total: int) -> None:
        with program.database.transaction() as session:
            session.execute(update(Transfer).where(Transfer.id == task.id).values(counts={"seen": step}, total=total))

    check_all = getattr(source, "check_all", None)
    if check_all is not None:
        check_all()
    with program.database.reading() as session:
        target = acts.find(session, task.item_id)
    with program.database.reading() as session:
        lines = plan.lines(session, actors.user(task.user_id), source, target, say)
    return Progress(0, source.count(), lines, counts=plan.counts(lines))


def _bring(program: Program, task: Task, source: Source) -> Progress:
    count = source.count()
    asker, hand = actors.user(task.user_id), actors.system_for(task.user_id)
    work = Bringing(program.database, program.blobs, source, task.item_id, asker, hand)
    end = min(task.step + PART, count if task.step < count else 2 * count)
    found = []
    for step in range(task.step, end):
        line = work.place(step) if step < count else work.fill(step - count)
        found += [line] if line else []
    return Progress(end, 2 * count, found)


def _save(session: Session, payload: dict[str, Any], result: Progress) -> None:
    made = session.get(Transfer, payload["transfer"], with_for_update=True)
    if made is None or made.state != payload["state"]:
        return
    if result.refusal is not None:
        actions.fail(session, made, result.refusal)
        return
    made.total = result.total
    if made.state == CHECKING:
        actions.keep_lines(session, made, result.lines, anew=True)
        made.counts = result.counts
        TRANSFER.fire(made, "checked")
        return
    if made.kind != actions.EXPORT:
        actions.keep_lines(session, made, result.lines, anew=False)
    made.step = result.step
    if result.step < result.total:
        session.flush()
        actions.work(session, made)
    else:
        actions.end(session, made, counted(session, made.id), result.size)


def counted(session: Session, transfer_id: int) -> dict[str, Any]:
    """How many lines of each outcome the report has."""
    query = select(TransferLine.outcome, func.count()).where(TransferLine.transfer_id == transfer_id)
    return {name: int(count) for name, count in session.execute(query.group_by(TransferLine.outcome))}


def _gave_up(session: Session, payload: dict[str, Any], _state: str, _error: OutsideError) -> None:
    made = session.get(Transfer, payload["transfer"])
    if made is not None:
        actions.fail(session, made, Broken("transfer.defect"))


def _expired(session: Session, _payload: dict[str, Any]) -> list[tuple[int, str]] | None:
    query = select(Transfer.id, Transfer.file).where(Transfer.expires_at <= clock.now(), Transfer.file != "")
    return [(row.id, row.file) for row in session.execute(query)] or None


def _delete(program: Program, rows: list[tuple[int, str]]) -> list[int]:
    for _, name in rows:
        (_folder(program) / name).unlink(missing_ok=True)
        (_folder(program) / f"{name}.order").unlink(missing_ok=True)
    return [number for number, _ in rows]


def _forget(session: Session, _payload: dict[str, Any], numbers: list[int]) -> None:
    session.execute(update(Transfer).where(Transfer.id.in_(numbers)).values(file=""))
