"""Whether an act is in force, when packages above know it from what else was published (the Bulletin's relations)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from portal.core.registry import Registry

FIELD = "in_force"
"""The field with the status an editor wrote; types that have it are acts."""

STANDINGS: Registry[Callable[[Session, Sequence[int]], dict[int, str]]] = Registry("standing of acts")
"""Of many items at once: number → value of ``FIELD`` for those of which more is known than was written."""


def of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """What is known of the acts among ``ids``; those left out stand as it was written."""
    found: dict[int, str] = {}
    for _, known in STANDINGS.items():
        found |= known(session, ids)
    return found
