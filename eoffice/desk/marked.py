"""A text cut at the places to be hidden, so that a template can mark them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.content.personal.detect import Found


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text; ``kind`` is empty for what stays."""

    text: str
    kind: str = ""


def parts(text: str, redactions: Iterable[Found]) -> list[Part]:
    """``text`` as alternating stretches."""
    found, at = [], 0
    for item in redactions:
        if item.start > at:
            found.append(Part(text[at : item.start]))
        found.append(Part(text[item.start : item.end], item.kind))
        at = item.end
    return [*found, Part(text[at:])] if at < len(text) else found
