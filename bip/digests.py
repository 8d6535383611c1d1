"""How the Bulletin's log writes facts down before it hashes them; needs nothing an outsider does not have."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

LEAF_ACTS = {
    "published": "published",
    "updated": "published",
    "withdrawn": "withdrawn",
    "merged": "merged",
    "retired": "retired",
    "archived": "archived",
    "erased": "erased",
}
"""Acts of the register of changes that leave a leaf → the act in that leaf."""


def canonical(value: Any) -> bytes:
    """JSON in one way only: no spaces, sorted keys, UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest(salt: str, facts: dict[str, Any]) -> str:
    """The salted digest of published content."""
    return sha256(salt.encode() + b"\n" + canonical(facts)).hexdigest()


def leaf_data(position: int, act: str, item_id: int, number: int, at: datetime, path: str, digest_: str) -> bytes:
    """The bytes a leaf's hash is made of."""
    return canonical([position, act, item_id, number, at.isoformat(), path, digest_])
