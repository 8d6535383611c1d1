"""A session, a roll and the votes on a resolution as pages show them: everything that follows is computed here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bip import relations
from bip.council import recordings, roll
from bip.council.agenda import Point, points_of
from bip.council.recordings import Recording
from bip.council.roll import Councillor
from bip.council.voting import WAYS, Council, Vote, majorities, votes_of
from portal.content import queries
from portal.content.models import Item, ItemVersion
from portal.content.queries import File
from portal.content.workflow import ARCHIVED, PUBLISHED, RETIRED

_READABLE = tuple(sorted((PUBLISHED, ARCHIVED, RETIRED)))


@dataclass(frozen=True, slots=True)
class Named:
    """Another item: what it is called, where it lies, its number where it has one; whether everyone can read it."""

    title: str
    path: str
    number: str = ""
    public: bool = True


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point of the agenda. ``drafts``: the public items, ``files``: the files beside the session."""

    number: int
    title: str
    drafts: tuple[Named, ...]
    files: tuple[File, ...]
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownVote:
    """A vote with all that follows of it. ``rows``: each councillor's key, name and way, in the order of the roll."""

    number: int
    subject: str
    point: int
    point_title: str
    act: Named | None
    majority: str
    totals: Mapping[str, int]
    present: int
    seats: int
    result: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownSession:
    """All that a session has beside its text. ``term``: the item with the roll, 0 when nothing was voted on."""

    term: int
    points: tuple[ShownPoint, ...]
    votes: tuple[ShownVote, ...]
    recording: Recording | None
    held: date | None


@dataclass(frozen=True, slots=True)
class Voted:
    """A vote on a resolution, on that resolution's page."""

    session: Named
    held: date | None
    vote: ShownVote


def session_of(
    session: Session,
    fields: Mapping[str, Any],
    *,
    rule: Mapping[str, Any],
    files: Sequence[File],
    today: date,
    path: Callable[[str], str] = str,
    visible: ColumnElement[bool] | None = None,
) -> ShownSession:
    """A session from one of its states; one statement when it names other items.

    ``path``: how addresses are given. ``visible``: which items are named, for editors; those everyone can read.
    """
    points, votes = points_of(fields), votes_of(fields)
    wanted = [*(number for point in points for number in point.items), *(vote.act for vote in votes)]
    known = _named(session, wanted, path, queries.states_visible(_READABLE) if visible is None else visible)
    council = Council.of(fields)
    drawn = tuple(_vote(number, vote, council, points, known) for number, vote in enumerate(votes, 1))
    return ShownSession(
        council.term, tuple(_point(number, point, votes, known, files) for number, point in enumerate(points, 1)),
        drawn, recordings.shown(fields, rule, files, today), roll.day_of(fields.get("held_on")),
    )  # fmt: skip


def about(item_id: int, sessions: Iterable[relations.Named]) -> tuple[Voted, ...]:
    """The votes about a resolution in the sessions that name it."""
    found = []
    for one in sessions:
        points, council = points_of(one.fields), Council.of(one.fields)
        for number, vote in enumerate(votes_of(one.fields), 1):
            if vote.act == item_id:
                drawn = _vote(number, vote, council, points, {})
                found.append(Voted(Named(one.title, one.path), roll.day_of(one.fields.get("held_on")), drawn))
    return tuple(found)


def votes(fields: Mapping[str, Any]) -> list[ShownVote]:
    """The votes of a session without the names of other items: for lists and the councillor's own page."""
    points, council = points_of(fields), Council.of(fields)
    return [_vote(number, vote, council, points, {}) for number, vote in enumerate(votes_of(fields), 1)]


def roll_of(fields: Mapping[str, Any]) -> tuple[Councillor, ...]:
    """The councillors of a term of office."""
    return roll.councillors_of(fields)


def _named(
    session: Session, wanted: Iterable[int], path: Callable[[str], str], visible: ColumnElement[bool]
) -> dict[int, Named]:
    numbers = {number for number in wanted if number}
    if not numbers:
        return {}
    query = (
        select(Item.id, Item.title, Item.path, Item.state, ItemVersion.fields["number"].as_string().label("number"))
        .outerjoin(ItemVersion, ItemVersion.id == Item.live_version_id)
        .where(Item.id.in_(numbers), visible, Item.binned_at.is_(None))
    )
    rows = session.execute(query)
    return {row.id: Named(row.title, path(row.path), row.number or "", row.state in _READABLE) for row in rows}


def _point(
    number: int, point: Point, votes: Sequence[Vote], known: Mapping[int, Named], files: Sequence[File]
) -> ShownPoint:
    beside = {one.document_id: one for one in files}
    return ShownPoint(
        number, point.title, tuple(known[one] for one in point.items if one in known),
        tuple(beside[one] for one in point.files if one in beside),
        tuple(place for place, vote in enumerate(votes, 1) if vote.point == point.key),
    )  # fmt: skip


def _vote(number: int, vote: Vote, council: Council, points: Sequence[Point], known: Mapping[int, Named]) -> ShownVote:
    place, title = next(((n, one.title) for n, one in enumerate(points, 1) if one.key == vote.point), (0, ""))
    rows = tuple((one.key, one.name, vote.cast.get(one.key, "")) for one in council.members)
    majority = majorities().get(vote.majority, {}).get("title", vote.majority)
    return ShownVote(
        number, vote.subject, place, title, known.get(vote.act), majority, vote.totals, vote.present, council.seats,
        vote.result(council.seats), rows,
    )  # fmt: skip


__all__ = ["WAYS", "ShownSession", "ShownVote", "Voted", "about", "roll_of", "session_of", "votes"]
