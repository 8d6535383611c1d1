"""Checkpoints of the Bulletin's public log: its size, root and moment as a signed note (``bip.notes``), one a day.

Whoever keeps a checkpoint can later demand the proof that the log has only grown since.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bip import tree
from bip.models import BulletinCheckpoint
from bip.notes import ORIGIN, Checkpoint
from portal.core import clock


def present(session: Session) -> Checkpoint | None:
    """The log as it is now, unless it is empty or its newest checkpoint says the same."""
    size = tree.size(session)
    known = session.scalar(select(func.max(BulletinCheckpoint.size))) or 0
    if size <= known:
        return None
    return Checkpoint(ORIGIN, size, tree.root(session, size), clock.now())


def keep(session: Session, checkpoint: Checkpoint, note: str) -> None:
    """Add a signed checkpoint to those published."""
    row = BulletinCheckpoint(size=checkpoint.size, root=checkpoint.root.hex(), at=checkpoint.at, note=note)
    session.add(row)


def newest(session: Session) -> BulletinCheckpoint | None:
    """The last one published."""
    return session.scalars(select(BulletinCheckpoint).order_by(BulletinCheckpoint.size.desc()).limit(1)).first()


def log_key(path: Path) -> Ed25519PrivateKey:
    """The key of the log, made once and readable by this user only."""
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path}: an Ed25519 key is expected")
    return key


def _make(path: Path) -> None:
    """Write a new key beside ``path`` and link it there: it appears whole, and whoever was first made the one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)  # readable by this user only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_pem(Ed25519PrivateKey.generate()))
        with suppress(FileExistsError):
            path.hardlink_to(temporary)
    finally:
        Path(temporary).unlink()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
