"""What a file is read into: stretches of text, each with its place and with what of it is hidden and how."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_TEXT = 5_000_000
"""Characters of one file that are looked through."""


class Locked(Exception):
    """The file asks for a password."""


class TooMuch(Exception):
    """More would come out than we look through."""


class NotRemoved(Exception):
    """What should be gone is still in the copy: it must not be used."""


@dataclass
class Piece:
    """``place``: ``page``, ``comment``, ``metadata`` …; ``layers``: (start, end, how hidden)."""

    place: str
    text: str
    number: int = 0
    layers: list[tuple[int, int, str]] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """As JSON that every database takes (PostgreSQL refuses U+0000)."""
        return asdict(self) | {"text": self.text.replace("\x00", " ").encode("utf-8", "replace").decode()}


def limited(pieces: list[Piece]) -> list[Piece]:
    """The same pieces. Raises ``TooMuch``."""
    if sum(len(piece.text) for piece in pieces) > MOST_TEXT:
        raise TooMuch
    return pieces


def squeezed(text: str) -> str:
    """Letters and digits only, small: how the presence of a value is looked for."""
    return "".join(char for char in text.lower() if char.isalnum())


def values(pieces: list[Piece], targets: list[dict[str, Any]]) -> list[str]:
    """What the targets take out, read again from the file."""
    by_place: dict[tuple[str, int], list[str]] = {}
    for piece in pieces:
        by_place.setdefault((piece.place, piece.number), []).append(piece.text)
    found = []
    for target in targets:
        for text in by_place.get((target.get("place", ""), target["number"]), []):
            found.append(text[target["start"] : target["end"]])
    return [value for value in found if len(squeezed(value)) > 1]
