"""Signed notes: a checkpoint of the Bulletin's log as text, and the key that signs it. No database is needed here.

The note is text: origin, size, root (base64), moment, an empty line, and the Ed25519 signature (RFC 8032) over what
precedes it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

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


def public_text(key: Ed25519PublicKey) -> str:
    """A public key in one line of base64, for publishing and pinning."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """The key of ``public_text``. Raises ``ValueError``."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text))
