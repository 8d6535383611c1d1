"""By which channel a party is reached: chosen from the addresses we know, in an order kept as data."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.parties.models import PartyAddress

COUNTER = "counter"
PREFERENCE = (("epuap", "epuap"),)
"""(kind of address, channel), the best first. What none of them reaches is collected at the counter."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel and the address in its own form."""

    channel: str
    address: str


def ways(session: Session, party_id: int) -> list[Way]:
    """Every way to the party, the preferred first; the last is always the counter."""
    query = (
        select(PartyAddress.kind, PartyAddress.value)
        .where(PartyAddress.party_id == party_id, PartyAddress.until.is_(None))
        .order_by(PartyAddress.since.desc(), PartyAddress.id.desc())
    )
    rows = session.execute(query).all()
    found = [Way(channel, row.value) for kind, channel in PREFERENCE for row in rows if row.kind == kind]
    return [*dict.fromkeys(found), Way(COUNTER, "")]
