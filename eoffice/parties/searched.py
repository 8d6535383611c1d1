"""Parties as clerks find them: by any form of the name, an identifier, an address."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.parties.models import Party, PartyAddress, PartyIdentifier
from portal.web.texts import message
from search.index import Doc
from search.sources import Entry, anywhere_token, source


def _keys(session: Session) -> Iterable[str]:
    return map(str, session.scalars(select(Party.id).where(Party.merged_into_id.is_(None))))


@source("party", keys=_keys, follows=True)
def read(session: Session, key: str) -> Entry | None:
    """The party, for everybody who works in the office; one merged into another is found as that other."""
    party = session.get(Party, int(key))
    if party is None or party.merged_into_id is not None:
        return None
    identifiers = session.scalars(select(PartyIdentifier.value).where(PartyIdentifier.party_id == party.id))
    addresses = session.scalars(
        select(PartyAddress.value).where(PartyAddress.party_id == party.id, PartyAddress.until.is_(None))
    )
    doc = Doc(
        key="", kind="party", title=party.name, body="\n".join([*identifiers, *addresses]),
        url=f"/biuro/interesanci/{party.id}", breadcrumb=(message("search.place.parties"),),
        readers=frozenset({anywhere_token("desk.view")}), type="party",
    )  # fmt: skip
    return Entry(doc)
