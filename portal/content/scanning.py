"""The look for viruses: the port ``Scanner``, its adapter for ClamAV, and the quarantine of files that wait.

A file waits from the moment it comes until the worker has looked; a scanner that is down leaves it waiting.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import acts, site
from portal.content.models import ItemFile, ItemVersion
from portal.core import actors, events
from portal.core.actors import Actor
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.documents import CLEAN, INFECTED, SCAN, SCANNED, UNSCANNED, WAITING, Document, await_scan
from portal.core.errors import Conflict, NotFound, OutsideError, Permanent, Temporary
from portal.core.outbox import Effect
from portal.core.ports import Ports
from portal.core.settings import BadSettings, Settings

_CHUNK = 64 * 1024
_TRIES = 5000
"""A scanner may be away for days; files wait for it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; ``virus`` is empty in a clean file."""

    virus: str = ""


@runtime_checkable
class Scanner(Protocol):
    """Looks for viruses."""

    def scan(self, data: bytes) -> Verdict:
        """The verdict on ``data``. Raises ``Temporary`` (away, busy) or ``Permanent`` (refuses this file)."""


class Nobody:
    """No scanner is configured: nothing is looked for, and nothing waits."""

    def scan(self, data: bytes) -> Verdict:  # noqa: ARG002
        return Verdict()


class Clamd:
    """ClamAV's daemon over TCP, by its command INSTREAM."""

    def __init__(self, host: str, port: int, *, timeout: float) -> None:
        self._address, self._timeout = (host, port), timeout

    def scan(self, data: bytes) -> Verdict:
        try:
            with socket.create_connection(self._address, timeout=self._timeout) as wire:
                wire.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _CHUNK):
                    part = data[start : start + _CHUNK]
                    wire.sendall(struct.pack(">I", len(part)) + part)
                wire.sendall(struct.pack(">I", 0))
                answer = self._answer(wire)
        except OSError as cause:
            raise Temporary(f"clamd does not answer: {cause}", code="scan.away") from cause
        return _verdict(answer)

    @staticmethod
    def _answer(wire: socket.socket) -> str:
        found = b""
        while b"\0" not in found:
            part = wire.recv(4096)
            if not part or len(found) > _CHUNK:
                break
            found += part
        return found.split(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND")[:100])
    if "size limit exceeded" in said:
        raise Permanent("clamd refuses files this large", code="scan.too_large")
    raise Temporary(f"clamd said {said[:100]!r}", code="scan.unclear")


def effect(blobs: BlobStore) -> Effect[Any, Any]:
    """The job of the worker."""

    def load(session: Session, payload: dict[str, Any]) -> str | None:
        document = session.get(Document, payload["document"])
        return document.sha256 if document is not None and document.scan == WAITING else None

    def call(ports: Ports, digest: str) -> Verdict:
        return ports.of(Scanner).scan(blobs.get(digest))

    return Effect(SCAN, load, call, _save, attempts=_TRIES, gave_up=_gave_up)


def _save(session: Session, payload: dict[str, Any], verdict: Verdict) -> None:
    _note(session, payload["document"], INFECTED if verdict.virus else CLEAN, verdict.virus)


def _gave_up(session: Session, payload: dict[str, Any], _state: str, error: OutsideError) -> None:
    """The scanner does not take this file: it stays where nobody gets it, and its editor is told what to do."""
    _note(session, payload["document"], UNSCANNED, error.code)


def _note(session: Session, number: int, result: str, note: str) -> None:
    document = session.get_one(Document, number)
    document.scan, document.scan_note = result, note[:100]
    facts = {"result": document.scan, "virus": note if result == INFECTED else ""}
    events.record(session, actors.SYSTEM, "document.scanned", [document.ref], audience="system", data=facts)
    site.bump(session)


def again(session: Session, actor: Actor, item_id: int, document_id: int) -> None:
    """Have a file beside an item looked at once more, after the scanner refused it.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` when it waits for nobody.
    """
    item = acts.find(session, item_id)
    acts.require(session, actor, item, "edit")
    beside = select(ItemFile.document_id).join(ItemVersion, ItemVersion.id == ItemFile.version_id)
    if session.scalar(beside.where(ItemVersion.item_id == item.id, ItemFile.document_id == document_id)) is None:
        raise NotFound("content.unknown_file")
    document = session.get_one(Document, document_id)
    if document.scan != UNSCANNED:
        raise Conflict("content.file_not_unscanned")
    await_scan(session, document)
    events.record(session, actor, "document.scan_asked", [item.ref, document.ref], audience="office")
    site.bump(session)


def bind(ports: Ports, settings: Settings) -> None:
    """Bind the scanner of this installation. Raises ``BadSettings`` for one nobody knows."""
    if settings.scanner not in ("none", "clamd"):
        raise BadSettings(f"WROTA_SCANNER={settings.scanner!r}: none or clamd is expected")
    if settings.scanner == "none":
        ports.bind(Scanner, "default", Nobody())
    else:
        timeout = settings.clamd_timeout_seconds
        ports.bind(Scanner, "default", Clamd(settings.clamd_host, settings.clamd_port, timeout=timeout))


def install(database: Database, settings: Settings) -> None:
    """Let every file that comes from outside wait for the scanner, if there is one."""
    database.info[SCANNED] = settings.scanner != "none"
