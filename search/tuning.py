"""What editors tune: the table of synonyms and the best bets. Both hold from the next question on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import policy
from portal.core import clock, events
from portal.core.actors import Actor
from portal.core.errors import Invalid, NotFound
from search import sources, words
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


@dataclass(frozen=True, slots=True)
class BetForm:
    """A best bet as its editor typed it. ``title`` may be empty where ``url`` is a page that has one.

    ``since``, ``until``: days it holds from and to, inclusive, as ``2026-12-31``; empty is no limit.
    """

    asked: str
    title: str
    url: str
    since: str = ""
    until: str = ""


def form_of(bet: BestBet) -> BetForm:
    """A best bet as its editor would type it."""
    since, until = (day.isoformat() if day else "" for day in (bet.since, bet.until))
    return BetForm(bet.words, bet.title, bet.url, since, until)


def name_targets(session: Session) -> int:
    """Find what the bets on addresses of ours lead to, where nobody has yet: those from before bets named it, and those
    whose page came later. Returns how many were found."""
    found = 0
    for bet in session.scalars(select(BestBet).where(BestBet.key == "", BestBet.url.startswith("/"))):
        bet.key = _key_at(session, bet.url)
        found += bool(bet.key)
    return found


def _key_at(session: Session, url: str) -> str:
    return sources.key_at(session, "/" + url.partition("#")[0].strip("/"))


def add_bet(session: Session, actor: Actor, form: BetForm) -> BestBet:
    """Show a page above the results of questions that have all the words of ``form.asked``.

    Raises ``Forbidden``, ``Invalid`` (no words, no title, an address that is neither ours nor ``https://``, days
    that cannot be read or end before they begin).
    """
    policy.require(session, actor, RIGHT)
    if len(best_bets(session)) >= MOST_BETS:
        raise Invalid("search.too_many_bets", limit=MOST_BETS)
    bet = BestBet(changed_at=clock.now())
    _write(session, bet, form)
    session.add(bet)
    session.flush()
    events.record(session, actor, "search.bet_added", [_SUBJECT], data={"bet": bet.id})
    return bet


def change_bet(session: Session, actor: Actor, bet_id: int, form: BetForm) -> None:
    """Correct a best bet. Raises as ``add_bet``, and ``NotFound``."""
    policy.require(session, actor, RIGHT)
    bet = _bet(session, bet_id)
    _write(session, bet, form)
    bet.changed_at = clock.now()
    events.record(session, actor, "search.bet_changed", [_SUBJECT], data={"bet": bet.id})


def _write(session: Session, bet: BestBet, form: BetForm) -> None:
    bet.words, bet.title = " ".join(form.asked.split())[:200], " ".join(form.title.split())[:300]
    bet.url = form.url.strip()
    ours = bet.url.startswith("/") and not bet.url.startswith(("//", "/\\"))
    if not words.chunks(bet.words):
        raise Invalid("search.bet_without_words")
    if len(bet.url) > 400 or not (ours or bet.url.startswith("https://")):
        raise Invalid("search.bet_address")
    bet.key = _key_at(session, bet.url) if ours else ""
    if not (bet.title or bet.key):
        raise Invalid("search.bet_without_title")
    bet.since, bet.until = _day(form.since), _day(form.until)
    if bet.since and bet.until and bet.until < bet.since:
        raise Invalid("search.bet_days_reversed")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise Invalid("search.bet_day", typed=typed[:20]) from None


def _bet(session: Session, bet_id: int) -> BestBet:
    bet = session.get(BestBet, bet_id)
    if bet is None:
        raise NotFound("search.unknown_bet")
    return bet


def remove_bet(session: Session, actor: Actor, bet_id: int) -> None:
    """Take a best bet away. Raises ``Forbidden``, ``NotFound``."""
    policy.require(session, actor, RIGHT)
    session.delete(_bet(session, bet_id))
    events.record(session, actor, "search.bet_removed", [_SUBJECT], data={"bet": bet_id})
