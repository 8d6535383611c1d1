"""Two wrong ways to empty a box, kept to show that the check notices them.

Both look natural, and both were written by somebody: confirming an item before it is stored loses it when the
process dies in between; storing it without a unique key registers it twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from eoffice.channels.port import Channel, Received
from eoffice.intake import actions
from eoffice.intake.effects import POLL
from portal.core.actors import SYSTEM
from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.outbox import Effect
from portal.core.ports import Ports

MIDWAY = "midway"
"""The marked point between a control's two steps."""

Nothing = tuple[Received, ...]
Make = Callable[[Database, BlobStore, Callable[[], None]], Effect[Any, Any]]


def _load(_session: Session, payload: dict[str, Any]) -> str:
    return str(payload["box"])


def confirm_first(_database: Database, blobs: BlobStore, midway: Callable[[], None]) -> Effect[str, Nothing]:
    """Confirm, then store."""

    def call(ports: Ports, box: str) -> Nothing:
        channel = ports.of(Channel, "epuap")
        received = channel.receive(box)
        if received is None:
            return ()
        channel.acknowledge(box, received.token)
        midway()
        return (received,)

    def save(session: Session, _payload: dict[str, Any], taken: Nothing) -> None:
        for received in taken:
            actions.accept(session, blobs, SYSTEM, "epuap", received)

    return Effect(POLL, _load, call, save)


def no_key(database: Database, blobs: BlobStore, midway: Callable[[], None]) -> Effect[str, None]:
    """Store, then confirm, without a key that would tell a known item."""

    def call(ports: Ports, box: str) -> None:
        channel = ports.of(Channel, "epuap")
        received = channel.receive(box)
        if received is not None:
            known_nowhere = replace(received, extra=uuid.uuid4().hex.encode(), external_id=uuid.uuid4().hex)
            _store(database, blobs, known_nowhere)
            midway()
            channel.acknowledge(box, received.token)

    def save(_session: Session, _payload: dict[str, Any], _result: None) -> None:
        """It is stored already."""

    return Effect(POLL, _load, call, save)


def _store(database: Database, blobs: BlobStore, received: Received) -> None:
    with database.transaction() as session:
        actions.accept(session, blobs, SYSTEM, "epuap", received)


DESIGNS: dict[str, Make] = {"confirm first, store afterwards": confirm_first, "store without a unique key": no_key}
