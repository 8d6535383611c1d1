"""Under which terms each line of the register of changes is found; written with the line, in the same commit.

A term is a letter and what it says: ``w:`` a word of the title, summary, reason or of a file's name (its Polish
lemma), ``p:`` a word of a person's name, ``s:`` a section the item lay in at that time, or the item itself,
``a:`` what was done, ``t:`` the type. Older lines, and all of them after a change of the dictionary, are gone
through by the worker. What is erased by law is found no more, and what was withdrawn in error only by what the
register still says of it (title, reasons): the words of the item's lines are made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from bip import exclusions
from bip.journal import ACTS
from bip.models import EntryTerm
from bip.types import JOURNAL, ROOT
from portal.content import paths
from portal.content.acts import PublicChange
from portal.content.models import Item, ItemFile, ItemNote, ItemVersion
from portal.content.workflow import WITHDRAWN
from portal.core import outbox
from portal.core.actors import Actor
from portal.core.db import insert_missing
from portal.core.events import Event, EventHead, EventRef, on_seal
from search import polish
from search.plan import GRAMMAR

TOPIC = "bip.register_terms"
WORD, PERSON, SECTION, ACT, TYPE = "w:", "p:", "s:", "a:", "t:"
_PART = 500
_PERSONS = ("responsible", "produced_by")


def section(item_id: int) -> str:
    """The term of all that lay in a section."""
    return f"{SECTION}{item_id}"


@on_seal
def note(session: Session, sealed: Sequence[Event]) -> None:
    """Write the terms of lines that are being added to the register."""
    write(session, [event for event in sealed if JOURNAL in event.refs])


def write(session: Session, found: Sequence[Event]) -> None:
    """Write the terms of these lines, those that are not there; other events have none."""
    lines = [event for event in found if event.verb in ACTS and event.audience == "public"]
    for start in range(0, len(lines), _PART):
        _write(session, lines[start : start + _PART])


def _write(session: Session, lines: Sequence[Event]) -> None:
    ids = {_item(event) for event in lines}
    items = {
        row.id: row
        for row in session.execute(
            select(Item.id, Item.path, Item.title, Item.state, Item.published_at).where(Item.id.in_(ids))
        )
    }
    above = _ids_at(session, {step for event in lines for step in _places(event, items)})
    texts = _Texts(session, lines)
    rows = []
    for event in lines:
        item = items.get(_item(event))
        terms = {f"{ACT}{event.verb}", f"{TYPE}{event.data.get('type', '')}", section(_item(event))}
        terms |= {section(above[step]) for step in _places(event, items) if step in above}
        said, persons = texts.of(event, shown=item is None or item.state != WITHDRAWN)
        terms |= {f"{WORD}{term}" for term in terms_of(said or [item.title if item and item.published_at else ""])}
        terms |= {f"{PERSON}{term}" for term in terms_of(persons)}
        rows += [{"term": term, "seq": event.seq, "item_id": _item(event)} for term in sorted(terms)]
    insert_missing(session, EntryTerm, rows)


def renew(session: Session, item_id: int) -> None:
    """Make the words and names of an item's lines anew, after what they were made of has gone."""
    session.flush()
    worded = or_(*(EntryTerm.term.between(kind, f"{kind[0]};") for kind in (WORD, PERSON)))
    session.execute(delete(EntryTerm).where(EntryTerm.item_id == item_id, worded))
    query = select(Event).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == f"item:{item_id}")
    write(session, [event for event in session.scalars(query) if JOURNAL in event.refs])


def follow(session: Session, _actor: Actor, change: PublicChange) -> None:
    """What was withdrawn is no longer found by words that nobody may read there."""
    if change.item.state == WITHDRAWN:
        renew(session, change.item.id)


def terms_of(texts: Iterable[str]) -> set[str]:
    """The terms of texts: Polish lemmas, what is written as it is (numbers), signatures in one piece."""
    streams = polish.analyser().streams(" ".join(texts))
    return {*f"{streams.bag} {streams.wholes}".split()} - GRAMMAR


def _item(event: Event) -> int:
    return next((int(ref.split(":")[1]) for ref in event.refs if ref.startswith("item:")), 0)


def _places(event: Event, items: dict[int, Any]) -> set[str]:
    """The sections of the Bulletin in which the item lay; one that was moved lay in two places."""
    item = items.get(_item(event))
    here = set(paths.lineage(item.path)[:-1]) if item is not None else set()
    if event.verb == "bip.moved":
        here |= {step for end in ("from", "to") for step in paths.lineage(str(event.data[end]))[:-1]}
    return {step for step in here if step != ROOT and paths.inside(step, ROOT)}


def _ids_at(session: Session, where: set[str]) -> dict[str, int]:
    return {row.path: row.id for row in session.execute(select(Item.path, Item.id).where(Item.path.in_(where)))}


class _Texts:
    """The words of lines and the names on them; three statements, however many lines."""

    def __init__(self, session: Session, lines: Sequence[Event]) -> None:
        numbers = {event.data.get("version") for event in lines}
        columns = (
            ItemVersion.id, ItemVersion.title, ItemVersion.summary, ItemVersion.reason, ItemVersion.author,
            ItemVersion.published_by, ItemVersion.fields,
        )  # fmt: skip
        versions = select(*columns).where(ItemVersion.id.in_(numbers))
        self._versions = {row.id: row for row in session.execute(versions)}
        noted = select(ItemNote.id, ItemNote.text, ItemNote.author)
        noted = noted.where(ItemNote.id.in_({event.data.get("note") for event in lines}))
        self._notes = {row.id: row for row in session.execute(noted)}
        self._files: dict[int, list[str]] = {}
        beside = select(ItemFile.version_id, ItemFile.title).where(ItemFile.version_id.in_(numbers))
        for row in session.execute(beside):
            self._files.setdefault(row.version_id, []).append(row.title)

    def of(self, event: Event, *, shown: bool) -> tuple[list[str], list[str]]:
        """What a line says, and the names on it; of an item not ``shown`` only what the line itself says."""
        version = self._versions.get(event.data.get("version", 0))
        said: list[str] = []
        persons: list[str] = []
        if version is not None:
            fields = version.fields or {}
            said += [version.title, version.reason]
            if shown:
                said += [version.summary, str(fields.get("number", "")), *self._files.get(version.id, [])]
                said += [f"{row['scope']} {row.get('basis', '')}" for row in fields.get(exclusions.FIELD, [])]
            persons += [version.author, version.published_by, *(str(fields.get(name, "")) for name in _PERSONS)]
        remark = self._notes.get(event.data.get("note", 0))
        if remark is not None:
            said.append(remark.text)
            persons.append(remark.author)
        return said, persons


def _marks() -> tuple[str, str]:
    """The rows that say how far older lines were gone through by this dictionary, and that all once were."""
    made = hashlib.sha256(f"1:{polish.analyser().fingerprint}".encode()).hexdigest()[:16]
    return f"={made}", f"+{made}"


def whole_mark() -> str:
    """The term whose row says that every line can be found."""
    return _marks()[1]


def behind(session: Session) -> int | None:
    """The number from which on lines are to be gone through; ``None`` when none are."""
    done = session.scalar(select(EntryTerm.seq).where(EntryTerm.term == _marks()[0])) or 0
    head = session.scalar(select(EventHead.seq)) or 0
    return done if head > done else None


def ensure(session: Session) -> None:
    """Have the worker go through the lines that have no terms yet."""
    start = behind(session)
    if start is not None:
        outbox.enqueue(session, TOPIC, f"{TOPIC}:{_marks()[0]}:{start}", {})


def catch_up(session: Session) -> bool:
    """Go through the next lines; whether there are more."""
    progress, whole = _marks()
    start = behind(session)
    if start is None:
        return False
    if start == 0:
        _forget_other_dictionaries(session, progress)
    head = session.scalar(select(EventHead.seq)) or 0
    here = select(Event).join(EventRef, EventRef.seq == Event.seq).where(EventRef.ref == JOURNAL)
    found = session.scalars(here.where(EventRef.seq > start).order_by(EventRef.seq).limit(_PART)).all()
    write(session, found)
    last = found[-1].seq if len(found) == _PART else head
    session.execute(delete(EntryTerm).where(EntryTerm.term == progress))
    done = [{"term": progress, "seq": last, "item_id": 0}]
    insert_missing(session, EntryTerm, done + ([] if last < head else [{"term": whole, "seq": 0, "item_id": 0}]))
    return last < head


def _forget_other_dictionaries(session: Session, progress: str) -> None:
    marked = EntryTerm.term.between("+", "=~")
    known = session.scalars(select(EntryTerm.term).where(marked)).all()
    if any(term != progress for term in known):
        worded = [EntryTerm.term.between(kind, f"{kind[0]};") for kind in (WORD, PERSON)]
        session.execute(delete(EntryTerm).where(or_(marked, *worded)))
