"""Best bets: pages the editor puts first for certain words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from search import words
from search.models import BestBet
from search.polish import Analyser


@dataclass(frozen=True, slots=True)
class Bet:
    """A page shown above the results."""

    title: str
    url: str


def for_question(session: Session, analyser: Analyser, text: str, limit: int = 3) -> list[Bet]:
    """Bets all of whose words are in the question, in any inflected form. One statement."""
    asked = [_meanings(analyser, chunk) for chunk in words.chunks(words.normal(text[:1000]))]
    if not asked:
        return []
    rows = session.execute(select(BestBet.words, BestBet.title, BestBet.url).order_by(BestBet.id).limit(500))
    found = [Bet(title, url) for wanted, title, url in rows if _fits(analyser, wanted, asked)]
    return found[:limit]


def _fits(analyser: Analyser, wanted: str, asked: list[frozenset[str]]) -> bool:
    needed = [_meanings(analyser, chunk) for chunk in words.chunks(wanted)]
    return bool(needed) and all(any(one & other for other in asked) for one in needed)


def _meanings(analyser: Analyser, chunk: str) -> frozenset[str]:
    return analyser.terms(chunk) | frozenset(analyser.alternatives(chunk, bare=True))
