"""Bringing entries into the tree: first every item its place, then its states with links that lead to them.

Each item is one transaction. Whatever stops the work, doing it again goes on where it stopped: what has its place
and its states is known by ``Item.source``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import acts, attachments, links, paths, publication, types, versions
from portal.content.exchange import plan
from portal.content.exchange.entries import ORIGIN, Entry, Note, Source, State, mark
from portal.content.exchange.plan import KNOWN, PARTLY, REFUSED, TAKEN, Line
from portal.content.models import Item, Redirect
from portal.content.versions import Attachment
from portal.content.workflow import ARCHIVED, LIFE, PENDING, RETIRED, REVIEW, WITHDRAWN, ReviewOf
from portal.core import clock, documents
from portal.core.actors import Actor
from portal.core.blobs import BlobStore, sha256
from portal.core.db import Database, insert_or_ignore
from portal.core.errors import DomainError
from portal.web.texts import message

_LINK = re.compile(r'((?:href|src)=")(archive|attachment):([^"#?/]+)(?:/([^"#?]+))?([^"]*)(")')


@dataclass(frozen=True, slots=True)
class Bringing:
    """An import under way: from where, to which item, on whose behalf (``asker``), with which hand (``actor``)."""

    database: Database
    blobs: BlobStore
    source: Source
    target: int
    asker: Actor
    actor: Actor

    def mark(self, key: str) -> str:
        return mark(self.source, key, self.target)

    def place(self, number: int) -> Line | None:
        """Give the entry its place in the tree; the line says why it has none. ``None``: it has one."""
        entry = self.source.entry(number)
        with self.database.transaction() as session:
            if _existing(session, self.mark(entry.key)) is not None:
                return None
            target = acts.find(session, self.target)
            parent = target if not entry.parent else _existing(session, self.mark(entry.parent))
            reason = plan.refusal(session, self.asker, entry, (parent.path, parent.type) if parent else None)
            if reason is not None or parent is None:
                notes = (*entry.notes, *([reason] if reason else []))
                return Line(number, REFUSED, entry.key, entry.title, entry.address or entry.name, notes)
            _add(session, self.actor, parent, entry, self.mark(entry.key))
        return None

    def fill(self, number: int) -> Line | None:
        """Give the entry's item its states; ``None`` for one without a place (its line stands already)."""
        entry = self.source.entry(number)
        with self.database.reading() as session:
            item = _existing(session, self.mark(entry.key))
        if item is None:
            return None
        if item.draft_version_id is not None or item.live_version_id is not None:
            return Line(number, KNOWN, entry.key, entry.title, item.path, (), item.id)
        notes = self._states(item.id, entry)
        outcome = PARTLY if notes or entry.notes else TAKEN
        return Line(number, outcome, entry.key, entry.title, item.path, (*entry.notes, *notes), item.id)

    def _states(self, item_id: int, entry: Entry) -> list[Note]:
        """All states in one transaction; when one cannot be published it waits as a working copy, and why is said."""
        try:
            with self.database.transaction() as session:
                return _fill(session, self, item_id, entry, publish=True)
        except (DomainError, TypeError, ValueError, KeyError) as problem:
            with self.database.transaction() as session:
                notes = _fill(session, self, item_id, entry, publish=False)
            return [*notes, Note("import.not_published", {"why": _why(problem)})]


def _why(problem: Exception) -> str:
    if isinstance(problem, DomainError):
        return message(problem.code, **problem.details)
    return message("import.broken_fields")


def _existing(session: Session, source: str) -> Item | None:
    return session.scalars(select(Item).where(Item.source == source, Item.binned_at.is_(None))).first()


def _add(session: Session, actor: Actor, parent: Item, entry: Entry, source: str) -> Item:
    """The item's row, empty: nobody sees it before it has its states."""
    kind, now = types.of(entry.type), clock.now()
    last = session.scalar(select(func.max(Item.position)).where(Item.parent_id == parent.id)) or 0
    item = Item(
        path=_free(session, parent.path, entry.name), parent_id=parent.id, type=entry.type, state=LIFE.initial,
        review=REVIEW.initial, title=entry.title[:300], summary="",
        position=entry.position if entry.parent and entry.position else last + 1,
        in_menu=kind.menu if entry.in_menu is None else entry.in_menu, language=entry.language[:5] or parent.language,
        owner_id=actor.on_behalf_of or actor.user_id, created_at=now, changed_at=now, source=source,
        settings=entry.settings, protected=entry.protected, version=1,
    )  # fmt: skip
    session.add(item)
    session.flush()
    acts.changed(session, actor, item, "imported", visible=False, data={"source": source.partition(":")[0]})
    return item


def _free(session: Session, folder: str, name: str) -> str:
    base, number = paths.join(folder, name), 1
    while session.scalar(select(Item.id).where(Item.path == (path := base if number == 1 else f"{base}-{number}"))):
        number += 1
    return path


def _fill(session: Session, work: Bringing, item_id: int, entry: Entry, *, publish: bool) -> list[Note]:
    item = acts.find(session, item_id)
    notes: list[Note] = []
    known = _targets(session, work, entry)
    # What cannot be published whole is kept as it last stood, for a person to finish.
    states = entry.states if publish else entry.states[-1:]
    for state in states:
        files, missing = _files(session, work, state)
        notes += missing
        where = _file_addresses(session, item, entry, files)
        REVIEW.fire(ReviewOf(item), "save")
        number = versions.next_number(session, item.id)
        version = versions.add(
            session, work.actor, item, title=state.title[:300], summary=state.summary[:600],
            body=_resolved(state.body, known, where, notes), fields=_fields(work, entry, state, number),
            files=[file for _, file in files], reason=state.reason[:500],
        )  # fmt: skip
        acts.changed(session, work.actor, item, "saved", visible=False, data={"number": version.number})
        if publish and state.published_at is not None:
            asked = types.of(item.type).family.reasons and item.published_at is not None
            reason = state.reason or (message("import.reason") if asked else "")
            publication.publish(session, work.actor, item.id, reason=reason)
    if publish:
        _as_it_stood(session, work, item, entry)
        _keep_the_day(item, entry)
    notes += _redirects(session, item, entry)
    return _once(notes)


def _once(notes: list[Note]) -> list[Note]:
    found: list[Note] = []
    for note in notes:
        if note not in found:
            found.append(note)
    return found


def _as_it_stood(session: Session, work: Bringing, item: Item, entry: Entry) -> None:
    """Archived, withdrawn, waiting for review, due at a time: as the source says."""
    reason = entry.taken_off or message("import.taken_off")
    if entry.state == ARCHIVED:
        publication.archive(session, work.actor, item.id, reason=reason)
    if entry.state == WITHDRAWN:
        publication.withdraw(session, work.actor, item.id, reason=reason)
    if entry.state == RETIRED:
        publication.retire(session, work.actor, item.id, reason=reason)
    if entry.review == PENDING and item.review != PENDING and item.draft_version_id is not None:
        publication.submit(session, work.actor, item.id)
    begin, end = _ahead(entry.publish_at), _ahead(entry.expires_at)
    begin = begin if item.draft_version_id is not None else None
    if begin or end:
        publication.schedule(session, work.actor, item.id, publish_at=begin, expires_at=end)


def _keep_the_day(item: Item, entry: Entry) -> None:
    """Old news stays old: on the portal lists go by the day it was first public. In the Bulletin that is the
    server's time alone (UDIP art. 8(6)(5)); the earlier moment is shown beside it."""
    first = min((state.published_at for state in entry.states if state.published_at is not None), default=None)
    if first is not None and item.published_at is not None and not types.of(item.type).family.journal:
        item.published_at = min(first, item.published_at)


def _ahead(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment > clock.now() else None


def _fields(work: Bringing, entry: Entry, state: State, number: int) -> dict[str, Any]:
    """The state's fields and where it comes from, sealed together with it."""
    origin: dict[str, Any] = {
        "kind": work.source.kind, "number": number, "address": entry.address, "author": state.author,
        "created_at": _text(state.created_at), "published_at": _text(state.published_at),
        "published_by": state.published_by,
    }  # fmt: skip
    if ORIGIN in state.fields:
        origin["before"] = state.fields[ORIGIN]
    return {**state.fields, ORIGIN: origin}


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def _files(session: Session, work: Bringing, state: State) -> tuple[list[tuple[str, Attachment]], list[Note]]:
    """The state's files, stored; those the source has not got are named."""
    found: list[tuple[str, Attachment]] = []
    missing = []
    for file in state.files:
        try:
            data = work.source.file(file.key)
            stored = _stored(session, work, data, file.name)
        except (KeyError, DomainError):
            missing.append(Note("import.file_missing", {"name": file.name}))
            continue
        if all(stored != other.document_id for _, other in found):
            found.append((file.key, Attachment(stored, file.title or file.name)))
    return found, missing


def _stored(session: Session, work: Bringing, data: bytes, name: str) -> int:
    """One document for the same bytes under the same name within an item's import."""
    kept: dict[tuple[str, str], int] = session.info.setdefault("imported_files", {})
    key = (sha256(data), name)
    if key not in kept:
        kept[key] = documents.store(session, work.blobs, work.actor, data=data, name=name, origin="content").id
    return kept[key]


def _targets(session: Session, work: Bringing, entry: Entry) -> dict[str, int]:
    """Entry → item, for the entries this one's texts link to."""
    keys = {match.group(3) for state in entry.states for match in _LINK.finditer(state.body)}
    marks = {work.mark(html.unescape(key)): key for key in keys}
    rows = session.execute(select(Item.source, Item.id).where(Item.source.in_(marks)))
    return {marks[row.source]: row.id for row in rows}


def _file_addresses(
    session: Session, item: Item, entry: Entry, files: list[tuple[str, Attachment]]
) -> Mapping[tuple[str, str], str]:
    """(entry, file) → today's address, for files of this very state."""
    rows = {file.document_id: session.get_one(documents.Document, file.document_id).name for _, file in files}
    return {
        (entry.key, key): attachments.address(item.id, file.document_id, rows[file.document_id]) for key, file in files
    }


def _resolved(
    body: str, known: Mapping[str, int], files: Mapping[tuple[str, str], str], notes: list[Note]
) -> str:  # fmt: skip
    """The text with its links as references to items and addresses of files; those that lead nowhere are told."""

    def replace(match: re.Match[str]) -> str:
        before, kind, key, file, rest, after = match.groups()
        if kind == "archive" and key in known:
            return f"{before}item:{known[key]}{rest}{after}"
        if kind == "attachment" and (key, file or "") in files:
            return f"{before}{files[(key, file or '')]}{after}"
        notes.append(Note("import.link_lost", {"to": f"{key}/{file}" if file else key}))
        return f"{before}{links.GONE}{after}"

    return _LINK.sub(replace, body)


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
