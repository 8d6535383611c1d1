"""What a submission is called: short to read out, impossible to guess, never two letters that look alike."""

from __future__ import annotations

import re
import secrets

from portal.core import clock

_LETTERS = "23456789ACDEFGHJKMNPQRTUVWXYZ"
"""Without 0 and O, 1, I and L, 8's twin B, 5's twin S."""
_LENGTH = 6
_FORM = re.compile(rf"WR-\d{{4}}-[{_LETTERS}]{{{_LENGTH}}}")


def new() -> str:
    """A fresh reference, like ``WR-2026-7K4Q9D``; uniqueness is the database's business."""
    mark = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return f"WR-{clock.today().year}-{mark}"


def new_key() -> str:
    """A fresh key under which one person fills in one form once."""
    return secrets.token_urlsafe(24)


def is_reference(text: str) -> bool:
    return bool(_FORM.fullmatch(text))
