"""What the client base knows of a person, for the forms they fill in. Importing this registers it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.orm import Session

from eoffice.parties import queries
from forms.facts import SOURCES
from forms.letter import Contact

_STREET = re.compile(r"(?:ul\.\s*)?(?P<street>.*?\D)\s+(?P<building>\d+\w*)(?:\s*(?:m\.|lok\.|/)\s*(?P<flat>\w+))?")
_PLACE = re.compile(r"(?P<postcode>\d{2}-\d{3})\s+(?P<city>.+)")


def of_user(session: Session, user_id: int) -> Contact:
    """PESEL, address, e-mail and telephone of the party the account stands for; empty when there is none."""
    party = queries.of_user(session, user_id)
    if party is None:
        return Contact()
    newest: dict[str, str] = {}
    for address in queries.addresses(session, party.id):
        newest.setdefault(address.kind, address.value)
    marks = queries.identifiers(session, party.id)
    return Contact(
        pesel=marks.get("pesel", ""),
        nip=marks.get("nip", ""),
        email=newest.get("email", ""),
        phone=newest.get("phone", ""),
        **postal(newest.get("post", "")),
    )


def postal(lines: str) -> dict[str, Any]:
    """The parts of a postal address kept as lines; what cannot be told apart for certain is left out."""
    found: dict[str, Any] = {}
    for line in lines.splitlines():
        match = _PLACE.fullmatch(line.strip()) or _STREET.fullmatch(line.strip())
        found |= {name: value.strip() for name, value in (match.groupdict() if match else {}).items() if value}
    return found


SOURCES.register("parties", of_user)
