"""Saving what an entry was, state by state: each as it stood, public where it was, taken off where it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import acquired, acts, paths, publication, types, versions
from portal.content.exchange import plan, resolved, ties
from portal.content.exchange.arriving import Arriving, first_public, refusing, why
from portal.content.exchange.entries import Entry, Note, State
from portal.content.models import Item, ItemVersion, Redirect
from portal.content.personal import asking, review
from portal.content.workflow import (
    ARCHIVED,
    PENDING,
    PUBLISHED,
    RETIRED,
    REVIEW,
    UNPUBLISHED,
    WITHDRAWN,
    ReviewOf,
)
from portal.core import clock
from portal.core.db import insert_or_ignore
from portal.core.errors import DomainError, Invalid
from portal.core.registry import Registry
from portal.web.texts import message

OVER: Registry[Callable[[Item, ItemVersion, datetime], datetime | None]] = Registry("end elsewhere")
"""Packages above add when an item that was first made public elsewhere, at a moment, ended by the rules of its type."""


def states(
    session: Session, work: Arriving, item_id: int, entry: Entry, refused: Mapping[int, plan.Refused], *, publish: bool
) -> list[Note]:
    """All states of the entry in this transaction but those refused before; what is to be told of them.

    Raises ``Refused`` naming the state that cannot be kept or made public.
    """
    item = acts.find(session, item_id)
    notes: list[Note] = []
    known = resolved.targets(session, work, entry)
    if entry.settings:
        _configure(session, item, entry, known, notes)
    for at, state in enumerate(entry.states):
        told = refused.get(at)
        if told is not None and told.what == "save":
            continue
        with refusing(at, "save"):
            _save(session, work, item, entry, state, known, notes)
        if publish and told is None and state.published_at is not None:
            with refusing(at, "publish"):
                asked = types.of(item.type).family.reasons and item.published_at is not None
                reason = state.reason or (message("import.reason") if asked else "")
                publication.publish(session, work.actor, item.id, reason=reason)
        notes += _planned(session, work, item, entry, at)
    if publish:
        _count_from_there(item, entry)
        with refusing(-1, "stand"):
            _taken_off(session, work, item, entry, notes)
        _keep_the_day(item, entry)
    notes += _ahead_of(session, work, item, entry)
    notes += _redirects(session, item, entry)
    return _once(notes)


def _save(
    session: Session, work: Arriving, item: Item, entry: Entry, state: State, known: dict[str, int], notes: list[Note]
) -> None:
    """Add a state as the working copy."""
    files, missing = resolved.kept_files(session, work, entry, state)
    notes += missing
    where = resolved.file_addresses(session, item, entry, files)
    REVIEW.fire(ReviewOf(item), "save")
    number = versions.next_number(session, item.id)
    cut = [name for name, text, limit in _cut(state) if len(text) > limit]
    notes += [Note("import.cut", {"what": message(f"import.part.{name}")}) for name in cut]
    given = resolved.addressed(session, state.fields, known, notes)
    version = versions.add(
        session, work.actor, item, title=state.title[: versions.MAX_TITLE],
        summary=state.summary[: versions.MAX_SUMMARY], body=resolved.body(state.body, known, where, notes),
        fields=resolved.fields(session, work, entry, state, number, given),
        files=[file for _, file in files], reason=state.reason[: versions.MAX_REASON],
    )  # fmt: skip
    acts.changed(session, work.actor, item, "saved", visible=False, data={"number": version.number})
    if types.of(item.type).family.reasons:
        if state.published_at is None:
            asking.request_unasked(session, version.id)
        elif found := review.review(session, item, version).findings:
            notes.append(Note("import.personal", {"count": len({one.group for one in found})}))


def _cut(state: State) -> tuple[tuple[str, str, int], ...]:
    return (
        ("title", state.title, versions.MAX_TITLE),
        ("summary", state.summary, versions.MAX_SUMMARY),
        ("reason", state.reason, versions.MAX_REASON),
    )


def _once(notes: list[Note]) -> list[Note]:
    found: list[Note] = []
    for note in notes:
        if note not in found:
            found.append(note)
    return found


def _configure(session: Session, item: Item, entry: Entry, known: Mapping[str, int], notes: list[Note]) -> None:
    """What the place gives to everything below it."""
    try:
        item.settings = acquired.checked(resolved.addressed(session, entry.settings, known, notes))
    except Invalid as refusal:
        notes.append(Note("import.settings_lost", {"why": why(refusal)}))


def _planned(session: Session, work: Arriving, item: Item, entry: Entry, at: int) -> list[Note]:
    """The state just saved goes out at a time, if it is the one its source decided on."""
    if entry.publish_at is None or at != (entry.scheduled or len(entry.states)) - 1 or item.draft_version_id is None:
        return []
    if entry.publish_at <= clock.now():
        return [Note("import.schedule_over")]
    try:
        publication.schedule(session, work.actor, item.id, publish_at=entry.publish_at, expires_at=None)
    except DomainError as refusal:
        return [Note("import.not_scheduled", {"why": why(refusal)})]
    return []


def _taken_off(session: Session, work: Arriving, item: Item, entry: Entry, notes: list[Note]) -> None:
    """Archived, withdrawn, or withdrawn with its text kept, as the source says; or over by now, by the law's rule."""
    reason = entry.taken_off or message("import.taken_off")
    first = first_public(entry)
    if entry.state == ARCHIVED:
        publication.archive(session, work.actor, item.id, reason=reason, since=first)
    elif entry.state == WITHDRAWN:
        _withdraw(session, work, item, entry, reason, notes)
    elif entry.state == RETIRED:
        publication.retire(session, work.actor, item.id, reason=reason, decided=True, since=first)
    elif item.state == PUBLISHED and entry.expires_at is not None and entry.expires_at <= clock.now():
        publication.archive(session, work.actor, item.id, reason=message("import.expired"), since=first)
    elif item.state == PUBLISHED and first is not None:
        _over_elsewhere(session, work, item, first)


def _withdraw(session: Session, work: Arriving, item: Item, entry: Entry, reason: str, notes: list[Note]) -> None:
    """Withdrawn, and merged with what its source says if that is here; its address then leads there."""
    since = first_public(entry) or clock.now()
    merged = next((one for one in entry.ties if one.kind == ties.MERGED), None)
    into = work.other(session, merged) if merged is not None else None
    if merged is not None:
        try:
            publication.withdraw(session, work.actor, item.id, reason=reason, into=into or 0, decided=True, since=since)
        except Invalid as refusal:
            notes.append(ties.lost(merged, why(refusal)))
        else:
            return
    publication.withdraw(session, work.actor, item.id, reason=reason, decided=True, since=since)


def _over_elsewhere(session: Session, work: Arriving, item: Item, first: datetime) -> None:
    """What the law's term ended in the old Bulletin already does not begin a new one here."""
    version = session.get_one(ItemVersion, item.live_version_id)
    ends = (rule(item, version, first) for _, rule in OVER.items())
    moment = next((one for one in ends if one is not None), None)
    if moment is None:
        return
    if moment > clock.now():
        publication.schedule(session, work.actor, item.id, publish_at=item.publish_at, expires_at=moment, since=first)
    elif not any(ending(session, work.actor, item) for _, ending in acts.ENDINGS.items()):
        publication.archive(session, work.actor, item.id, reason=message("import.over"), since=first)


def _count_from_there(item: Item, entry: Entry) -> None:
    """The time the law gives runs on in the Bulletin from the first day there; how long stood what was taken down
    there nobody knows, and that begins anew if it is ever published here."""
    first = first_public(entry)
    stands = entry.state not in (WITHDRAWN, RETIRED) and types.of(item.type).family.journal
    if stands and first is not None and item.published_at is not None and first < item.published_at:
        item.counted_from = first


def _keep_the_day(item: Item, entry: Entry) -> None:
    """Old news stays old: on the portal lists go by the day it was first public. In the Bulletin that is the
    server's time alone (UDIP art. 8(6)(5)); the earlier moment is shown beside it."""
    first = first_public(entry)
    if first is not None and item.published_at is not None and not types.of(item.type).family.journal:
        item.published_at = min(first, item.published_at)


def _ahead_of(session: Session, work: Arriving, item: Item, entry: Entry) -> list[Note]:
    """Waiting for review, ending at a time. What is refused of it is told and changes nothing else."""
    end = _ahead(entry.expires_at) if item.state in (UNPUBLISHED, PUBLISHED) else None
    try:
        if entry.review == PENDING and item.review != PENDING and item.draft_version_id is not None:
            publication.submit(session, work.actor, item.id)
        if end:
            kept, version = item.publish_at, item.scheduled_version_id
            publication.schedule(
                session, work.actor, item.id, publish_at=kept, expires_at=end, since=first_public(entry)
            )
            item.scheduled_version_id = version
    except DomainError as refusal:
        return [Note("import.not_scheduled", {"why": why(refusal)})]
    return []


def _ahead(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment > clock.now() else None


def _redirects(session: Session, item: Item, entry: Entry) -> list[Note]:
    """Old addresses lead here from now on, unless something lives there."""
    notes = []
    for path in dict.fromkeys(entry.redirects):
        lived = session.scalar(select(Item.id).where(Item.path == path))
        fits = path.startswith("/") and 1 < len(path) <= paths.MAX_PATH
        row = {"path": path, "item_id": item.id, "created_at": clock.now()}
        if lived == item.id:
            continue
        if lived is not None or not fits or not insert_or_ignore(session, Redirect, row):
            notes.append(Note("import.address_taken", {"address": path[:200]}))
    return notes
