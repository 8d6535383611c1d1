"""Votes as tables for machines: of one session, and of one councillor through the whole term."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from bip import lists
from bip.council import roll
from bip.council.roll import Councillor, Term
from bip.council.shown import ShownSession, ShownVote, votes
from bip.council.voting import Council
from portal.content.tabled import Reading
from portal.core.errors import NotFound
from portal.web.texts import message

OF_SESSION = ("nr", "temat", "punkt", "uchwala", "wiekszosc", "radny", "glos", "wynik")
OF_COUNCILLOR = ("session", "held_on", "address", "number", "subject", "vote", "result")
_PART = 20


def of_session(shown: ShownSession) -> Iterator[dict[str, Any]]:
    """Each vote of each councillor as a row; the same table can be brought in again."""
    for vote in shown.votes:
        for _, name, way in vote.rows:
            yield {
                "nr": vote.number, "temat": vote.subject, "punkt": vote.point or "",
                "uchwala": vote.act.number if vote.act else "", "wiekszosc": vote.majority, "radny": name,
                "glos": message(f"bip.vote.{way}") if way else "", "wynik": message(f"bip.vote.result.{vote.result}"),
            }  # fmt: skip


def as_data(vote: ShownVote, base: str) -> dict[str, Any]:
    """A vote whole: what was voted, what came of it, how each councillor voted (by the codes of ``WAYS``)."""
    act = {"title": vote.act.title, "number": vote.act.number, "address": base + vote.act.path} if vote.act else None
    return {
        "number": vote.number, "subject": vote.subject, "point": vote.point or None, "point_title": vote.point_title,
        "resolution": act, "majority": vote.majority, "totals": dict(vote.totals), "present": vote.present,
        "seats": vote.seats, "result": vote.result,
        "votes": [{"councillor": name, "key": key, "vote": way} for key, name, way in vote.rows],
    }  # fmt: skip


def councillor(session: Session, term_id: int, key: str) -> tuple[Term, Councillor]:
    """A councillor of a public term of office. Raises ``NotFound``."""
    term = roll.term(session, term_id)
    found = next((one for one in term.councillors if one.key == key), None) if term else None
    if term is None or found is None:
        raise NotFound("content.unknown")
    return term, found


def sessions_of(term: Term) -> Select[Any]:
    """The public sessions of a term of office with the fields of their public state, without an order."""
    return lists.query(lists.KINDS["sesje"], term.first, term.last)


def votes_of(row: Any, key: str, term_id: int) -> list[tuple[ShownVote, str]]:
    """How the councillor of the term voted in each vote of a session; a vote they had no part in is left out."""
    fields = dict(row.fields)
    if Council.of(fields).term != term_id:
        return []
    told = [(vote, next((way for who, _, way in vote.rows if who == key), "")) for vote in votes(fields)]
    return [(vote, way) for vote, way in told if way]


def of_councillor(reading: Reading, term: Term, key: str, base: str) -> Iterator[dict[str, Any]]:
    """All votes of a councillor in a term, the newest session first, read a few sessions at a time."""
    for row in lists.parts(reading, sessions_of(term), _PART):
        for vote, way in votes_of(row, key, term.id):
            yield {
                "session": row.title, "held_on": row.fields.get("held_on", ""), "address": base + row.path,
                "number": vote.number, "subject": vote.subject, "vote": message(f"bip.vote.{way}"),
                "result": message(f"bip.vote.result.{vote.result}"),
            }  # fmt: skip
