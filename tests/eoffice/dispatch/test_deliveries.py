"""Deliveries: handed over, proved, lost, lapsed, decided by a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from eoffice.cases import actions as cases
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch import deliveries, fiction
from eoffice.intake.models import Message
from eoffice.register.models import Entry
from portal.core import clock, events
from portal.core.db import Database
from portal.core.errors import Conflict, Invalid
from tests.eoffice import office
from tests.eoffice.outside import SEAL, upd
from tests.eoffice.road import Way


def sign_of(way: Way) -> str:
    return way.post.taken[0].case_sign


def test_a_sent_letter_has_its_number_and_the_channel_got_our_marks(way: Way) -> None:
    letter_id = way.sent()
    letter, delivery = way.letter(letter_id), way.delivery(letter_id)
    with way.database.reading() as session:
        entry = session.get_one(Entry, letter.entry_id)
        assert (entry.register, entry.number, entry.case_id, entry.document_id) == (
            "RPWY",
            1,
            way.case_id,
            letter.document_id,
        )
    assert (letter.state, delivery.state) == ("sent", "handed")
    taken = way.post.taken[0]
    assert (taken.recipient, taken.reply_to, taken.document_id) == (
        office.BOX,
        "/gmina/SkrytkaESP",
        f"{entry.identifier}-1",
    )
    assert taken.document.data.endswith(SEAL)
    assert (delivery.order_id, delivery.external_id) == ("7001", "1001")


def test_the_proof_delivers_the_letter_at_the_moment_it_names(way: Way) -> None:
    letter_id = way.sent()
    way.receive_proof(upd(way.delivery(letter_id).mark, sign_of(way)))
    delivery = way.delivery(letter_id)
    assert (delivery.state, way.letter(letter_id).state) == ("delivered", "delivered")
    assert delivery.delivered_at == datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
    assert delivery.proof_id is not None


def test_a_proof_that_names_only_the_channels_own_id_is_matched_too(way: Way) -> None:
    letter_id = way.sent()
    way.receive_proof(upd("1001", ""))
    assert way.delivery(letter_id).state == "delivered"


def test_a_proof_of_another_case_or_of_nothing_waits_for_a_person(way: Way) -> None:
    letter_id = way.sent()
    for data in (upd(way.delivery(letter_id).mark, "OSR.6131.77.2026"), upd("", sign_of(way)), b"<other/>" + SEAL):
        message_id = way.receive_proof(data)
        with way.database.reading() as session:
            assert session.get_one(Message, message_id).problem == "proof.unmatched"
    assert way.delivery(letter_id).state == "handed"


def test_an_unsigned_proof_delivers_nothing_until_a_clerk_takes_it(way: Way) -> None:
    letter_id = way.sent()
    way.receive_proof(upd(way.delivery(letter_id).mark, sign_of(way), sealed=False))
    delivery = way.delivery(letter_id)
    assert (delivery.state, delivery.problem) == ("doubtful", "proof_doubtful")
    with way.database.transaction() as session:
        deliveries.accept_proof(session, way.town.clerk, delivery_id=delivery.id, on=clock.today())
    assert way.delivery(letter_id).state == "delivered"


def test_the_same_proof_twice_is_one_delivery(way: Way) -> None:
    letter_id = way.sent()
    for at in ("2026-11-24T10:15:00+01:00", "2026-11-25T10:15:00+01:00"):
        way.receive_proof(upd(way.delivery(letter_id).mark, sign_of(way), at=at))
    assert way.delivery(letter_id).delivered_at == datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
    with way.database.reading() as session:
        told = session.scalars(select(events.Event).where(events.Event.verb == "delivery.delivered")).all()
    assert len(told) == 1


def test_a_busy_channel_is_tried_again_and_a_refusal_goes_to_the_clerk(way: Way) -> None:
    way.post.behave("busy", "refuse")
    letter_id = way.sent()
    assert way.delivery(letter_id).state == "waiting"
    with clock.frozen(clock.now() + timedelta(hours=1)):
        way.worker.drain()
    delivery = way.delivery(letter_id)
    assert (delivery.state, delivery.problem, way.letter(letter_id).state) == ("failed", "epuap.address", "sending")
    with way.database.transaction() as session:
        deliveries.decide(session, way.town.clerk, delivery_id=delivery.id, again=True)
    way.worker.drain()
    assert way.delivery(letter_id).state == "handed"


def test_a_lost_answer_is_looked_up_and_the_letter_not_sent_twice(way: Way) -> None:
    way.post.behave("lose")
    letter_id = way.sent()
    with clock.frozen(clock.now() + timedelta(hours=1)):
        way.worker.drain()
    assert way.delivery(letter_id).state == "handed"
    assert len(way.post.taken) == 1


def uncertain(way: Way) -> int:
    way.post.tells = False
    way.post.behave("lose")
    letter_id = way.sent()
    for hours in range(1, 30):
        with clock.frozen(clock.now() + timedelta(hours=2 * hours)):
            way.worker.drain()
    return letter_id


def test_when_nobody_can_tell_a_person_decides(way: Way) -> None:
    letter_id = uncertain(way)
    delivery = way.delivery(letter_id)
    assert (delivery.state, len(way.post.taken)) == ("uncertain", 1)
    with way.database.transaction() as session:
        deliveries.decide(session, way.town.clerk, delivery_id=delivery.id, again=False)
    assert way.delivery(letter_id).state == "settled"
    assert way.job(f"delivery.send:{delivery.id}").state == "done"
    with way.database.transaction() as session, pytest.raises(Conflict):
        deliveries.decide(session, way.town.clerk, delivery_id=delivery.id, again=True)


def test_a_proof_answers_what_was_uncertain(way: Way) -> None:
    letter_id = uncertain(way)
    delivery = way.delivery(letter_id)
    way.receive_proof(upd(delivery.mark, sign_of(way)))
    assert (way.delivery(letter_id).state, way.letter(letter_id).state) == ("delivered", "delivered")
    assert way.job(f"delivery.send:{delivery.id}").state == "done"


def test_without_a_proof_in_time_the_clerk_is_told_and_a_late_one_is_believed(way: Way) -> None:
    letter_id = way.sent()
    with clock.frozen(clock.now() + timedelta(days=14)):
        way.worker.drain()
        assert way.delivery(letter_id).state == "handed"
    with clock.frozen(clock.now() + timedelta(days=16)):
        way.worker.drain()
        assert way.delivery(letter_id).state == "no_proof"
        way.receive_proof(upd(way.delivery(letter_id).mark, sign_of(way)))
    assert way.delivery(letter_id).state == "delivered"


def test_since_2026_nothing_is_presumed_of_a_private_party_on_epuap(way: Way) -> None:
    letter_id = way.sent()
    with clock.frozen(clock.now() + timedelta(days=16)):
        way.worker.drain()
        with way.database.transaction() as session, pytest.raises(Conflict) as caught:
            deliveries.presume(session, way.town.clerk, delivery_id=way.delivery(letter_id).id)
    assert caught.value.code == "delivery.no_presumption"


@pytest.mark.parametrize(
    ("sent", "presumed"),
    [
        (date(2025, 4, 1), date(2025, 4, 16)),
        (date(2025, 12, 31), date(2026, 1, 15)),
        (date(2026, 1, 1), None),
        (date(2021, 10, 4), None),
    ],
)
def test_rules_of_presumption_hold_within_their_dates(sent: date, presumed: date | None) -> None:
    assert fiction.presumption("epuap", "person", sent).on == presumed


def test_a_computed_day_is_taken_by_a_clerk_only(way: Way) -> None:
    with clock.frozen(datetime(2025, 11, 3, 9, tzinfo=UTC)):
        letter_id = way.sent()
    with clock.frozen(datetime(2025, 12, 1, 9, tzinfo=UTC)):
        way.worker.drain()
        assert way.delivery(letter_id).state == "no_proof"
        with way.database.transaction() as session:
            deliveries.presume(session, way.town.clerk, delivery_id=way.delivery(letter_id).id)
    delivery = way.delivery(letter_id)
    assert delivery.delivered_at is not None
    assert (delivery.state, clock.local(delivery.delivered_at).date()) == ("presumed", date(2025, 11, 18))


def test_without_an_electronic_address_the_letter_waits_at_the_counter(way: Way) -> None:
    with way.database.transaction() as session:
        other = office.add_party(session, "Jan Sąsiad", box="")
        entry = office.add_entry(session, other)
        from_entry = entry.id
    join(way.database, way, from_entry)
    letter_id = way.sent(recipients=(other,))
    delivery = way.delivery(letter_id)
    assert (delivery.channel, delivery.state, way.letter(letter_id).state) == ("counter", "to_hand", "sending")
    with way.database.transaction() as session:
        tomorrow = clock.today() + timedelta(days=1)
        with pytest.raises(Invalid):
            deliveries.handed_over(session, way.town.clerk, delivery_id=delivery.id, on=tomorrow)
        deliveries.handed_over(session, way.town.clerk, delivery_id=delivery.id, on=clock.today())
    assert (way.delivery(letter_id).state, way.letter(letter_id).state) == ("delivered", "delivered")


def join(database: Database, way: Way, entry_id: int) -> None:
    with database.transaction() as session:
        cases.join_entry(session, way.town.clerk, case_id=way.case_id, entry_id=entry_id)


def test_another_way_is_chosen_before_sending_only(way: Way) -> None:
    letter_id = way.draft()
    delivery = way.delivery(letter_id)
    with way.database.transaction() as session:
        dispatch.choose_way(session, way.town.clerk, delivery_id=delivery.id, channel="counter")
        with pytest.raises(Invalid):
            dispatch.choose_way(session, way.town.clerk, delivery_id=delivery.id, channel="pigeon")
    assert way.delivery(letter_id).channel == "counter"


def test_the_public_learns_that_it_was_sent_and_delivered_but_not_to_whom(way: Way) -> None:
    letter_id = way.sent()
    way.receive_proof(upd(way.delivery(letter_id).mark, sign_of(way)))
    with way.database.reading() as session:
        told = events.history(session, f"case:{way.case_id}", audiences=("public",))
    verbs = [event.verb for event in told]
    assert verbs[-2:] == ["letter.sent", "delivery.delivered"]
    assert "Nowak" not in str([event.data for event in told])


def test_what_epuap_did_not_deliver_can_be_collected_at_the_counter(way: Way) -> None:
    way.post.behave("refuse")
    letter_id = way.sent()
    delivery_id = way.delivery(letter_id).id
    with way.database.transaction() as session:
        deliveries.divert(session, way.town.clerk, delivery_id=delivery_id)
    assert (way.delivery(letter_id).channel, way.delivery(letter_id).state) == ("counter", "to_hand")
    assert way.job(f"delivery.send:{delivery_id}").state == "done"
    with way.database.transaction() as session:
        deliveries.handed_over(session, way.town.clerk, delivery_id=delivery_id, on=clock.today())
    assert way.letter(letter_id).state == "delivered"
    assert way.post.taken == []
