"""What will come of an import, entry by entry, before anything is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.content import files, paths, types, versions
from portal.content.exchange.entries import Broken, Entry, Note, Right, Source, mark
from portal.content.models import Item
from portal.content.types import TYPES
from portal.core.actors import Actor
from portal.core.errors import DomainError
from portal.web.texts import message

TAKEN, PARTLY, KNOWN, REFUSED = "taken", "partly", "known", "refused"
PLANNED = "planned"
"""In counts: what would be brought in and has not been yet."""
OUTCOMES = (TAKEN, PARTLY, KNOWN, REFUSED)
_PROGRESS = 200
_MOST_BEARERS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: what comes (or came) of an entry, where, and why not whole."""

    number: int
    outcome: str
    key: str
    title: str
    path: str
    notes: tuple[Note, ...] = ()
    item_id: int | None = None
    rights: tuple[Right, ...] = ()
    """Roles that were given there; whom they are given here is asked before anything is brought in."""


@dataclass
class _Known:
    """What is planned so far: entry → where it will lie and of which type; refused ones have no path."""

    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


def lines(session: Session, actor: Actor, source: Source, target: Item, say: Callable[[int, int], None]) -> list[Line]:
    """The report of a dry run. ``say`` is told how far it is. Raises ``Broken``."""
    count = source.count()
    known = _Known(places={"": (target.path, target.type)})
    found = []
    for number in range(count):
        found.append(_judge(session, actor, source, target, known, number))
        if number % _PROGRESS == 0:
            say(number, count)
    return [*found, *lost(source, count)]


def lost(source: Source, begin: int) -> Iterator[Line]:
    """A line for everything the source holds that can be no entry."""
    for number, entry in enumerate(source.lost(), begin):
        yield Line(number, REFUSED, entry.key, entry.title, entry.address, entry.notes)


def _judge(session: Session, actor: Actor, source: Source, target: Item, known: _Known, number: int) -> Line:
    entry = source.entry(number)
    if number == 0 and is_place(entry, target.type):
        known.places[entry.key] = (target.path, target.type)
        return Line(number, KNOWN, entry.key, entry.title, target.path, (Note("import.root_kept"),), target.id)
    if entry.key in known.places or not entry.key:
        return _refused(number, entry, Note("import.key_twice", {"key": entry.key}))
    existing = session.execute(
        select(Item.id, Item.path, Item.type).where(Item.source == mark(source, entry.key, target.id))
    ).first()
    if existing is not None:
        known.places[entry.key] = (existing.path, existing.type)
        return Line(number, KNOWN, entry.key, entry.title, existing.path, entry.notes, existing.id)
    reason = refusal(session, actor, entry, known.places.get(entry.parent))
    if reason is not None:
        return _refused(number, entry, reason)
    folder, _ = known.places[entry.parent]
    path = _place(session, known, folder, entry.name)
    known.places[entry.key] = (path, entry.type)
    known.taken.add(path)
    notes = [*entry.notes, *file_notes(source, entry), *refused_notes(entry, foreseen(entry), publish=True)]
    if paths.name_of(path) != entry.name:
        notes.append(Note("import.renamed", {"name": entry.name, "to": paths.name_of(path)}))
    outcome = PARTLY if notes else TAKEN
    return Line(number, outcome, entry.key, entry.title, path, tuple(notes), rights=entry.rights)


def is_place(root: Entry, kind: str) -> bool:
    """Whether the first entry is the place itself brought from elsewhere: of its type, which may not lie in another."""
    return not root.parent and root.type == kind and kind not in types.of(kind).children


def _refused(number: int, entry: Entry, reason: Note) -> Line:
    return Line(number, REFUSED, entry.key, entry.title, entry.address or entry.name, (*entry.notes, reason))


def refusal(session: Session, actor: Actor, entry: Entry, parent: tuple[str, str] | None) -> Note | None:
    """Why the entry cannot be brought under ``parent`` (its path and type); ``None`` when it can."""
    if parent is None:
        return Note("import.parent_missing", {"parent": entry.parent})
    path, kind = parent
    if entry.type not in TYPES:
        return Note("import.type_unknown", {"type": entry.type})
    if entry.type not in types.of(kind).children:
        return Note("import.not_allowed_there", {"type": types.of(entry.type).title, "parent": types.of(kind).title})
    kept = len(entry.states) - sum(one.what == "save" for one in foreseen(entry).values())
    if not kept:
        return Note("import.nothing_inside")
    try:
        paths.join(path, entry.name)
    except DomainError as problem:
        return Note(problem.code, dict(problem.details))
    family = types.of(entry.type).family
    if not policy.can(session, actor, family.rights["publish"], path):
        return Note("import.no_right", {"path": path})
    return None


def file_notes(source: Source, entry: Entry) -> list[Note]:
    """The files that the source names and has not got, and those the gate does not let in."""
    found = []
    for key, name in dict.fromkeys((file.key, file.name) for state in entry.states for file in state.files):
        try:
            files.check(source.file(key), name, kind=entry.type)
        except KeyError:
            found.append(Note("import.file_missing", {"name": name}))
        except Broken:
            raise
        except DomainError as refusal:
            why = message(refusal.code, **refusal.details)
            found.append(Note("import.file_refused", {"name": name, "why": why}))
    return found


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a state is not taken: not at all (``what`` ``save``), or only into the history (``publish``)."""

    what: str
    why: str


def foreseen(entry: Entry) -> dict[int, Refused]:
    """The states, by their place from 0, that cannot be taken as they are by what their type asks of every state."""
    kind, found = types.of(entry.type), dict[int, Refused]()
    labels = {one.name: one.label for one in kind.fields}
    for at, state in enumerate(entry.states):
        filled = {name for name, value in state.fields.items() if str(value or "").strip()}
        missing = [name for name in kind.required if name not in filled]
        missing += [group[0] for group in kind.one_of if not filled & set(group)]
        if not state.title.strip():
            found[at] = Refused("save", message("content.title_missing"))
        elif len(state.body) > versions.MAX_BODY:
            found[at] = Refused("save", message("content.body_too_long", limit=versions.MAX_BODY))
        elif missing and state.published_at is not None:
            said = ", ".join(labels.get(name, name) for name in missing)
            found[at] = Refused("publish", message("content.required_missing", fields=said))
    return found


def refused_notes(entry: Entry, refused: Mapping[int, Refused], *, publish: bool) -> list[Note]:
    """A sentence for each state that was not taken as it stood."""
    public = [at for at, state in enumerate(entry.states) if state.published_at is not None]
    notes = []
    for at, one in sorted(refused.items()):
        details = {"number": at + 1, "of": len(entry.states), "why": one.why}
        if one.what == "save":
            notes.append(Note("import.state_lost", {**details, "title": entry.states[at].title[:100] or "–"}))
        elif at < 0 or at == public[-1]:
            notes.append(Note("import.not_published", {"why": one.why}))
        else:
            notes.append(Note("import.state_unpublished", details))
    if not publish and public and not any(note.code == "import.not_published" for note in notes):
        notes.append(Note("import.not_published", {"why": ""}))
    return notes


def _place(session: Session, known: _Known, folder: str, name: str) -> str:
    """A path nobody has, neither in the tree nor in the plan."""
    base, number = paths.join(folder, name), 1
    while True:
        path = base if number == 1 else f"{base}-{number}"
        if path not in known.taken and session.scalar(select(Item.id).where(Item.path == path)) is None:
            return path
        number += 1


def bearers(found: list[Line]) -> list[dict[str, Any]]:
    """Who had roles in what comes: ``who``, which ``roles``, at how many places; those with most first."""
    roles: dict[str, set[str]] = {}
    places: Counter[str] = Counter()
    for line in found:
        for one in line.rights:
            roles.setdefault(one.who, set()).add(one.role)
        places.update({one.who for one in line.rights})
    return [
        {"who": who, "roles": sorted(roles[who]), "places": count} for who, count in places.most_common(_MOST_BEARERS)
    ]


def counts(found: list[Line]) -> dict[str, Any]:
    """How many lines of each outcome."""
    return {outcome: sum(1 for line in found if line.outcome == outcome) for outcome in OUTCOMES}
