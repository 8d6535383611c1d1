"""What editors tune: the table of synonyms and the best bets. Both hold from the next question on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import Invalid, NotFound
from search import words
from search.models import BestBet, SynonymLine
from search.polish import Analyser
from search.synonyms import Synonyms

RIGHT = "content.publish"
"""Who may tune the search of the whole site: its publishers."""
MOST_LINES, LONGEST_LINE = 500, 300
MOST_BETS = 200
_SUBJECT = "search:tuning"


def synonyms(session: Session) -> list[str]:
    """The lines of the table as its editors wrote them; empty while the shipped table holds."""
    return list(session.scalars(select(SynonymLine.line).order_by(SynonymLine.id)))


def set_synonyms(session: Session, actor: Actor, lines: Sequence[str], analyser: Analyser) -> int:
    """Replace the table; no line at all brings the shipped one back. Returns how many lines there are.

    Raises ``Forbidden``, ``Invalid`` (``search.bad_line`` names the first line that says nothing).
    """
    policy.require(session, actor, RIGHT)
    kept = [line.strip() for line in lines if line.strip()]
    if len(kept) > MOST_LINES:
        raise Invalid("search.too_many_lines", limit=MOST_LINES)
    for number, line in enumerate(kept, 1):
        if len(line) > LONGEST_LINE or not (line.startswith("#") or Synonyms.of(analyser, [line]).rules):
            raise Invalid("search.bad_line", number=number, line=line[:60])
    session.execute(delete(SynonymLine))
    now = clock.now()
    session.add_all(SynonymLine(line=line, changed_at=now) for line in kept)
    events.record(session, actor, "search.synonyms_changed", [_SUBJECT], data={"lines": len(kept)})
    return len(kept)


def best_bets(session: Session) -> list[BestBet]:
    """All best bets, by their words."""
    return list(session.scalars(select(BestBet).order_by(BestBet.words, BestBet.id)))


def add_bet(session: Session, actor: Actor, *, asked: str, title: str, url: str) -> BestBet:
    """Show a page above the results of questions that have all the words of ``asked``.

    Raises ``Forbidden``, ``Invalid`` (no words, no title, an address that is neither ours nor ``https://``).
    """
    policy.require(session, actor, RIGHT)
    asked, title, url = " ".join(asked.split())[:200], " ".join(title.split())[:300], url.strip()
    if not words.chunks(asked):
        raise Invalid("search.bet_without_words")
    if not title:
        raise Invalid("search.bet_without_title")
    ours = url.startswith("/") and not url.startswith(("//", "/\\"))
    if len(url) > 400 or not (ours or url.startswith("https://")):
        raise Invalid("search.bet_address")
    if len(best_bets(session)) >= MOST_BETS:
        raise Invalid("search.too_many_bets", limit=MOST_BETS)
    bet = BestBet(words=asked, title=title, url=url, changed_at=clock.now())
    session.add(bet)
    session.flush()
    events.record(session, actor, "search.bet_added", [_SUBJECT], data={"bet": bet.id})
    return bet


def remove_bet(session: Session, actor: Actor, bet_id: int) -> None:
    """Take a best bet away. Raises ``Forbidden``, ``NotFound``."""
    policy.require(session, actor, RIGHT)
    bet = session.get(BestBet, bet_id)
    if bet is None:
        raise NotFound("search.unknown_bet")
    session.delete(bet)
    events.record(session, actor, "search.bet_removed", [_SUBJECT], data={"bet": bet_id})
