"""Looking into the register of changes: by words, persons, section, act, type and days, all at once, page by page.

Each thing asked for is a few terms of the register's index (``bip.entries``). The rarest of them is walked from the
newest line down and the others are looked up beside it, so that a page costs the same however long the register is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from bip import entries, journal
from bip.models import EntryTerm
from portal.content import paths, queries, types
from portal.content.models import Item
from portal.core.events import Event
from search import parse, polish, words
from search.plan import GRAMMAR

MOST = 8
"""Words of a question, and of a name, that are asked for."""
_RARE = 1000
"""A thing with at most so many lines is looked up as a whole."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; empty: everything. ``section`` is a path, ``act`` a verb, ``type`` a type of content."""

    words: str = ""
    person: str = ""
    section: str = ""
    act: str = ""
    type: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of the register's events as wished, without an order, and what it is to be ordered by.

    ``section``: the title of the section asked for. ``whole``: every line has been gone through by its words.
    """

    query: Select[Any]
    order: InstrumentedAttribute[int]
    section: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Thing:
    """Lines that have any of ``terms`` (``without``: none). ``said``: the terms are of words that may be closed."""

    terms: tuple[str, ...]
    said: bool = False
    without: bool = False
    count: int = 0


def asked(session: Session, wish: Wish) -> Asked:
    """What was wished, as a query; four statements at most, whatever was asked for."""
    title, things = "", _words(wish.words) + _persons(wish.person)
    if wish.section:
        row = _section(session, wish.section)
        title = row.title if row is not None else ""
        things.append(_Thing((entries.section(row.id if row is not None else -1),)))
    if wish.act in journal.ACTS:
        things.append(_Thing((f"{entries.ACT}{wish.act}",)))
    if wish.type in types.TYPES:
        things.append(_Thing((f"{entries.TYPE}{wish.type}",)))
    if not things:
        return Asked(journal.changes(since=wish.since, until=wish.until), journal.ORDER)
    whole, things = _counted(session, things)
    closed = _closed(session) if any(thing.said for thing in things) else []
    query, order = _query(things, closed)
    return Asked(query.where(*journal.between(wish.since, wish.until, order)), order, title, whole)


def _words(text: str) -> list[_Thing]:
    question = parse.parse(text)
    asked_for = [*question.words, *(chunk for phrase in question.phrases for chunk in phrase)]
    said = [_Thing(terms, said=True) for chunk in asked_for for terms in _terms(chunk, entries.WORD, text)]
    without = [*question.without, *(chunk for phrase in question.without_phrases for chunk in phrase)]
    return (
        said[:MOST]
        + [_Thing(terms, said=True, without=True) for chunk in without for terms in _terms(chunk, entries.WORD, text)][
            :MOST
        ]
    )


def _persons(text: str) -> list[_Thing]:
    chunks = words.chunks(words.normal(text))
    return [_Thing(terms, said=True) for chunk in chunks for terms in _terms(chunk, entries.PERSON, text)][:MOST]


def _terms(chunk: str, kind: str, text: str) -> list[tuple[str, ...]]:
    """For each part of a chunk the terms that may stand for it; a signature is one part."""
    pieces = words.parts(chunk)
    if len(pieces) > 1 and words.has_digit(chunk):
        return [(f"{kind}{words.whole(chunk)}",)]
    analyser, bare = polish.analyser(), polish.is_bare(text)
    found = [tuple(f"{kind}{term}" for term in analyser.alternatives(part, bare=bare)) for part in pieces]
    return [terms for terms in found if terms and not {term.removeprefix(kind) for term in terms} <= GRAMMAR]


def _section(session: Session, path: str) -> Any:
    """The section everyone can open at ``path``, also at an address from before a move."""
    clean = paths.clean(path)
    query = select(Item.id, Item.title).where(queries.listed())
    row = session.execute(query.where(Item.path == clean)).first()
    moved = queries.moved_to(session, clean) if row is None else None
    return row if moved is None else session.execute(query.where(Item.path == moved)).first()


def _counted(session: Session, things: list[_Thing]) -> tuple[bool, list[_Thing]]:
    """Whether every line can be found, and each thing with those of its terms that there are; one statement."""
    terms = sorted({term for thing in things for term in thing.terms} | {entries.whole_mark()})
    here = [select(EntryTerm.seq).where(EntryTerm.term == term).limit(_RARE + 1).subquery() for term in terms]
    counts = session.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in here))).one()
    known = dict(zip(terms, counts, strict=True))
    found = []
    for thing in things:
        there = tuple(term for term in thing.terms if known[term])
        found.append(_Thing(there, thing.said, thing.without, sum(known[term] for term in there)))
    return bool(known[entries.whole_mark()]), found


def _closed(session: Session) -> list[str]:
    """The places only for those who hold a role there: what is said in them is not found by its words."""
    return list(session.scalars(select(Item.path).where(queries.protected())))


def _query(things: list[_Thing], closed: list[str]) -> tuple[Select[Any], InstrumentedAttribute[int]]:
    wanted = sorted((thing for thing in things if not thing.without), key=lambda thing: thing.count)
    first = next((thing for thing in wanted if len(thing.terms) < 2 or thing.count <= _RARE), None)
    order: InstrumentedAttribute[int]
    if first is None or not first.terms:
        query, order = journal.changes(), journal.ORDER
    elif len(first.terms) == 1:
        walked = aliased(EntryTerm)
        order = walked.seq
        query = select(Event).join(walked, walked.seq == Event.seq).where(walked.term == first.terms[0])
    else:
        order = Event.seq
        query = select(Event).where(Event.seq.in_(select(EntryTerm.seq).where(EntryTerm.term.in_(first.terms))))
    # What was walked need not be looked up again, unless some of its lines may be closed.
    rest = [thing for thing in wanted if thing is not first or not thing.terms or (thing.said and closed)]
    query = query.where(*(_has(thing, order, closed) for thing in rest))
    # A closed line says nothing, so it has no word that could keep it out: else words could be guessed one by one.
    return query.where(*(~_has(thing, order, closed) for thing in things if thing.without and thing.terms)), order


def _has(thing: _Thing, order: Any, closed: list[str]) -> ColumnElement[bool]:
    """Whether a line has one of the thing's terms; looked up line by line, never gathered."""
    if not thing.terms:
        return false()
    term = aliased(EntryTerm)
    # The sum keeps the planner from turning the look-up round and walking all lines of a common term.
    query = select(literal(1)).select_from(term).where(term.term.in_(thing.terms), term.seq == order + 0)
    if thing.said and closed:
        inside = or_(*(or_(Item.path == place, queries.below(place)) for place in closed))
        query = query.join(Item, and_(Item.id == term.item_id, ~inside))
    return query.exists()


__all__ = ["Asked", "Wish", "asked"]
