"""Acts on a session and on the roll: each saves a working copy, which is published like any other, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip.council import agenda, roll
from bip.council.agenda import AGENDA, Point
from bip.council.roll import ROLL, Councillor
from bip.council.voting import COUNCIL, MAX_SUBJECT, MAX_VOTES, VOTES, Council, Vote, majorities, next_key, votes_of
from portal.content import acts, versions
from portal.content.models import Item, ItemVersion
from portal.core.actors import Actor
from portal.core.errors import Invalid, NotFound

SESSION = "session"


def set_agenda(
    session: Session, actor: Actor, item_id: int, points: Sequence[Point], *, expected: int | None = None
) -> ItemVersion:
    """Save the agenda. Raises ``Invalid`` when a point that was voted on is left out."""
    fields = _fields(session, item_id, SESSION)
    if len(points) > agenda.MAX_POINTS:
        raise Invalid("bip.agenda_too_long", limit=agenda.MAX_POINTS)
    kept = {point.key for point in points}
    for number, vote in enumerate(votes_of(fields), 1):
        if vote.point and vote.point not in kept:
            raise Invalid("bip.agenda_voted", number=number)
    rows = [point.row() for point in points]
    return versions.keep_fields(session, actor, item_id, {AGENDA: rows}, expected=expected)


def set_vote(session: Session, actor: Actor, item_id: int, vote: Vote, *, expected: int | None = None) -> ItemVersion:
    """Save one vote: in the place of the one with its key, or (key 0) after the others.

    The councillors are those of the public roll on the day of the session; a vote may wait incomplete until the
    session is published. Raises ``Invalid`` (no roll, no subject, a point or a resolution that is none).
    """
    fields = _fields(session, item_id, SESSION)
    council = council_for(session, fields)
    _check(session, fields, [vote])
    rows = list(fields.get(VOTES) or [])
    if vote.key and all(row["key"] != vote.key for row in rows):
        raise NotFound("bip.vote_unknown")
    one = replace(vote, key=vote.key or next_key(rows))
    kept = [one.row() if row["key"] == one.key else row for row in rows] + ([] if vote.key else [one.row()])
    return _keep(session, actor, item_id, kept, council, expected)


def drop_vote(session: Session, actor: Actor, item_id: int, key: int, *, expected: int | None = None) -> ItemVersion:
    """Leave a vote out of the working copy; what was published keeps it. Raises ``NotFound``."""
    fields = _fields(session, item_id, SESSION)
    rows = [row for row in fields.get(VOTES) or [] if row["key"] != key]
    if len(rows) == len(fields.get(VOTES) or []):
        raise NotFound("bip.vote_unknown")
    return _keep(session, actor, item_id, rows, Council.of(fields), expected)


def bring_votes(
    session: Session, actor: Actor, item_id: int, votes: Sequence[Vote], *, instead: bool, expected: int | None = None
) -> ItemVersion:
    """Save votes read from a table, after those that are there or ``instead`` of them: then who had voted only in
    those replaced is no member of the council of that day any more, and they count against no limit."""
    fields = _fields(session, item_id, SESSION)
    before = list(fields.get(VOTES) or [])
    kept = [] if instead else before
    _check(session, fields | {VOTES: kept}, votes)
    first = next_key(before)
    rows = kept + [replace(vote, key=first + number).row() for number, vote in enumerate(votes)]
    return _keep(session, actor, item_id, rows, council_for(session, fields | {VOTES: rows}), expected)


def set_roll(
    session: Session, actor: Actor, item_id: int, rows: Sequence[Mapping[str, str]], *, expected: int | None = None
) -> ItemVersion:
    """Save the roll of a term of office. Raises ``Invalid``."""
    fields = _fields(session, item_id, roll.TYPE)
    item = session.get_one(Item, item_id)
    live = session.get(ItemVersion, item.live_version_id or 0)
    known: Sequence[Councillor] = roll.councillors_of(live.fields) if live is not None else ()
    found = roll.from_rows(rows, known)
    seats = roll.seats_of(fields)
    kept = {ROLL: [one.row() for one in found]}
    if not seats and found:
        raise Invalid("bip.no_seats")
    return versions.keep_fields(session, actor, item_id, kept, expected=expected)


def council_for(session: Session, fields: Mapping[str, Any]) -> Council:
    """Who votes at the session: those kept with its votes, brought up to date with the public roll.

    A councillor who voted stays, also when the roll says otherwise today. Raises ``Invalid``.
    """
    day = roll.day_of(fields.get("held_on"))
    if day is None:
        raise Invalid("bip.session_no_day")
    today = roll.council_on(session, day)
    voted = {key for vote in votes_of(fields) for key in vote.cast}
    names = {one.key for one in today.members}
    stayed = tuple(one for one in Council.of(fields).members if one.key in voted - names)
    return replace(today, members=today.members + stayed)


def _fields(session: Session, item_id: int, kind: str) -> dict[str, Any]:
    """The fields one goes on from. Raises ``NotFound`` for an item of another type."""
    item = acts.find(session, item_id)
    last = session.get(ItemVersion, versions.latest_id(item) or 0)
    if item.type != kind or last is None:
        raise NotFound("content.unknown")
    return dict(last.fields)


def _check(session: Session, fields: Mapping[str, Any], votes: Sequence[Vote]) -> None:
    points = {point.key for point in agenda.points_of(fields)} | {0}
    for number, vote in enumerate(votes, 1):
        if not vote.subject.strip() or len(vote.subject) > MAX_SUBJECT:
            raise Invalid("bip.vote_subject", limit=MAX_SUBJECT)
        if vote.majority not in majorities():
            raise Invalid("bip.vote_incomplete", number=number)
        if vote.point not in points:
            raise Invalid("bip.vote_point")
    wanted = {vote.act for vote in votes} - {0}
    query = select(Item.id).where(Item.id.in_(wanted), Item.type == "resolution", Item.binned_at.is_(None))
    if wanted - set(session.scalars(query)):
        raise Invalid("bip.vote_act")
    if len(votes) + len(fields.get(VOTES) or []) > 2 * MAX_VOTES:
        raise Invalid("bip.too_many_votes", limit=MAX_VOTES)


def _keep(
    session: Session, actor: Actor, item_id: int, rows: list[dict[str, Any]], council: Council, expected: int | None
) -> ItemVersion:
    changed = {VOTES: rows, COUNCIL: council.row()}
    return versions.keep_fields(session, actor, item_id, changed, expected=expected)
