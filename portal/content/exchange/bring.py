"""Bringing entries into the tree: first every item its place, then its states with links that lead to them.

Each item is one transaction. Whatever stops the work, doing it again goes on where it stopped: what has its place
and its states is known by ``Item.source``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import acquired, acts, attachments, files, links, paths, publication, structures, types, versions
from portal.content.exchange import plan, ties
from portal.content.exchange.entries import ORIGIN, Entry, Note, Source, State, Tie, mark
from portal.content.exchange.plan import KNOWN, PARTLY, REFUSED, TAKEN, Line
from portal.content.models import Item, ItemVersion, Redirect
from portal.content.personal import asking, review
from portal.content.versions import Attachment
from portal.content.workflow import (
    ARCHIVED,
    LIFE,
    PENDING,
    PUBLISHED,
    RETIRED,
    REVIEW,
    UNPUBLISHED,
    WITHDRAWN,
    ReviewOf,
)
from portal.core import clock, documents
from portal.core.actors import Actor
from portal.core.blobs import BlobStore, sha256
from portal.core.db import Database, insert_or_ignore
from portal.core.errors import DomainError, Invalid
from portal.core.registry import Registry
from portal.web.texts import message

_LINK = re.compile(r'((?:href|src)=")(archive|attachment):([^"#?/]+)(?:/([^"#?]+))?([^"]*)(")')


class _Refused(Exception):
    """A state that cannot be saved (``what`` ``save``) or made public (``publish``) as it is, or what was to be done
    with the item at last (``stand``)."""

    def __init__(self, number: int, what: str, cause: Exception) -> None:
        super().__init__(what)
        self.number, self.what, self.why = number, what, _why(cause)


def _silent(_session: Session, _line: Line) -> None:
    """Keep the report nowhere."""


def _say_no_more(_session: Session, _number: int, _notes: Sequence[Note]) -> None:
    """Add nothing."""


def _is_merged(entry: Entry) -> bool:
    return entry.state == WITHDRAWN and any(one.kind == ties.MERGED for one in entry.ties)


@dataclass(frozen=True, slots=True)
class Bringing:
    """An import under way: from where, to which item, on whose behalf (``asker``), with which hand (``actor``).

    ``keep`` is told the line of each entry in the transaction that brings it, so that a report is as whole as the work.
    """

    database: Database
    blobs: BlobStore
    source: Source
    target: int
    asker: Actor
    actor: Actor
    keep: Callable[[Session, Line], None] = _silent
    more: Callable[[Session, int, Sequence[Note]], None] = _say_no_more
    """Is told what is to be added to the line of an entry."""

    rights: bool = False
    """Whether roles come along too: the asker says so."""
    known: dict[str, str | None] = field(default_factory=dict, repr=False)

    def mark(self, key: str) -> str:
        return mark(self.source, key, self.target)

    def item(self, session: Session, key: str) -> Item | None:
        """The item of an entry: the one that was brought here for it, or the place itself."""
        if self.is_place(session, key):
            return acts.find(session, self.target)
        return _existing(session, self.mark(key))

    def is_place(self, session: Session, key: str) -> bool:
        """Whether the entry is the place itself, brought from elsewhere."""
        if "root" not in self.known:
            root = self.source.entry(0) if self.source.count() else None
            target = session.get_one(Item, self.target)
            self.known["root"] = root.key if root is not None and plan.is_place(root, target.type) else None
        return self.known["root"] == key

    def other(self, session: Session, one: Tie) -> int | None:
        """The item a tie leads to, if it is here."""
        if one.key:
            found = self.item(session, one.key)
            return found.id if found is not None else None
        return acts.at(session, one.address) if one.address else None

    def tie(self, number: int) -> Sequence[Note]:
        """Bind an item that has its states to others and give the roles at it; what could not be is told.

        What was merged with another item is given its states only here, when that one has its own.
        """
        entry = self.source.entry(number)
        if _is_merged(entry):
            line = self._fill(number, entry)
            if line is None or line.outcome == KNOWN:
                return ()
        if not (entry.ties or entry.rights):
            return ()
        with self.database.transaction() as session:
            item = self.item(session, entry.key)
            if item is None:
                return ()
            notes = self._tied(session, item, entry)
            if notes:
                self.more(session, number, notes)
            return notes

    def _tied(self, session: Session, item: Item, entry: Entry) -> list[Note]:
        notes = []
        for one in entry.ties:
            other = self.other(session, one)
            if one.kind != ties.MERGED:
                note = ties.tie(session, self.actor, item, one, other) if other else ties.lost(one)
                notes += [note] if note else []
        if entry.rights and not self.rights:
            return [*notes, Note("import.rights_left", {"count": len(entry.rights)})]
        found = [ties.give(session, self.asker, item, one) for one in entry.rights]
        return [*notes, *(note for note in found if note is not None)]

    def place(self, number: int) -> Line | None:
        """Give the entry its place in the tree; the line says why it has none. ``None``: it has one."""
        entry = self.source.entry(number)
        with self.database.transaction() as session:
            if self.item(session, entry.key) is not None:
                return None
            target = acts.find(session, self.target)
            parent = target if not entry.parent else self.item(session, entry.parent)
            reason = plan.refusal(session, self.asker, entry, (parent.path, parent.type) if parent else None)
            if reason is not None or parent is None:
                notes = (*entry.notes, *([reason] if reason else []))
                line = Line(number, REFUSED, entry.key, entry.title, entry.address or entry.name, notes)
                self.keep(session, line)
                return line
            _add(session, self.actor, parent, entry, self.mark(entry.key))
        return None

    def fill(self, number: int) -> Line | None:
        """Give the entry's item its states; ``None`` for one without a place (its line stands already)."""
        entry = self.source.entry(number)
        return None if _is_merged(entry) else self._fill(number, entry)

    def _fill(self, number: int, entry: Entry) -> Line | None:
        with self.database.transaction() as session:
            item = self.item(session, entry.key)
            if item is None:
                return None
            if item.draft_version_id is not None or item.live_version_id is not None:
                place = (Note("import.root_kept"),) if item.id == self.target else ()
                line = Line(number, KNOWN, entry.key, entry.title, item.path, place, item.id)
                self.keep(session, line)
                return line
        return self._filled(number, item.id, item.path, entry)

    def _filled(self, number: int, item_id: int, path: str, entry: Entry) -> Line:
        """All states in one transaction. One that is refused is left out of it, and the report says which and why.

        When what the public last saw cannot be made public, nothing of the item is: an outdated text is worse than
        none. All its states then wait in its history.
        """
        refused = plan.foreseen(entry)
        publish = not _is_last(entry, refused)
        while True:
            try:
                with self.database.transaction() as session:
                    notes = _fill(session, self, item_id, entry, refused, publish=publish)
                    told = (*entry.notes, *notes, *plan.refused_notes(entry, refused, publish=publish))
                    line = Line(number, PARTLY if told else TAKEN, entry.key, entry.title, path, told, item_id)
                    self.keep(session, line)
                    return line
            except _Refused as problem:
                refused[problem.number] = plan.Refused(problem.what, problem.why)
                hopeless = problem.what == "stand" or _is_last(entry, refused) or len(refused) > _MOST_REFUSED
                publish = publish and not hopeless


_MOST_REFUSED = 50
"""Refused states of one item after which none of them is made public: each one means doing it all again."""


def _is_last(entry: Entry, refused: Mapping[int, plan.Refused]) -> bool:
    """Whether the state the public saw last is among those that were refused."""
    public = [number for number, state in enumerate(entry.states) if state.published_at is not None]
    return bool(public) and public[-1] in refused


def _why(problem: Exception) -> str:
    if isinstance(problem, DomainError):
        return message(problem.code, **problem.details)
    return message("import.broken_fields")


@contextmanager
def _refusing(number: int, what: str) -> Iterator[None]:
    """Whatever is refused inside is refused of state ``number``."""
    try:
        yield
    except (DomainError, TypeError, ValueError, KeyError) as cause:
        raise _Refused(number, what, cause) from cause


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
        settings={}, protected=entry.protected, version=1,
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


def _fill(
    session: Session, work: Bringing, item_id: int, entry: Entry, refused: Mapping[int, plan.Refused], *, publish: bool
) -> list[Note]:
    item = acts.find(session, item_id)
    notes: list[Note] = []
    known = _targets(session, work, entry)
    if entry.settings:
        _configure(session, item, entry, known, notes)
    for at, state in enumerate(entry.states):
        told = refused.get(at)
        if told is not None and told.what == "save":
            continue
        with _refusing(at, "save"):
            _save(session, work, item, entry, state, known, notes)
        if publish and told is None and state.published_at is not None:
            with _refusing(at, "publish"):
                asked = types.of(item.type).family.reasons and item.published_at is not None
                reason = state.reason or (message("import.reason") if asked else "")
                publication.publish(session, work.actor, item.id, reason=reason)
        notes += _planned(session, work, item, entry, at)
    if publish:
        with _refusing(-1, "stand"):
            _taken_off(session, work, item, entry, notes)
        _keep_the_day(item, entry)
    notes += _ahead_of(session, work, item, entry)
    notes += _redirects(session, item, entry)
    return _once(notes)


def _save(
    session: Session, work: Bringing, item: Item, entry: Entry, state: State, known: dict[str, int], notes: list[Note]
) -> None:
    """Add a state as the working copy."""
    files, missing = _files(session, work, entry, state)
    notes += missing
    where = _file_addresses(session, item, entry, files)
    REVIEW.fire(ReviewOf(item), "save")
    number = versions.next_number(session, item.id)
    cut = [name for name, text, limit in _cut(state) if len(text) > limit]
    notes += [Note("import.cut", {"what": message(f"import.part.{name}")}) for name in cut]
    version = versions.add(
        session, work.actor, item, title=state.title[: versions.MAX_TITLE],
        summary=state.summary[: versions.MAX_SUMMARY], body=_resolved(state.body, known, where, notes),
        fields=_fields(session, work, entry, state, number, _addressed(session, state.fields, known, notes)),
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


def _taken_off(session: Session, work: Bringing, item: Item, entry: Entry, notes: list[Note]) -> None:
    """Archived, withdrawn, or withdrawn with its text kept, as the source says; or over by now, by the law's rule."""
    reason = entry.taken_off or message("import.taken_off")
    first = _first_public(entry)
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


def _withdraw(session: Session, work: Bringing, item: Item, entry: Entry, reason: str, notes: list[Note]) -> None:
    """Withdrawn, and merged with what its source says if that is here; its address then leads there."""
    since = _first_public(entry) or clock.now()
    merged = next((one for one in entry.ties if one.kind == ties.MERGED), None)
    into = work.other(session, merged) if merged is not None else None
    if merged is not None:
        try:
            publication.withdraw(session, work.actor, item.id, reason=reason, into=into or 0, decided=True, since=since)
        except Invalid as refusal:
            notes.append(ties.lost(merged, _why(refusal)))
        else:
            return
    publication.withdraw(session, work.actor, item.id, reason=reason, decided=True, since=since)


def _over_elsewhere(session: Session, work: Bringing, item: Item, first: datetime) -> None:
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


OVER: Registry[Callable[[Item, ItemVersion, datetime], datetime | None]] = Registry("end elsewhere")
"""Packages above add when an item that was first made public elsewhere, at a moment, ended by the rules of its type."""


def _first_public(entry: Entry) -> datetime | None:
    return min((state.published_at for state in entry.states if state.published_at is not None), default=None)


def _ahead_of(session: Session, work: Bringing, item: Item, entry: Entry) -> list[Note]:
    """Waiting for review, ending at a time. What is refused of it is told and changes nothing else."""
    end = _ahead(entry.expires_at) if item.state in (UNPUBLISHED, PUBLISHED) else None
    try:
        if entry.review == PENDING and item.review != PENDING and item.draft_version_id is not None:
            publication.submit(session, work.actor, item.id)
        if end:
            kept, version = item.publish_at, item.scheduled_version_id
            publication.schedule(
                session, work.actor, item.id, publish_at=kept, expires_at=end, since=_first_public(entry)
            )
            item.scheduled_version_id = version
    except DomainError as refusal:
        return [Note("import.not_scheduled", {"why": _why(refusal)})]
    return []


def _planned(session: Session, work: Bringing, item: Item, entry: Entry, at: int) -> list[Note]:
    """The state just saved goes out at a time, if it is the one its source decided on."""
    if entry.publish_at is None or at != (entry.scheduled or len(entry.states)) - 1 or item.draft_version_id is None:
        return []
    if entry.publish_at <= clock.now():
        return [Note("import.schedule_over")]
    try:
        publication.schedule(session, work.actor, item.id, publish_at=entry.publish_at, expires_at=None)
    except DomainError as refusal:
        return [Note("import.not_scheduled", {"why": _why(refusal)})]
    return []


def _keep_the_day(item: Item, entry: Entry) -> None:
    """Old news stays old: on the portal lists go by the day it was first public. In the Bulletin that is the
    server's time alone (UDIP art. 8(6)(5)); the earlier moment is shown beside it."""
    first = _first_public(entry)
    if first is not None and item.published_at is not None and not types.of(item.type).family.journal:
        item.published_at = min(first, item.published_at)


def _ahead(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment > clock.now() else None


def _fields(
    session: Session, work: Bringing, entry: Entry, state: State, number: int, given: dict[str, Any]
) -> dict[str, Any]:
    """The state's fields and where it comes from, sealed together with it."""
    origin: dict[str, Any] = {
        "kind": work.source.kind, "number": number, "address": entry.address, "author": state.author,
        "created_at": _text(state.created_at), "published_at": _text(state.published_at),
        "published_by": state.published_by, "first_published_at": _text(_first_public(entry)),
    }  # fmt: skip
    if ORIGIN in state.fields:
        origin["before"] = state.fields[ORIGIN]
    marks = {work.mark(str(old)): old for old in structures.targets(given)}
    rows = session.execute(select(Item.source, Item.id).where(Item.source.in_(marks))) if marks else ()
    return {**structures.retarget(given, {marks[row.source]: row.id for row in rows}), ORIGIN: origin}


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def _files(
    session: Session, work: Bringing, entry: Entry, state: State
) -> tuple[list[tuple[str, Attachment]], list[Note]]:
    """The state's files, stored; those the source has not got, and those nobody should keep, are named."""
    found: list[tuple[str, Attachment]] = []
    missing = []
    for file in state.files:
        try:
            stored = _stored(session, work, work.source.file(file.key), file.name, entry.type)
        except KeyError:
            missing.append(Note("import.file_missing", {"name": file.name}))
            continue
        except DomainError as refusal:
            missing.append(Note("import.file_refused", {"name": file.name, "why": _why(refusal)}))
            continue
        if all(stored != other.document_id for _, other in found):
            found.append((file.key, Attachment(stored, file.title or file.name)))
    return found, missing


def _stored(session: Session, work: Bringing, data: bytes, name: str, kind: str) -> int:
    """One document for the same bytes under the same name within an item's import, through the gate of all files."""
    kept: dict[tuple[str, str], int] = session.info.setdefault("imported_files", {})
    key = (sha256(data), name)
    if key not in kept:
        kept[key] = files.keep(session, work.blobs, work.actor, data=data, name=name, origin="content", kind=kind).id
    return kept[key]


def _targets(session: Session, work: Bringing, entry: Entry) -> dict[str, int]:
    """Entry → item, for the entries that this one's texts, fields and settings name."""
    keys = {html.unescape(match.group(3)) for state in entry.states for match in _LINK.finditer(state.body)}
    values = [entry.settings, *(state.fields for state in entry.states)]
    keys |= {found[1] for given in values for value in given.values() if (found := _NAMED.fullmatch(str(value)))}
    marks = {work.mark(key): key for key in keys}
    rows = session.execute(select(Item.source, Item.id).where(Item.source.in_(marks)))
    found_here = {marks[row.source]: row.id for row in rows}
    return found_here | {key: work.target for key in keys if key not in found_here and work.is_place(session, key)}


_NAMED = re.compile(r"archive:([^#?/]+)(.*)")


def _addressed(session: Session, values: dict[str, Any], known: Mapping[str, int], notes: list[Note]) -> dict[str, Any]:
    """Fields or settings with ``archive:KEY`` as today's address; one that leads nowhere is left out and told."""
    found = dict(values)
    for name, value in values.items():
        match = _NAMED.fullmatch(value) if isinstance(value, str) else None
        if match is not None and match[1] in known:
            found[name] = session.get_one(Item, known[match[1]]).path + match[2]
        elif match is not None:
            del found[name]
            notes.append(Note("import.link_lost", {"to": match[1]}))
    return found


def _configure(session: Session, item: Item, entry: Entry, known: Mapping[str, int], notes: list[Note]) -> None:
    """What the place gives to everything below it."""
    try:
        item.settings = acquired.checked(_addressed(session, entry.settings, known, notes))
    except Invalid as refusal:
        notes.append(Note("import.settings_lost", {"why": _why(refusal)}))


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
        if kind == "archive" and html.unescape(key) in known:
            return f"{before}item:{known[html.unescape(key)]}{rest}{after}"
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
