"""The second factor: six-digit codes by RFC 6238, each accepted once."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pyotp

from portal.core import clock

STEP = 30
_DRIFT = (0, -1, 1)
"""A telephone's clock may be one step off."""


def step_of(secret: str, code: str) -> int | None:
    """The time step ``code`` belongs to, now; ``None`` when it is wrong. The caller refuses a step used before."""
    code = "".join(code.split())
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        return None
    present = int(clock.now().timestamp()) // STEP
    maker = pyotp.TOTP(secret)
    matching = [n for n in _DRIFT if hmac.compare_digest(maker.generate_otp(present + n), code)]
    return present + matching[0] if matching else None


def proposed(key: str, user_id: int, nonce: str) -> str:
    """A new secret (160 bits, base32) for ``user_id``: derived, so that it is stored nowhere before it is confirmed."""
    mark = hmac.new(key.encode(), f"totp:{user_id}:{nonce}".encode(), hashlib.sha256).digest()[:20]
    return base64.b32encode(mark).decode()


def address(secret: str, *, account: str, issuer: str) -> str:
    """The ``otpauth://`` address an authenticator application reads from the QR code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))
