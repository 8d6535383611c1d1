"""The recording of a session and its captions: a broadcast must be made accessible within 14 days, or a day announced.

Ustawa o dostępności cyfrowej art. 5a: the announced day is two months after the broadcast at the latest. The numbers
are the rule of the type (``captions_days``, ``captions_months_at_most``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bip.council.roll import day_of
from portal.content import queries
from portal.content.models import ItemFile, ItemVersion
from portal.content.queries import File
from portal.core import clock
from portal.core.documents import Document
from portal.core.errors import Invalid
from portal.web import formats

SCHEMES = ("https://", "http://", "/")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as readers see it. ``due``: the day captions must be there; ``state``: ``ready``, ``announced``
    (a day after the usual 14), ``waiting`` (within them), ``late``."""

    address: str
    files: tuple[File, ...]
    ready: date | None
    due: date | None
    state: str


def media(files: Iterable[File]) -> tuple[File, ...]:
    """Of the files beside a version, those with image or sound."""
    return tuple(one for one in files if one.content_type.startswith(("video/", "audio/")))


ATTACHED = "attached"
"""Stands for the address of a recording that is a file beside the version."""


def attached(session: Session, versions: Iterable[int]) -> set[int]:
    """Of these versions those with image or sound beside them; one statement."""
    kind = Document.content_type
    query = select(ItemFile.version_id).join(Document, Document.id == ItemFile.document_id)
    moving = or_(kind.startswith("video/"), kind.startswith("audio/"))
    return set(session.scalars(query.where(ItemFile.version_id.in_(list(versions)), moving)))


def due_on(fields: Mapping[str, Any], rule: Mapping[str, Any]) -> date | None:
    """The day captions must be there: the announced one, else the usual term from the day of the session."""
    held = day_of(fields.get("held_on"))
    if announced := day_of(fields.get("captions_promised")):
        return announced
    return held + timedelta(days=int(rule.get("captions_days", 0))) if held else None


def shown(fields: Mapping[str, Any], rule: Mapping[str, Any], files: Iterable[File], today: date) -> Recording | None:
    """The recording of a session; ``None`` when there is none yet."""
    address, beside = str(fields.get("recording") or "").strip(), media(files)
    if not address and not beside:
        return None
    ready, due = day_of(fields.get("captions_on")), due_on(fields, rule)
    if ready is not None and ready <= today:
        state = "ready"
    elif due is None or due >= today:
        state = "announced" if fields.get("captions_promised") else "waiting"
    else:
        state = "late"
    return Recording(address if address.startswith(SCHEMES) else "", beside, ready, due, state)


def check(session: Session, version: ItemVersion, rule: Mapping[str, Any]) -> None:
    """Before a session is published: a recording has captions or the day of them. Raises ``Invalid``."""
    fields = version.fields
    held, announced = day_of(fields.get("held_on")), day_of(fields.get("captions_promised"))
    address = str(fields.get("recording") or "").strip()
    if address and not address.startswith(SCHEMES):
        raise Invalid("bip.recording_address")
    if held is None:
        return
    latest = clock.months_later(held, int(rule.get("captions_months_at_most", 0)))
    if announced is not None and announced > latest:
        raise Invalid("bip.captions_too_late", day=formats.day(latest), basis=rule["basis"])
    if announced is not None and announced < held:
        raise Invalid("bip.captions_too_early", day=formats.day(held))
    if not address and not media(queries.files(session, version.id)):
        return
    if not fields.get("captions_on") and (due := due_on(fields, rule)) and due < clock.today():
        raise Invalid("bip.captions_missing", day=formats.day(due), latest=formats.day(latest))
