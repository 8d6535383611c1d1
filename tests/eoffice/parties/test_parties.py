"""Knowing each person and organisation once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from eoffice.parties import actions, queries
from eoffice.parties.models import Party
from eoffice.parties.names import identifier, plain, sort_name
from portal.accounts.models import User
from portal.core import clock, events
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid

ANNA, JAN = "85021412346", "90031556788"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def recognise(session: Session, name: str = "Anna Nowak", **marks: object) -> Party:
    return actions.recognise(session, SYSTEM, kind="person", name=name, **marks)  # type: ignore[arg-type]


def parties(session: Session) -> int:
    return session.scalar(select(func.count(Party.id))) or 0


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(events.Event.verb).order_by(events.Event.seq)))


def test_the_same_pesel_is_the_same_person_whatever_the_channel(database: Database) -> None:
    with database.transaction() as session:
        first = recognise(session, identifiers={"pesel": ANNA}, addresses={"epuap": "/anowak/domyslna"})
        again = recognise(session, "A. Nowak", identifiers={"pesel": ANNA, "epuap": "anowak"})
        assert (again.id, again.name) == (first.id, "Anna Nowak")
        assert queries.identifiers(session, first.id) == {"pesel": ANNA, "epuap": "anowak"}


def test_a_wrong_check_digit_identifies_nobody(database: Database) -> None:
    with database.transaction() as session:
        first = recognise(session, identifiers={"pesel": "85021412345"})
        second = recognise(session, identifiers={"pesel": "85021412345"})
        assert first.id != second.id
        assert queries.identifiers(session, first.id) == {}


def test_an_account_is_never_joined_to_a_party_by_resemblance(database: Database) -> None:
    with database.transaction() as session:
        met = recognise(session, identifiers={"pesel": ANNA})
        user = User(login="x", name="Anna Nowak", kind="citizen", created_at=clock.now())
        session.add(user)
        session.flush()
        account = recognise(session, user_id=user.id, identifiers={"pesel": ANNA})
        assert account.id != met.id
        assert queries.identifiers(session, account.id) == {}
        assert recognise(session, user_id=user.id).id == account.id
    with database.reading() as session:
        assert "party.conflict" in verbs(session)


def test_marks_of_two_parties_merge_nothing_and_go_before_a_clerk(database: Database) -> None:
    with database.transaction() as session:
        anna = recognise(session, identifiers={"pesel": ANNA})
        firm = recognise(session, "Nowak sp. z o.o.", identifiers={"nip": "5260250274"})
        both = recognise(session, identifiers={"pesel": ANNA, "nip": "5260250274"})
        assert both.id == anna.id
        assert queries.identifiers(session, firm.id) == {"nip": "5260250274"}
    with database.reading() as session:
        conflict = session.scalars(select(events.Event).where(events.Event.verb == "party.conflict")).one()
        assert conflict.refs == [anna.ref, firm.ref]


def test_a_box_recognises_only_together_with_the_name(database: Database) -> None:
    box = {"epuap": "/anowak/domyslna"}
    with database.transaction() as session:
        anna = recognise(session, addresses=box)
        assert recognise(session, "ANNA  Nowak", addresses=box).id == anna.id
        assert recognise(session, "Jan Kowalski", addresses=box).id != anna.id


def test_a_box_does_not_recognise_somebody_with_another_pesel(database: Database) -> None:
    box = {"epuap": "/rodzina/domyslna"}
    with database.transaction() as session:
        mother = recognise(session, identifiers={"pesel": ANNA}, addresses=box)
        daughter = recognise(session, identifiers={"pesel": JAN}, addresses=box)
        assert mother.id != daughter.id


def test_a_shared_telephone_recognises_nobody(database: Database) -> None:
    with database.transaction() as session:
        first = recognise(session, addresses={"phone": "123"})
        assert recognise(session, addresses={"phone": "123"}).id != first.id


def test_a_new_box_ends_the_former_and_its_return_is_a_further_fact(database: Database) -> None:
    with database.transaction() as session:
        for day, box in enumerate(("/a/1", "/a/2", "/a/1")):
            with clock.frozen(NOON + timedelta(days=day)):
                party = recognise(session, identifiers={"pesel": ANNA}, addresses={"epuap": box})
        assert queries.address(session, party.id, "epuap") == "/a/1"
        told = [(item.value, item.until is None) for item in queries.history(session, party.id)]
        assert told == [("/a/1", True), ("/a/2", False), ("/a/1", False)]


def test_merging_moves_identifiers_and_keeps_the_old_number_findable(database: Database) -> None:
    with database.transaction() as session:
        anna = recognise(session, identifiers={"pesel": ANNA}, addresses={"email": "a@example.pl"})
        other = recognise(session, "Anna Nowak-Kowalska", addresses={"epuap": "/ank/domyslna"})
        actions.merge(session, SYSTEM, anna.id, other.id)
        assert queries.party(session, anna.id).id == other.id
        assert queries.same_as(session, other.id) == {anna.id, other.id}
        assert recognise(session, identifiers={"pesel": ANNA}).id == other.id
        assert {item.value for item in queries.addresses(session, other.id)} == {"a@example.pl", "/ank/domyslna"}


def test_two_people_with_two_pesels_cannot_be_merged(database: Database) -> None:
    with database.transaction() as session:
        anna = recognise(session, identifiers={"pesel": ANNA})
        jan = recognise(session, "Jan Kowalski", identifiers={"pesel": JAN})
        with pytest.raises(Conflict) as refusal:
            actions.merge(session, SYSTEM, anna.id, jan.id)
        assert refusal.value.code == "party.two_pesels"
        with pytest.raises(Conflict):
            actions.merge(session, SYSTEM, anna.id, anna.id)


def test_search_finds_by_surname_without_diacritics_and_pages_by_key(database: Database) -> None:
    with database.transaction() as session:
        for first in ("Łukasz", "Adam", "Zofia"):
            recognise(session, f"{first} Żółć", first_name=first, last_name="Żółć")
        recognise(session, "Jan Kowalski", first_name="Jan", last_name="Kowalski")
        page = queries.search(session, "zolc", limit=2)
        rest = queries.search(session, "zolc", after=page.after, limit=2)
        assert [row.name for row in page.rows + rest.rows] == ["Adam Żółć", "Łukasz Żółć", "Zofia Żółć"]
        assert rest.after is None


def test_strangers_may_not_touch_parties(database: Database) -> None:
    with database.transaction() as session, pytest.raises(Forbidden):
        actions.recognise(session, ANONYMOUS, kind="person", name="X")


def test_a_party_needs_a_name_and_a_kind(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(Invalid):
            recognise(session, " \t")
        with pytest.raises(Invalid):
            actions.recognise(session, SYSTEM, kind="robot", name="X")
        assert parties(session) == 0


def test_events_about_parties_hold_no_personal_data(database: Database) -> None:
    with database.transaction() as session:
        recognise(session, identifiers={"pesel": ANNA}, addresses={"post": "ul. Leśna 1\n11-111 Wrotkowo"})
    with database.reading() as session:
        for event in session.scalars(select(events.Event)):
            told = f"{event.refs}{event.data}"
            assert ANNA not in told
            assert "Leśna" not in told
            assert "Nowak" not in told


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [("pesel", " 85021412346 ", ANNA), ("pesel", "", None), ("nip", "526-025-02-74", "5260250274"),
     ("krs", "12345", "0000012345"), ("krs", "x", None), ("epuap", " anowak ", "anowak"), ("shoe", "42", None)],
)  # fmt: skip
def test_identifiers_are_kept_in_one_form(kind: str, given: str, kept: str | None) -> None:
    assert identifier(kind, given) == kept


def test_names_are_compared_in_plain_letters() -> None:
    assert plain("  Łucja   ŻÓŁĆ-Straße ") == "lucja zolc-strasse"
    assert sort_name("Urząd Gminy") == "urzad gminy"
    assert sort_name("Jan Żak", "Jan", "Żak") == "zak jan"
