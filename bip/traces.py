"""What is kept elsewhere of an item whose content the law orders erased: words about it, lists, prepared archives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bip import copy_effects, entries
from bip.models import ActRelation, TermFact
from portal.content.exchange import actions as exchange
from portal.content.exchange.models import Transfer, TransferLine
from portal.content.exchange.workflow import BUSY
from portal.content.models import Item, ItemNote, ItemVersion
from portal.content.personal import detect, review
from portal.core import clock, outbox
from portal.core.errors import Conflict
from search.models import Asked, BestBet

_SHORTEST = 4
"""Letters of a title that is looked for in what others say."""
_ASKED_SHORTEST = 5
_SOON = timedelta(hours=1)
"""A job that is at work on an archive has ended by then."""


def personal_words(versions: Iterable[ItemVersion]) -> set[str]:
    """What the versions say of people, squeezed, before it goes: readers may have asked for it by the same words."""
    found = set()
    for version in versions:
        for piece in review.text_pieces(version):
            found |= {review.squeezed(piece.text[one.start : one.end]) for one in detect.find(piece.text)}
    return {one for one in found if len(one) >= _ASKED_SHORTEST}


def forget_titles(session: Session, item: Item, titles: Iterable[str], instead: str) -> None:
    """Notes on acts related to this one, and best bets that lead here, name it by its title."""
    before = {title for title in titles if len(title) >= _SHORTEST and title != instead}
    related = set(session.scalars(select(ActRelation.source_id).where(ActRelation.target_id == item.id)))
    for number in sorted(related - {item.id}):
        named = _words_of(before, _others(session, number, item.id))
        for note in session.scalars(select(ItemNote).where(ItemNote.item_id == number, ItemNote.kind == "relation")):
            note.text = named.sub(lambda found: instead if found[0] in before else found[0], note.text)
        entries.renew(session, number)
    session.execute(update(BestBet).where(BestBet.key == f"item:{item.id}").values(title=instead))


def _others(session: Session, source_id: int, item_id: int) -> set[str]:
    """Titles of the other acts that the one with these notes is related to."""
    query = select(Item.title).join(ActRelation, ActRelation.target_id == Item.id)
    return set(session.scalars(query.where(ActRelation.source_id == source_id, Item.id != item_id)))


def _words_of(titles: Iterable[str], others: Iterable[str]) -> re.Pattern[str]:
    """Finds the titles as whole words, and first those of others that may hold one of them: „Plan miejscowy”."""
    known = sorted({*titles, *others}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)" if known else "(?!)")


def forget_reasons(session: Session, item: Item, said: str) -> None:
    """Why it stays, why it was late, where it hung, on what basis it changes others."""
    session.execute(update(TermFact).where(TermFact.item_id == item.id, TermFact.reason != "").values(reason=said))
    session.execute(update(ActRelation).where(ActRelation.source_id == item.id).values(basis=""))


def forget_asked(session: Session, words: set[str]) -> None:
    """Questions readers typed that name what went; how often others were asked stays."""
    if not words:
        return
    gone = [text for text in session.scalars(select(Asked.text).distinct()) if _names(text, words)]
    session.execute(delete(Asked).where(Asked.text.in_(gone)))


def _names(text: str, words: set[str]) -> bool:
    said = review.squeezed(text)
    return any(one in said or (len(said) >= _ASKED_SHORTEST and said in one) for one in words)


def forget_archives(session: Session, item: Item) -> None:
    """Archives prepared for download may hold it, and so may the archive or the walk it was brought in by.

    Their files go now, those at work fail: a new export is a minute's work. A copy of the Bulletin is made anew, the
    earlier ones go.
    """
    brought = select(TransferLine.transfer_id).where(TransferLine.item_id == item.id)
    query = select(Transfer).where(Transfer.file != "", (Transfer.kind == exchange.EXPORT) | Transfer.id.in_(brought))
    made: Sequence[Transfer] = session.scalars(query).all()
    for one in made:
        busy = one.state in BUSY
        if busy:
            exchange.fail(session, one, Conflict("transfer.erased"))
        one.expires_at = clock.now() + (_SOON if busy else timedelta(0))
    session.execute(update(TransferLine).where(TransferLine.item_id == item.id).values(notes=[]))
    session.flush()
    outbox.hurry(session, exchange.SWEEP)
    outbox.hurry(session, copy_effects.JOB)
