"""Our own submissions: lodged once, recognised when they come back out of the box, with their receipt."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.core.documents import Document
from portal.core.events import Event
from tests.eoffice.intake.box import letter, upp
from tests.eoffice.intake.conftest import Town


def receipt_of(town: Town, number: int) -> bytes | None:
    submission = town.submission(number)
    if submission.receipt_id is None:
        return None
    with town.database.reading() as session:
        return town.blobs.get(session.get_one(Document, submission.receipt_id).sha256)


def test_a_submission_is_lodged_registered_and_has_its_receipt(town: Town) -> None:
    number = town.submit(letter("Wniosek"))
    town.run()
    submission, (entry,), (message,) = town.submission(number), town.entries(), town.messages()
    assert (submission.state, submission.external_id, submission.channel) == ("registered", "101", "epuap")
    assert receipt_of(town, number) == upp("101")
    assert (message.submission_id, entry.party_name) == (number, "Jan Kowalski")
    assert len(town.box.lodged) == 1
    with town.database.reading() as session:
        told = session.scalars(select(Event.verb).where(Event.audience == "citizen").order_by(Event.seq))
        assert list(told) == [
            "submission.lodged", "submission.receipt", "submission.registered"
        ]  # fmt: skip


def test_the_party_of_a_submission_is_the_account_that_sent_it(town: Town) -> None:
    town.submit(letter("Pierwszy"), "W-1")
    town.submit(letter("Drugi"), "W-2")
    town.run()
    first, second = town.entries()
    assert first.party_id == second.party_id is not None
    with town.database.reading() as session:
        from eoffice.parties.models import Party

        assert session.get_one(Party, first.party_id).user_id == town.submission(1).user_id


def test_a_lost_answer_is_looked_up_and_never_sent_again(town: Town) -> None:
    number = town.submit(letter())
    town.box.mood = ["lose"]
    town.run()
    assert len(town.box.lodged) == 1
    assert town.submission(number).state == "registered"
    assert receipt_of(town, number) == upp("101")
    assert len(town.entries()) == 1


def test_when_nobody_can_tell_the_document_in_our_box_does(town: Town) -> None:
    number = town.submit(letter())
    town.box.mood, town.box.tells = ["lose"], False
    town.run()
    assert len(town.box.lodged) == 1
    assert town.submission(number).state == "registered"
    assert town.jobs("submission.lodge")[0].state == "done"


def test_a_lodging_nobody_can_tell_of_waits_for_a_person(town: Town) -> None:
    number = town.submit(letter())
    town.box.mood, town.box.tells, town.box.elsewhere = ["lose"], False, True
    town.run()
    assert (town.submission(number).state, town.jobs("submission.lodge")[0].state) == ("uncertain", "uncertain")
    assert len(town.box.lodged) == 1


def test_a_refusal_is_shown_to_the_citizen_and_to_the_operator(town: Town) -> None:
    number = town.submit(letter())
    town.box.mood = ["refuse"]
    town.run()
    assert (town.submission(number).state, town.jobs("submission.lodge")[0].state) == ("failed", "failed")


def test_an_outage_is_waited_out(town: Town) -> None:
    number = town.submit(letter())
    town.box.mood = ["busy"] * 6
    town.run()
    assert town.submission(number).state == "registered"


def test_a_receipt_that_comes_later_through_the_queue_is_joined(town: Town) -> None:
    town.box.gives_receipt = False
    number = town.submit(letter())
    town.run()
    assert receipt_of(town, number) is None
    town.box.put(upp("101"), sender_id="epuap", sender_name="ePUAP", sender_kind="")
    town.run()
    assert receipt_of(town, number) == upp("101")
    assert [(m.kind, m.state, m.problem) for m in town.messages()] == [
        ("letter", "registered", ""),
        ("upp", "proof", ""),
    ]


def test_a_receipt_that_comes_before_we_know_its_document_is_not_lost(town: Town) -> None:
    town.box.gives_receipt = False
    town.box.put(upp("102"))
    town.run()
    assert town.messages()[0].problem == "receipt.unmatched"
    number = town.submit(letter())
    town.run()
    assert (town.submission(number).external_id, receipt_of(town, number)) == ("102", upp("102"))
    assert town.messages()[0].problem == ""


def test_a_copy_of_somebodys_submission_sent_by_another_is_a_letter_of_the_other(town: Town) -> None:
    number = town.submit(letter("Mój wniosek"))
    town.run()
    town.box.put(letter("Mój wniosek"), sender_id="obcy", sender_name="Obcy Człowiek", reply_to="/obcy/skrytka")
    town.run()
    ours, theirs = town.messages()
    assert (ours.submission_id, theirs.submission_id) == (number, None)
    assert town.entries()[1].party_name == "Obcy Człowiek"


def test_a_lodging_job_taken_up_after_registration_does_nothing(town: Town) -> None:
    number = town.submit(letter())
    town.run()
    with town.database.transaction() as session:
        from portal.core import outbox

        payload = {"submission": number}
        outbox.enqueue(session, "submission.lodge", "again", payload, run_after=town.now - timedelta(days=1))
    town.run()
    assert len(town.box.lodged) == 1
