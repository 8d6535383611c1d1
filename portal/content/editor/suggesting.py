"""What is known already and may be picked in a field instead of being typed again; packages above say what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from portal.content.types import ItemType
from portal.core.registry import Registry

SUGGESTIONS: Registry[Callable[[Session], Sequence[str]]] = Registry("suggestions")
"""By ``type.field``: the values to offer."""


def of(session: Session, kind: ItemType) -> dict[str, Sequence[str]]:
    """Field → the values offered in it, for the fields of ``kind`` that have some."""
    offered = {name: act for name, act in SUGGESTIONS.items() if name.partition(".")[0] == kind.name}
    found = {name.partition(".")[2]: act(session) for name, act in offered.items()}
    return {name: values for name, values in found.items() if values}
