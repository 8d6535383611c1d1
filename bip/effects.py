"""The Bulletin's standing work: a signed checkpoint of its log each day, looks at what must stand and at terms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from bip import acceptance, acceptance_files, availability, checkpoints, entries, notes, stamping, sweeping, tree
from bip.acceptance_parts import Asked
from bip.notes import Checkpoint
from bip.probing import Probe, Seen, Wanted
from bip.reading import Reader
from portal.content import site
from portal.content.personal import asking
from portal.core import events, outbox
from portal.core.actors import SYSTEM
from portal.core.outbox import Effect
from portal.core.ports import Ports

CHECKPOINT = "bip.checkpoint"
LOG_KEY = "bip_log_key.pem"
"""The file of the log's key in the data folder."""
DAY = 24 * 3600
PROBE = "bip.probe"
ACCEPTANCE = "bip.acceptance"
PAGES_A_DAY = 500
"""Pages of items that one daily check opens; a larger Bulletin is seen whole in several days."""


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
    outbox.hurry(session, stamping.STAMP)


def probing(base: str, minutes: int) -> Effect[list[Wanted], list[Seen]]:
    """The recurring look at what must stand, at the public address ``base``; none when ``minutes`` is 0.

    A job of another interval than that in force does nothing: there is one for each interval ever set.
    """

    def load(session: Session, payload: dict[str, Any]) -> list[Wanted] | None:
        return availability.wanted(session) or None if payload["minutes"] == minutes else None

    def call(ports: Ports, request: list[Wanted]) -> list[Seen]:
        probe = ports.of(Probe)
        return [Seen(one, probe.look(base + one.path, one.mark)) for one in request]

    def save(session: Session, _payload: dict[str, Any], result: list[Seen]) -> None:
        if availability.note(session, result):
            site.bump(session)

    return Effect(PROBE, load, call, save)


def finding() -> Effect[bool, bool]:
    """Going through lines of the register that cannot be found by their words yet, part by part."""

    def load(session: Session, _payload: dict[str, Any]) -> bool | None:
        return True if entries.behind(session) is not None else None

    def call(_ports: Ports, request: bool) -> bool:
        return request

    def save(session: Session, _payload: dict[str, Any], _result: bool) -> None:
        if entries.catch_up(session):
            entries.ensure(session)

    return Effect(entries.TOPIC, load, call, save)


def accepting(base: str) -> Effect[Asked, Asked]:
    """The daily check of what the law asks of the Bulletin at the address ``base``."""

    def load(session: Session, _payload: dict[str, Any]) -> Asked:
        return acceptance.asked(session, most=PAGES_A_DAY)

    def call(ports: Ports, request: Asked) -> Asked:
        return acceptance.looked(ports.of(Reader), request, base)

    def save(session: Session, _payload: dict[str, Any], result: Asked) -> None:
        acceptance.keep(session, SYSTEM, acceptance.finished(session, result))
        for document in acceptance_files.unread(session, [one.item_id for one in result.wanted]):
            asking.request_check(session, document)

    return Effect(ACCEPTANCE, load, call, save, attempts=3, lease=timedelta(hours=1))


def ensure(session: Session, probe_minutes: int = 0, *, stamped: bool = False) -> None:
    """Let the daily checkpoint and the probe stand among the recurring jobs, and the tree of the log be whole."""
    entries.ensure(session)
    if probe_minutes > 0:
        asked = {"minutes": probe_minutes}
        outbox.enqueue(session, PROBE, f"{PROBE}:{probe_minutes}", asked, every=probe_minutes * 60)
    if stamped:
        outbox.enqueue(session, stamping.STAMP, stamping.STAMP, {}, every=stamping.EVERY)
    tree.fill(session)
    outbox.enqueue(session, CHECKPOINT, CHECKPOINT, {}, every=DAY)
    outbox.enqueue(session, ACCEPTANCE, ACCEPTANCE, {}, every=DAY)
    sweeping.ensure(session)
