"""What the client base fills into forms."""

from __future__ import annotations

import pytest

from eoffice.parties import actions, facts
from forms import queries as forms
from portal.accounts import actions as accounts
from portal.core.actors import SYSTEM
from portal.core.db import Database

ADDRESSES = [
    ("ul. Lipowa 7\n00-001 Wrotkowo", {"street": "Lipowa", "building": "7", "postcode": "00-001", "city": "Wrotkowo"}),
    ("ul. Młyńska 3a m. 2\n00-001 Wrotkowo", {"street": "Młyńska", "building": "3a", "flat": "2"}),
    ("ul. 3 Maja 12/4", {"street": "3 Maja", "building": "12", "flat": "4"}),
    ("skrytka pocztowa", {}),
]


@pytest.mark.parametrize(("lines", "expected"), ADDRESSES)
def test_a_postal_address_is_told_apart_only_where_it_is_certain(lines: str, expected: dict[str, str]) -> None:
    found = facts.postal(lines)
    assert {name: found.get(name) for name in expected} == expected
    assert bool(found) == bool(expected)


def test_what_the_client_base_knows_is_not_asked_again(database: Database) -> None:
    with database.transaction() as session:
        user = accounts.create_user(session, SYSTEM, login="ewa.klon", name="Ewa Klon", kind="citizen")
        assert forms.account(session, user.id).pesel == ""
        actions.recognise(
            session, SYSTEM, kind="person", name="Ewa Klon", first_name="Ewa", last_name="Klon",
            identifiers={"pesel": "80010112340"}, addresses={"post": "ul. Lipowa 7\n00-001 Wrotkowo"},
            user_id=user.id,
        )  # fmt: skip
        known = forms.account(session, user.id)
    assert (known.first_name, known.pesel, known.street, known.city) == ("Ewa", "80010112340", "Lipowa", "Wrotkowo")
