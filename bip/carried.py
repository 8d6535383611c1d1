"""What an archive carries of the Bulletin beside texts: relations of acts, what was noted about terms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bip import relations
from bip.models import ActRelation, TermFact
from portal.content import acts
from portal.content.exchange.ties import Carrier
from portal.content.models import Item
from portal.core.actors import Actor
from portal.core.errors import Conflict


def relations_of(session: Session, item: Item) -> list[tuple[int, dict[str, Any]]]:
    """What an act does to others and was not taken back."""
    query = select(ActRelation).where(ActRelation.source_id == item.id, ActRelation.ended_at.is_(None))
    return [
        (made.target_id, {"kind": made.kind, "since": made.since.isoformat(), "basis": made.basis})
        for made in session.scalars(query.order_by(ActRelation.since, ActRelation.id))
    ]


def relate(session: Session, actor: Actor, item: Item, other: int, facts: dict[str, Any]) -> None:
    """Enter a relation again."""
    since = date.fromisoformat(str(facts["since"]))
    relations.add(
        session, actor, item.id, kind=str(facts["kind"]), target_id=other, since=since, basis=str(facts["basis"])
    )


_FACTS = ("act", "detail", "reason", "author")


def terms_of(session: Session, item: Item) -> list[tuple[int, dict[str, Any]]]:
    """What was done about the item's terms: ticks of places, decisions, reasons."""
    query = select(TermFact).where(TermFact.item_id == item.id).order_by(TermFact.at, TermFact.id)
    return [
        (
            item.id,
            {name: getattr(one, name) for name in _FACTS}
            | {"day": one.day.isoformat() if one.day else "", "at": one.at.isoformat()},
        )
        for one in session.scalars(query)
    ]


def note_term(session: Session, actor: Actor, item: Item, _other: int, facts: dict[str, Any]) -> None:
    """Add what was done elsewhere, with who did it and when there."""
    at = datetime.fromisoformat(str(facts["at"]))
    given = {name: str(facts[name]) for name in _FACTS}
    known = select(TermFact.id).where(TermFact.item_id == item.id, TermFact.act == given["act"], TermFact.at == at)
    if session.scalar(known.where(TermFact.detail == given["detail"]).limit(1)) is not None:
        raise Conflict("bip.term_fact_known")
    day = date.fromisoformat(str(facts["day"])) if facts["day"] else None
    session.add(
        TermFact(
            item_id=item.id, type=item.type, act=given["act"][:12], detail=given["detail"][:80], day=day,
            reason=given["reason"][:1000], at=at, author=given["author"][:200],
        )
    )  # fmt: skip
    acts.changed(session, actor, item, "imported", visible=False, data={"source": "term"})


RELATION, TERM = Carrier(relations_of, relate), Carrier(terms_of, note_term)
"""How relations and notes about terms are carried."""
