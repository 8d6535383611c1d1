"""Best bets: pages the editor puts first for certain words, for a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from search import words
from search.index import SearchIndex
from search.models import BestBet
from search.polish import Analyser

MOST = 3
"""Shown above the results at most."""


@dataclass(frozen=True, slots=True)
class Bet:
    """A page shown above the results. ``key``: the thing it leads to, where there is one."""

    title: str
    url: str
    key: str = ""


def for_question(session: Session, analyser: Analyser, text: str, today: date) -> list[Bet]:
    """Bets of this day all of whose words are in the question, in any inflected form. One statement."""
    asked = [_meanings(analyser, chunk) for chunk in words.chunks(words.normal(text[:1000]))]
    if not asked:
        return []
    query = select(BestBet).where(
        or_(BestBet.since.is_(None), BestBet.since <= today), or_(BestBet.until.is_(None), BestBet.until >= today)
    )
    rows = session.scalars(query.order_by(BestBet.id).limit(500))
    return [Bet(row.title, row.url, row.key) for row in rows if _fits(analyser, row.words, asked)]


def shown(index: SearchIndex, found: Iterable[Bet], readers: frozenset[str], now: datetime) -> list[Bet]:
    """The first of these bets that this person may see now, at their present addresses.

    What leads to nothing that can be found (another site, a list) is shown to everybody; what was withdrawn, moved
    to the bin or is not for this person is not.
    """
    found = list(found)
    known = index.known([bet.key for bet in found if bet.key], readers, now)
    seen = [
        Bet(bet.title or known[bet.key].title, known[bet.key].url, bet.key) if bet.key else bet
        for bet in found
        if not bet.key or bet.key in known
    ]
    return seen[:MOST]


def _fits(analyser: Analyser, wanted: str, asked: list[frozenset[str]]) -> bool:
    needed = [_meanings(analyser, chunk) for chunk in words.chunks(wanted)]
    return bool(needed) and all(any(one & other for other in asked) for one in needed)


def _meanings(analyser: Analyser, chunk: str) -> frozenset[str]:
    return analyser.terms(chunk) | frozenset(analyser.alternatives(chunk, bare=True))
