"""The worker's part: exports and imports in small parts, so that each can be watched, left and continued."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.content import acts
from portal.content.exchange import actions, mapping, plan, sources
from portal.content.exchange.bring import Bringing
from portal.content.exchange.crawl import Crawl, Walked
from portal.content.exchange.entries import Broken, Note, Source
from portal.content.exchange.fetching import Fetching
from portal.content.exchange.models import Transfer
from portal.content.exchange.packing import Packing
from portal.content.exchange.plan import Line
from portal.content.exchange.workflow import CHECKING, TRANSFER, WALKING
from portal.core import actors, clock, outbox
from portal.core.errors import DomainError, OutsideError
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.core.program import Program

PART = 100
"""Entries brought in by one job: well under a lease."""
WALK_SECONDS = 45.0
"""How long one job walks through an old Bulletin: with the slowest answer after it, well under a lease."""
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

    @property
    def mapping(self) -> str:
        """The file of the mapping by which an old Bulletin is read."""
        return str(self.options.get("mapping") or self.file)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a job achieved: how far the work is, new lines of the report, or why it cannot go on."""

    step: int
    total: int
    lines: Sequence[Line] = ()
    size: int = 0
    refusal: DomainError | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    walked: Walked | None = None
    bearers: Sequence[dict[str, Any]] = ()


def effects(program: Program) -> list[Effect[Any, Any]]:
    """The effects of exchange."""
    return [
        Effect(actions.WORK, _load, lambda ports, task: _call(program, ports, task), _save, gave_up=_gave_up),
        Effect(actions.SWEEP, _expired, lambda _ports, names: _delete(program, names), _forget),
    ]


def ensure(session: Session) -> None:
    """Let the deleting of old files stand among the recurring jobs."""
    outbox.enqueue(session, actions.SWEEP, actions.SWEEP, {}, every=DAY)


def limit(program: Program) -> int:
    """How many bytes a source may hold unpacked."""
    return program.settings.import_limit_mb * MEGABYTE * UNPACKED


def walk_limit(program: Program) -> int:
    """How many bytes of an old site may be fetched in all."""
    return program.settings.crawl_limit_mb * MEGABYTE


def _load(session: Session, payload: dict[str, Any]) -> Task | None:
    made = session.get(Transfer, payload["transfer"])
    if made is None or made.state != payload["state"] or made.options.get("part") != payload.get("part"):
        return None
    return Task(
        made.id, made.kind, made.item_id, acts.find(session, made.item_id).path, made.user_id, made.file, made.state,
        made.step, made.options,
    )  # fmt: skip


def _call(program: Program, ports: Ports, task: Task) -> Progress:
    try:
        if task.kind == actions.EXPORT:
            return _pack(program, task)
        if task.state == WALKING:
            return _walk(program, ports, task)
        options = task.options | {"folder": str(kept_in(program, task.file))}
        source = sources.opened(task.kind, _folder(program) / task.mapping, limit(program), options)
        with closing(source):
            return _check(program, task, source) if task.state == CHECKING else _bring(program, task, source)
    except DomainError as refusal:
        return Progress(task.step, task.step, refusal=refusal)


def _folder(program: Program) -> Path:
    return actions.folder(program.settings.data_dir)


def kept_in(program: Program, file: str) -> Path:
    """Where the pages of an old Bulletin are kept."""
    return actions.pages(program.settings.data_dir, file)


def _still(program: Program, task: Task) -> bool:
    """Whether nobody has stopped the work meanwhile."""
    with program.database.reading() as session:
        return session.scalar(select(Transfer.state).where(Transfer.id == task.id)) == task.state


def _walk(program: Program, ports: Ports, task: Task) -> Progress:
    rules = mapping.read((_folder(program) / task.mapping).read_bytes(), str(task.options.get("start", "")))
    fetcher = ports.of(Fetching).fetcher(rules.agent, rules.fetched)
    crawl = Crawl(
        rules,
        fetcher,
        kept_in(program, task.file),
        most=int(task.options.get("most", 0)),
        most_bytes=walk_limit(program),
    )
    until = time.monotonic() + WALK_SECONDS

    def say(done: int, known: int) -> None:
        with program.database.transaction() as session:
            session.execute(update(Transfer).where(Transfer.id == task.id).values(step=done, total=known))

    walked = crawl.run(say, lambda: time.monotonic() < until and _still(program, task))
    return Progress(walked.done, walked.done + walked.more, walked=walked)


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
    packing.close(order)
    kept.unlink()
    return Progress(step, len(order), size=(place / task.file).stat().st_size)


def _check(program: Program, task: Task, source: Source) -> Progress:
    def say(step: int, total: int) -> None:
        with program.database.transaction() as session:
            session.execute(update(Transfer).where(Transfer.id == task.id).values(step=step, total=total))

    check_all = getattr(source, "check_all", None)
    if check_all is not None:
        check_all()
    with program.database.reading() as session:
        target = acts.find(session, task.item_id)
    with program.database.reading() as session:
        lines = plan.lines(session, actors.user(task.user_id), source, target, say)
    return Progress(0, source.count(), lines, counts=plan.counts(lines), bearers=plan.bearers(lines))


def _bring(program: Program, task: Task, source: Source) -> Progress:
    count = source.count()

    def keep(session: Session, line: Line) -> None:
        actions.keep_line(session, task.id, line)

    def more(session: Session, number: int, notes: Sequence[Note]) -> None:
        actions.keep_more(session, task.id, number, notes)

    asker, hand = actors.user(task.user_id), actors.system_for(task.user_id)
    work = Bringing(
        program.database, program.blobs, source, task.item_id, asker, hand, keep, more, task.options.get("whom", {})
    )
    passes: tuple[Callable[[int], object], ...] = (work.place, work.fill, work.tie)
    end = min(task.step + PART, count * (task.step // count + 1) if count else 0)
    for step in range(task.step, end):
        if not _still(program, task):
            return Progress(step, len(passes) * count)
        passes[step // count](step % count)
    return Progress(end, len(passes) * count)


def _save(session: Session, payload: dict[str, Any], result: Progress) -> None:
    made = session.get(Transfer, payload["transfer"], with_for_update=True)
    if made is None or made.state != payload["state"] or made.options.get("part") != payload.get("part"):
        return  # stopped meanwhile, or stopped and begun again: what was done is known, the next job goes on from it
    if result.refusal is not None:
        actions.fail(session, made, result.refusal)
        return
    made.step, made.total = result.step, result.total
    if made.state == WALKING:
        _walked(session, made, result)
    elif made.state == CHECKING:
        actions.keep_plan(session, made, result.lines)
        made.counts, made.step = result.counts, 0
        made.options = {**made.options, "bearers": list(result.bearers)}
        TRANSFER.fire(made, "checked")
    elif result.step < result.total:
        actions.work(session, made)
    else:
        actions.end(session, made, actions.counted(session, made.id), result.size)


def _walked(session: Session, made: Transfer, result: Progress) -> None:
    walked = result.walked
    wait, finished = (walked.wait, walked.finished) if walked is not None else (0.0, True)
    if finished:
        made.options = {**made.options, "fetched": result.step, "more": result.total - result.step,
                        "full": walked is not None and walked.full}  # fmt: skip
        made.step = made.total = 0
        TRANSFER.fire(made, "walked")
    actions.work(session, made, wait=wait)


def _gave_up(session: Session, payload: dict[str, Any], _state: str, _error: OutsideError) -> None:
    made = session.get(Transfer, payload["transfer"])
    if made is not None:
        actions.fail(session, made, Broken("transfer.defect"))


@dataclass(frozen=True, slots=True)
class Leaving:
    """What has had its time: (transfer, its file, a mapping tried on it). ``known``: files of all the others."""

    rows: Sequence[tuple[int, str, str]]
    known: frozenset[str]


def _expired(session: Session, _payload: dict[str, Any]) -> Leaving:
    query = select(Transfer.id, Transfer.file, Transfer.options, Transfer.expires_at).where(Transfer.file != "")
    now, rows, known = clock.now(), list[tuple[int, str, str]](), set[str]()
    for row in session.execute(query):
        known |= {row.file, str(row.options.get("mapping", ""))}
        if row.expires_at <= now:
            rows.append((row.id, row.file, str(row.options.get("mapping", ""))))
    return Leaving(rows, frozenset(known))


def _delete(program: Program, leaving: Leaving) -> list[int]:
    place = _folder(program)
    for _, name, tried in leaving.rows:
        for file in (name, f"{name}.order", tried):
            if file:
                (place / file).unlink(missing_ok=True)
        shutil.rmtree(kept_in(program, name), ignore_errors=True)
    # A refused archive waits a day for its form to be put right, and so long lies what was cut off.
    for one in (*place.glob("*.zip"), *place.glob("*.part"), *place.glob("*.toml")):
        if one.name not in leaving.known and one.stat().st_mtime < time.time() - DAY:
            one.unlink(missing_ok=True)
    return [number for number, *_ in leaving.rows]


def _forget(session: Session, _payload: dict[str, Any], numbers: list[int]) -> None:
    session.execute(update(Transfer).where(Transfer.id.in_(numbers)).values(file=""))
