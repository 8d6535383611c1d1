"""The last proof of a redacted copy: what went from all of it stands in none of its bytes, in no usual encoding."""

from __future__ import annotations

from collections.abc import Iterable

from portal.content.personal.hands.pieces import NotRemoved, Piece, squeezed

_SHORTEST = 6
"""Letters and digits of what is looked for: shorter ones stand in any picture's bytes by chance."""


def wholly_gone(before: list[Piece], gone: Iterable[str]) -> list[str]:
    """Of what was taken out, what was to go wherever it stood."""
    was = " ".join(squeezed(piece.text) for piece in before)
    found = list(gone)
    counts = [squeezed(one) for one in found]
    return [
        one.strip()
        for one, value in zip(found, counts, strict=True)
        if len(value) >= _SHORTEST and was.count(value) <= counts.count(value)
    ]


def no_bytes(parts: Iterable[bytes], gone: Iterable[str]) -> None:
    """Raise ``NotRemoved`` when any of ``parts`` holds one of these values as it was written."""
    forms = [form for one in dict.fromkeys(gone) for form in _forms(one)]
    if forms and any(form in part for part in parts for form in forms):
        raise NotRemoved


def _forms(value: str) -> set[bytes]:
    wide = value.encode("utf-16-be", "replace")
    usual = {value.encode(name, "replace") for name in ("utf-8", "utf-16-le", "cp1250", "iso-8859-2")}
    return {*usual, wide, wide.hex().encode(), wide.hex().upper().encode()}
