"""The Bulletin's standing work: a signed checkpoint of its public log each day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from bip import checkpoints, notes, tree
from bip.notes import Checkpoint
from portal.core import events, outbox
from portal.core.actors import SYSTEM
from portal.core.outbox import Effect
from portal.core.ports import Ports

CHECKPOINT = "bip.checkpoint"
LOG_KEY = "bip_log_key.pem"
"""The file of the log's key in the data folder."""
DAY = 24 * 3600


def effects(key: Callable[[], Ed25519PrivateKey]) -> list[Effect[Any, Any]]:
    """The effects of the Bulletin; ``key`` gives the log's key when it is first needed."""

    def load(session: Session, _payload: dict[str, Any]) -> Checkpoint | None:
        return checkpoints.present(session)

    def call(_ports: Ports, request: Checkpoint) -> tuple[Checkpoint, str]:
        return request, notes.sign(key(), request)

    return [Effect(CHECKPOINT, load, call, _save)]


def _save(session: Session, _payload: dict[str, Any], result: tuple[Checkpoint, str]) -> None:
    checkpoint, note = result
    checkpoints.keep(session, checkpoint, note)
    facts = {"size": checkpoint.size, "root": checkpoint.root.hex()}
    events.record(session, SYSTEM, "bip.checkpoint", ["bulletin:log"], audience="public", data=facts)


def ensure(session: Session) -> None:
    """Let the daily checkpoint stand among the recurring jobs, and the tree of the log be whole."""
    tree.fill(session)
    outbox.enqueue(session, CHECKPOINT, CHECKPOINT, {}, every=DAY)
