"""What a part of the Bulletin's acceptance says of itself."""

from __future__ import annotations

from bip.acceptance_parts import Part
from portal.web.texts import message


def said_of(part: Part) -> str:
    """What was looked at, in words."""
    about = message(f"bip.part.{part.code}")
    if part.unseen:
        return message("bip.acceptance.unseen", about=about, why=message(f"bip.unseen.{part.unseen}"))
    code = "bip.acceptance.some" if part.of else "bip.acceptance.seen"
    return message(code, about=about, seen=part.seen, of=part.of)
