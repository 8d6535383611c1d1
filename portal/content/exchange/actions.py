"""Acts of exchange: ask for an export or an import, say "go", note progress, give up."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.content import acts, paths
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.plan import Line
from portal.content.exchange.workflow import CHECKED, CHECKING, DONE, RUNNING, TRANSFER
from portal.core import clock, events, outbox
from portal.core.actors import SYSTEM, Actor
from portal.core.errors import Conflict, DomainError, NotFound

EXPORT, WORK, SWEEP = "export", "content.transfer", "content.transfer.sweep"
KEPT = timedelta(days=7)
"""How long the file of an export or import is kept."""
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

    Raises ``NotFound``, ``Forbidden``.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "admin")
    made = _new(session, actor, kind, item_id, name[:200], CHECKING, options or {})
    made.file, made.size = file, size
    events.record(session, actor, "transfer.import_asked", [made.ref, item.ref], data={"kind": kind})
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


def go(session: Session, actor: Actor, transfer_id: int) -> Transfer:
    """Carry out what was looked through. Raises ``NotFound``, ``Conflict`` when it waits for nobody."""
    made = find(session, actor, transfer_id)
    if made.state != CHECKED:
        raise Conflict("transfer.not_waiting")
    TRANSFER.fire(made, "go")
    made.step, made.user_id = 0, int(actor.user_id or made.user_id)
    events.record(session, actor, "transfer.import_begun", [made.ref], data={"kind": made.kind})
    work(session, made)
    return made


def work(session: Session, made: Transfer) -> None:
    """Ask for the next part of the work."""
    key = f"{WORK}:{made.id}:{made.state}:{made.step}"
    outbox.enqueue(session, WORK, key, {"transfer": made.id, "step": made.step, "state": made.state}, lane=LANE)


def keep_lines(session: Session, made: Transfer, lines: Sequence[Line], *, anew: bool) -> None:
    """Keep lines of the report; ``anew``: in place of all there are."""
    gone = delete(TransferLine).where(TransferLine.transfer_id == made.id)
    numbers = [line.number for line in lines]
    session.execute(gone if anew else gone.where(TransferLine.number.in_(numbers)))
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
    if made.state in (DONE, "failed"):
        return
    TRANSFER.fire(made, "fail")
    made.code, made.ended_at = refusal.code[:60], clock.now()
    made.details = {name: str(value)[:200] for name, value in refusal.details.items()}
    events.record(session, SYSTEM, "transfer.failed", [made.ref], data={"code": refusal.code})


def folder(data_dir: Path) -> Path:
    """Where the files of exports and imports lie; with several machines, a folder they share."""
    place = data_dir / "exchange"
    place.mkdir(parents=True, exist_ok=True)
    return place
