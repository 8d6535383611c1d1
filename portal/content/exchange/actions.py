"""Acts of exchange: ask for an export or an import, say "go", stop it, let it go on, note progress, give up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import case, delete, func, select
from sqlalchemy.orm import Session

from portal.content import acts, paths, types
from portal.content.exchange.entries import Note
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.plan import KNOWN, PARTLY, PLANNED, TAKEN, Line
from portal.content.exchange.workflow import (
    BUSY,
    CHECKED,
    CHECKING,
    DONE,
    FAILED,
    RUNNING,
    STOPPED,
    TRANSFER,
    WALKING,
)
from portal.core import clock, events, outbox
from portal.core.actors import SYSTEM, Actor
from portal.core.errors import Conflict, DomainError, Invalid, NotFound

EXPORT, WORK, SWEEP = "export", "content.transfer", "content.transfer.sweep"
BIP = "bip"
KEPT, KEPT_WALK = timedelta(days=7), timedelta(days=60)
"""How long the file of an export or import is kept; and what was fetched of an old Bulletin."""
TRIAL = 30
"""Addresses of an old Bulletin that are fetched first, to see whether the mapping fits."""
LANE = "content.transfer"


def ask_export(session: Session, actor: Actor, item_id: int) -> Transfer:
    """Have the archive of an item and all below it made. Raises ``NotFound``, ``Forbidden``."""
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "admin")
    name = f"{paths.name_of(item.path) or 'portal'}-{clock.today():%Y-%m-%d}.zip"
    made = _new(session, actor, EXPORT, item_id, name, RUNNING, {})
    events.record(session, actor, "transfer.export_asked", [made.ref, item.ref])
    work(session, made)
    return made


def ask_import(
    session: Session, actor: Actor, item_id: int, kind: str, *, name: str, file: str, size: int,
    options: dict[str, Any] | None = None,
) -> Transfer:  # fmt: skip
    """Have a file looked through that shall be brought under an item; nothing is changed yet.

    The same file again is the same import, as it is by now. Raises ``NotFound``, ``Forbidden``.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "admin")
    known = session.scalars(select(Transfer).where(Transfer.file == file)).first()
    if known is not None:
        return known
    made = _new(session, actor, kind, item_id, name[:200], CHECKING, options or {})
    made.file, made.size = file, size
    events.record(session, actor, "transfer.import_asked", [made.ref, item.ref], data={"kind": kind})
    work(session, made)
    return made


def ask_walk(
    session: Session, actor: Actor, item_id: int, *, name: str, file: str, options: dict[str, Any]
) -> Transfer:
    """Have an old Bulletin walked through, at first ``options["most"]`` addresses of it; nothing is brought in yet.

    ``file`` is the mapping. Raises ``NotFound``, ``Forbidden``, ``Invalid`` for a place outside the Bulletin.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "admin")
    if not types.of(item.type).family.journal:
        raise Invalid("import.bip.place")
    made = _new(session, actor, BIP, item_id, name[:200], WALKING, options)
    made.file, made.expires_at = file, clock.now() + KEPT_WALK
    events.record(session, actor, "transfer.import_asked", [made.ref, item.ref], data={"kind": BIP})
    work(session, made)
    return made


def _new(
    session: Session, actor: Actor, kind: str, item_id: int, name: str, state: str, options: dict[str, Any]
) -> Transfer:
    now = clock.now()
    made = Transfer(
        kind=kind, item_id=item_id, user_id=int(actor.user_id or actor.on_behalf_of or 0), name=name, state=state,
        file=f"{secrets.token_hex(16)}.zip", options=options, created_at=now, expires_at=now + KEPT, details={},
        counts={},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def find(session: Session, actor: Actor, transfer_id: int) -> Transfer:
    """The transfer, for who administers the place it is about. Raises ``NotFound`` for anybody else."""
    made = session.get(Transfer, transfer_id)
    if made is None:
        raise NotFound("transfer.unknown")
    try:
        acts.require(session, actor, acts.find(session, made.item_id), "admin")
    except DomainError as cause:
        raise NotFound("transfer.unknown") from cause
    return made


def go(session: Session, actor: Actor, transfer_id: int, whom: Mapping[str, str] | None = None) -> Transfer:
    """Carry out what was looked through. ``whom``: who bore roles there → who is given them here, and nobody else.

    Raises ``NotFound``, ``Conflict`` when it waits for nobody.
    """
    made = find(session, actor, transfer_id)
    if made.state != CHECKED:
        raise Conflict("transfer.not_waiting")
    TRANSFER.fire(made, "go")
    made.options = {**made.options, "whom": dict(whom or {})}
    made.step, made.total, made.user_id = 0, 0, int(actor.user_id or made.user_id)
    events.record(session, actor, "transfer.import_begun", [made.ref], data={"kind": made.kind})
    work(session, made)
    return made


def stop(session: Session, actor: Actor, transfer_id: int) -> Transfer:
    """Stop the work after the entry or address it is at. Raises ``NotFound``, ``Conflict`` when it is not under way."""
    made = find(session, actor, transfer_id)
    if made.state not in BUSY or made.kind == EXPORT:
        raise Conflict("transfer.not_busy")
    made.options = {**made.options, "stopped": made.state}
    TRANSFER.fire(made, "stop")
    if made.options["stopped"] == RUNNING:
        made.counts = counted(session, made.id)
    events.record(session, actor, "transfer.stopped", [made.ref], data={"kind": made.kind, "step": made.step})
    return made


def go_on(session: Session, actor: Actor, transfer_id: int) -> Transfer:
    """Let stopped or failed work go on where it was. Raises ``NotFound``, ``Conflict`` when there is none."""
    made = find(session, actor, transfer_id)
    if not resumable(made):
        raise Conflict("transfer.not_stopped")
    arrow = {WALKING: "walk", CHECKING: "check", RUNNING: "go_on"}[made.options["stopped"]]
    return _again(session, actor, made, arrow)


def resumable(made: Transfer) -> bool:
    """Whether the work was stopped or broke off where it can go on."""
    return made.state in (STOPPED, FAILED) and bool(made.options.get("stopped")) and bool(made.file)


def walk_on(session: Session, actor: Actor, transfer_id: int) -> Transfer:
    """Fetch the rest of an old Bulletin after the trial. Raises ``NotFound``, ``Conflict`` when it does not wait."""
    made = find(session, actor, transfer_id)
    if made.kind != BIP or made.state != CHECKED or not made.file:
        raise Conflict("transfer.not_waiting")
    made.options = {**made.options, "most": 0}
    return _again(session, actor, made, "walk")


def remappable(session: Session, actor: Actor, transfer_id: int) -> Transfer:
    """The walk, whose pages may be read by another mapping now. Raises ``NotFound``, ``Conflict``."""
    made = find(session, actor, transfer_id)
    if made.kind != BIP or made.state not in (CHECKED, STOPPED, FAILED) or not made.file:
        raise Conflict("transfer.not_waiting")
    return made


def remap(session: Session, actor: Actor, transfer_id: int, file: str) -> Transfer:
    """Read what was fetched by another mapping, ``file``. Raises ``NotFound``, ``Conflict`` when it does not wait."""
    made = remappable(session, actor, transfer_id)
    made.options = {**made.options, "mapping": file}
    return _again(session, actor, made, "check")


def look_again(
    session: Session, actor: Actor, transfer_id: int, kind: str, item_id: int, options: dict[str, Any]
) -> Transfer:
    """Look through the same file as another kind, or for another place; nothing of it was brought in yet.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` when something was, or the file is gone.
    """
    made = find(session, actor, transfer_id)
    if not sent_file(made):
        raise Conflict("transfer.not_waiting")
    acts.require(session, actor, acts.find(session, item_id), "admin")
    made.kind, made.item_id, made.options = kind, item_id, {**options, "part": made.options.get("part", 0)}
    made.step = made.total = 0
    return _again(session, actor, made, "check")


def sent_file(made: Transfer) -> bool:
    """Whether it is about a file that was sent, is still here, and of which nothing was brought in."""
    waits = made.state == CHECKED or (made.state == FAILED and not made.options.get("stopped"))
    return waits and made.kind not in (BIP, EXPORT) and bool(made.file)


def _again(session: Session, actor: Actor, made: Transfer, arrow: str) -> Transfer:
    TRANSFER.fire(made, arrow)
    made.code, made.details, made.ended_at = "", {}, None
    made.user_id = int(actor.user_id or made.user_id)
    if made.kind == BIP:
        made.expires_at = clock.now() + KEPT_WALK
    events.record(session, actor, "transfer.resumed", [made.ref], data={"kind": made.kind, "to": made.state})
    work(session, made)
    return made


def work(session: Session, made: Transfer, *, wait: float = 0) -> None:
    """Ask for the next part of the work, ``wait`` seconds from now."""
    part = int(made.options.get("part", 0)) + 1
    made.options = {**made.options, "part": part}
    after = clock.now() + timedelta(seconds=wait) if wait else None
    payload = {"transfer": made.id, "part": part, "state": made.state}
    outbox.enqueue(session, WORK, f"{WORK}:{made.id}:{part}", payload, lane=LANE, run_after=after)


def keep_line(session: Session, transfer_id: int, line: Line) -> None:
    """Keep what came of an entry, in place of what was planned. What this very transfer brought stays told so."""
    kept = session.get(TransferLine, (transfer_id, line.number))
    if kept is not None and line.outcome == KNOWN and kept.item_id == line.item_id and kept.outcome in (TAKEN, PARTLY):
        return
    if kept is None:
        kept = TransferLine(transfer_id=transfer_id, number=line.number)
        session.add(kept)
    kept.outcome, kept.key, kept.title, kept.path = line.outcome, line.key[:400], line.title[:300], line.path[:400]
    kept.item_id, kept.notes = line.item_id, [[note.code, note.details] for note in line.notes]


def keep_more(session: Session, transfer_id: int, number: int, notes: Sequence[Note]) -> None:
    """Add to the line of an entry what came out later; the same is not said twice."""
    kept = session.get_one(TransferLine, (transfer_id, number))
    fresh = [[note.code, note.details] for note in notes]
    kept.notes = [*kept.notes, *(one for one in fresh if one not in kept.notes)]
    kept.outcome = PARTLY if kept.outcome == TAKEN else kept.outcome


def counted(session: Session, transfer_id: int) -> dict[str, Any]:
    """How many lines of each outcome the report has; those still to be brought in stand apart."""
    ahead = case((TransferLine.item_id.is_(None) & TransferLine.outcome.in_((TAKEN, PARTLY)), PLANNED),
                 else_=TransferLine.outcome)  # fmt: skip
    query = select(ahead, func.count()).where(TransferLine.transfer_id == transfer_id)
    return {str(name): int(count) for name, count in session.execute(query.group_by(ahead))}


def keep_plan(session: Session, made: Transfer, lines: Sequence[Line]) -> None:
    """Keep the report of a dry run in place of any earlier one."""
    session.execute(delete(TransferLine).where(TransferLine.transfer_id == made.id))
    session.add_all(
        TransferLine(
            transfer_id=made.id, number=line.number, outcome=line.outcome, key=line.key[:400], title=line.title[:300],
            path=line.path[:400], item_id=line.item_id, notes=[[note.code, note.details] for note in line.notes],
        )
        for line in lines
    )  # fmt: skip


def end(session: Session, made: Transfer, counts: dict[str, Any], size: int = 0) -> None:
    """The work is done."""
    TRANSFER.fire(made, "finish")
    made.counts, made.ended_at, made.step = counts, clock.now(), made.total
    made.size = size or made.size
    facts = {"kind": made.kind, "items": made.total}
    events.record(session, SYSTEM, "transfer.done", [made.ref], data=facts)


def fail(session: Session, made: Transfer, refusal: DomainError) -> None:
    """The work cannot be done; what was brought in so far stays and is known the next time."""
    if made.state in (DONE, FAILED, STOPPED):
        return
    if made.state == RUNNING or (made.kind == BIP and made.state in BUSY):
        made.options = {**made.options, "stopped": made.state}
    TRANSFER.fire(made, "fail")
    made.code, made.ended_at = refusal.code[:60], clock.now()
    made.details = {name: str(value)[:200] for name, value in refusal.details.items()}
    events.record(session, SYSTEM, "transfer.failed", [made.ref], data={"code": refusal.code})


def pages(data_dir: Path, file: str) -> Path:
    """Where what belongs to a walk through an old Bulletin lies; it is deleted together with ``file``."""
    return folder(data_dir) / f"{Path(file).stem}.pages"


def folder(data_dir: Path) -> Path:
    """Where the files of exports and imports lie; with several machines, a folder they share."""
    place = data_dir / "exchange"
    place.mkdir(parents=True, exist_ok=True)
    return place
