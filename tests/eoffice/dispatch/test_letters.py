"""Letters: written, returned, accepted by another person, sealed."""

from __future__ import annotations

import pytest

from eoffice.cases.models import Case
from eoffice.dispatch import actions as dispatch
from eoffice.dispatch import queries
from forms import reader
from portal.core.actors import Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Forbidden, Invalid
from tests.eoffice import office
from tests.eoffice.outside import SEAL
from tests.eoffice.road import BODY, Way


def test_a_letter_goes_by_itself_to_the_party_of_the_case_by_the_best_way(way: Way) -> None:
    delivery = way.delivery(way.draft())
    assert (delivery.party_id, delivery.channel, delivery.address) == (way.town.party_id, "epuap", office.BOX)
    assert delivery.state == "planned"


def test_a_letter_to_somebody_outside_the_case_is_refused(way: Way) -> None:
    with way.database.transaction() as session:
        stranger = office.add_party(session, "Ktoś Obcy")
    with pytest.raises(Invalid) as caught:
        way.draft(recipients=(stranger,))
    assert caught.value.code == "letter.recipient"


def test_a_letter_changed_meanwhile_is_not_overwritten(way: Way) -> None:
    letter_id = way.draft()
    with way.database.transaction() as session:
        dispatch.update_letter(session, way.town.clerk, letter_id=letter_id, version=1, title="A", body="B")
    with way.database.transaction() as session, pytest.raises(Conflict) as caught:
        dispatch.update_letter(session, way.town.head, letter_id=letter_id, version=1, title="C", body="D")
    assert caught.value.code == "letter.changed_meanwhile"
    assert way.letter(letter_id).title == "A"


def test_a_letter_is_not_accepted_by_its_own_author_even_a_head(way: Way) -> None:
    with way.database.transaction() as session:
        letter = dispatch.write_letter(session, way.town.head, case_id=way.case_id, kind="letter", title="A", body="B")
        dispatch.submit_for_approval(session, way.town.head, letter_id=letter.id, version=1)
    with way.database.transaction() as session, pytest.raises(Forbidden) as caught:
        dispatch.approve(session, way.town.head, letter_id=letter.id, version=1)
    assert caught.value.code == "letter.own"


def test_a_clerk_accepts_nothing_and_another_department_sees_nothing(way: Way) -> None:
    letter_id = way.draft()
    with way.database.transaction() as session:
        dispatch.submit_for_approval(session, way.town.clerk, letter_id=letter_id, version=1)

    def refused(actor: Actor) -> None:
        with way.database.transaction() as session, pytest.raises(Forbidden):
            dispatch.approve(session, actor, letter_id=letter_id, version=1)

    refused(way.town.clerk)
    refused(way.town.stranger)
    refused(way.town.citizen)


def test_a_returned_letter_carries_the_remark_and_can_come_again(way: Way) -> None:
    letter_id = way.draft()
    with way.database.transaction() as session:
        dispatch.submit_for_approval(session, way.town.clerk, letter_id=letter_id, version=1)
        dispatch.return_letter(session, way.town.head, letter_id=letter_id, version=1, remark="Brak podstawy prawnej")
    assert (way.letter(letter_id).state, way.letter(letter_id).remark) == ("returned", "Brak podstawy prawnej")
    with way.database.transaction() as session:
        dispatch.update_letter(session, way.town.clerk, letter_id=letter_id, version=1, title="A", body=BODY)
        dispatch.submit_for_approval(session, way.town.clerk, letter_id=letter_id, version=2)
        dispatch.approve(session, way.town.head, letter_id=letter_id, version=2)
    assert way.letter(letter_id).state == "approved"


def test_a_head_accepts_only_the_version_that_was_read(way: Way) -> None:
    letter_id = way.draft()
    with way.database.transaction() as session:
        dispatch.update_letter(session, way.town.clerk, letter_id=letter_id, version=1, title="A", body="B")
        dispatch.submit_for_approval(session, way.town.clerk, letter_id=letter_id, version=2)
    with way.database.transaction() as session, pytest.raises(Conflict):
        dispatch.approve(session, way.town.head, letter_id=letter_id, version=1)


def test_an_accepted_letter_is_sealed_as_a_document_that_reads_back(way: Way) -> None:
    letter_id = way.approved()
    letter = way.letter(letter_id)
    assert (letter.state, letter.number, letter.approver_id) == ("sealed", 1, way.town.head.user_id)
    with way.database.reading() as session:
        document = session.get_one(Document, letter.document_id)
        assert document.name == "OSR.6131.1.2026.1.xml" or document.name.endswith(".1.xml")
        data = way.blobs.get(document.sha256)
        assert session.get_one(Case, way.case_id).state == "decided"
    assert data.endswith(SEAL)
    view = reader.view(data)
    assert (view.title, view.known) == ("Zezwolenie na wycinkę", True)
    assert view.paragraphs == tuple(BODY.split("\n"))
    assert [party.display_name for party in (*view.senders, *view.recipients)] == ["Urząd Gminy Wrotkowo", "Anna Nowak"]
    assert any("/sprawa" in text for text in view.additional)


def test_a_letter_accepted_once_is_sealed_once_and_changes_no_more(way: Way) -> None:
    letter_id = way.approved()
    way.worker.drain()
    assert len(way.seal.signed) == 1
    with way.database.transaction() as session, pytest.raises(Conflict):
        dispatch.update_letter(session, way.town.clerk, letter_id=letter_id, version=1, title="A", body="B")


def test_letters_of_a_case_are_numbered_as_they_are_accepted(way: Way) -> None:
    first, second = way.draft(kind="letter"), way.approved(kind="letter")
    with way.database.transaction() as session:
        dispatch.withdraw_letter(session, way.town.clerk, letter_id=first, version=1)
    third = way.approved(kind="letter")
    assert [way.letter(number).number for number in (first, second, third)] == [0, 1, 2]


def test_an_empty_letter_and_one_to_nobody_are_refused(way: Way) -> None:
    with way.database.transaction() as session, pytest.raises(Invalid):
        dispatch.write_letter(session, way.town.clerk, case_id=way.case_id, kind="letter", title=" ", body="B")
    with way.database.transaction() as session:
        letter = dispatch.write_letter(session, way.town.clerk, case_id=way.case_id, kind="letter", title="A", body="B")
        for delivery in queries.deliveries(session, letter.id):
            session.delete(delivery)
        session.flush()
        with pytest.raises(Invalid) as caught:
            dispatch.submit_for_approval(session, way.town.clerk, letter_id=letter.id, version=1)
    assert caught.value.code == "letter.no_recipient"


def test_a_letter_that_is_not_sealed_yet_is_not_sent(way: Way) -> None:
    letter_id = way.draft()
    with way.database.transaction() as session, pytest.raises(Conflict):
        dispatch.send(session, way.town.clerk, letter_id=letter_id)
