"""The access code that opens a case's public view: short, readable, derived, never stored.

Forty bits against guessing only together with a rate limit; a code is replaced by raising the case's
``code_version``.
"""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import signs
from eoffice.cases.models import Case
from portal.core.errors import Invalid

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: codes are read over the telephone and from paper."""

LENGTH = 8


def code_for(secret: str, sign: str, version: int) -> str:
    """The code of the case ``sign``, like ``K7QM-29XD``."""
    if not secret:
        raise ValueError("access codes need a secret key")
    message = f"wrota/case-access/{sign}/{version}".encode()
    mark = int.from_bytes(hmac.new(secret.encode(), message, hashlib.sha256).digest()[:LENGTH], "big")
    text = "".join(ALPHABET[(mark >> (5 * at)) & 31] for at in range(LENGTH))
    return f"{text[:4]}-{text[4:]}"


def access_code(secret: str, case: Case) -> str:
    """The code in force for ``case``."""
    return code_for(secret, case.sign, case.code_version)


def find_case(session: Session, secret: str, sign: str, code: str) -> Case | None:
    """The case that ``sign`` and ``code`` together open, else ``None``: a wrong code and an unknown sign look alike."""
    try:
        wanted = signs.parse(sign).case
    except Invalid:
        wanted = ""
    case = session.scalars(select(Case).where(Case.sign == wanted)).first()
    right = code_for(secret, wanted, case.code_version if case else 1)
    given = _plain(code)
    matches = hmac.compare_digest(given.encode(), _plain(right).encode())
    return case if matches else None


def _plain(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())
