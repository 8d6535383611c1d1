"""Checkpoints of the Bulletin's public log: its size, root and moment as a signed note, one a day.

Whoever keeps a checkpoint can later demand the proof that the log has only grown since. The note is text:
origin, size, root (base64), moment, an empty line, and the Ed25519 signature (RFC 8032) over what precedes it.
"""

from __future__ import annotations

import base64
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bip import tree
from bip.models import BulletinCheckpoint
from portal.core import clock

ORIGIN = "wrota-bip"
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says."""

    origin: str
    size: int
    root: bytes
    at: datetime


class BadNote(ValueError):
    """The text is no checkpoint, or its signature does not hold."""


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


def sign(key: Ed25519PrivateKey, checkpoint: Checkpoint) -> str:
    """The note of a checkpoint with its signature."""
    lines = [
        checkpoint.origin,
        str(checkpoint.size),
        base64.b64encode(checkpoint.root).decode(),
        checkpoint.at.isoformat(),
    ]
    text = "\n".join(lines) + "\n"
    signature = base64.b64encode(key.sign(text.encode())).decode()
    return f"{text}\n{_DASH}{checkpoint.origin} {signature}\n"


def read(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """What a note says, when ``key`` signed it. Raises ``BadNote``."""
    text, empty, last = note.rpartition("\n\n")
    try:
        origin, size, root, at = text.split("\n")
        if not empty or not last.startswith(f"{_DASH}{origin} "):
            raise BadNote("the note has no signature line")
        key.verify(base64.b64decode(last.split(" ")[2]), f"{text}\n".encode())
        return Checkpoint(origin, int(size), base64.b64decode(root), datetime.fromisoformat(at))
    except InvalidSignature as cause:
        raise BadNote("the signature does not hold") from cause
    except (ValueError, IndexError) as cause:
        raise BadNote("the text is no checkpoint") from cause


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


def public_text(key: Ed25519PublicKey) -> str:
    """A public key in one line of base64, for publishing and pinning."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """The key of ``public_text``. Raises ``ValueError``."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text))
