"""What comes through a channel: taken in once, whole, and confirmed only afterwards."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest

from eoffice.intake import actions, legal, queries
from eoffice.parties import queries as parties
from eoffice.register import queries as register
from portal.core.actors import ANONYMOUS, SYSTEM
from portal.core.documents import Document
from portal.core.errors import Conflict, Forbidden, Invalid
from tests.eoffice.intake.box import attachment, letter, upd, upp
from tests.eoffice.intake.conftest import Town

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'


def test_a_letter_from_anyone_gets_its_line_and_leaves_the_queue(town: Town) -> None:
    town.box.put(letter("Wniosek o wycinkę"), sender_identifiers={"pesel": "85021412346"})
    town.run()
    (message,), (entry,) = town.messages(), town.entries()
    assert (message.kind, message.state, message.problem) == ("letter", "registered", "")
    assert (entry.number, entry.title, entry.party_name) == (1, "Wniosek o wycinkę", "Jan Kowalski")
    assert (entry.message_id, entry.document_id) == (message.id, message.document_id)
    assert (town.box.queue, message.acknowledged_at is not None) == ([], True)
    with town.database.reading() as session:
        assert parties.identifiers(session, entry.party_id or 0) == {"pesel": "85021412346", "epuap": "jkowalski"}
        assert parties.address(session, entry.party_id or 0, "epuap") == "/jkowalski/domyslna"
        document = session.get_one(Document, message.document_id)
        assert town.blobs.get(document.sha256) == letter("Wniosek o wycinkę")
        assert "Proszę o zgodę." in (document.text or "")


def test_a_hundred_letters_are_taken_in_one_go(town: Town) -> None:
    for number in range(100):
        town.box.put(letter(f"Pismo {number}"))
    town.run(rounds=1)
    assert [entry.title for entry in town.entries()] == [f"Pismo {number}" for number in range(100)]
    assert town.box.queue == []


def test_the_day_of_receipt_is_the_day_it_entered_the_box(town: Town) -> None:
    town.box.put(letter(), sent_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    town.run()
    assert town.entries()[0].received_on == date(2026, 3, 2)


def test_the_same_item_again_is_registered_once_and_confirmed_again(town: Town) -> None:
    item = town.box.put(letter())
    town.run()
    town.box.queue.append(item)
    town.run()
    assert (len(town.messages()), len(town.entries()), town.box.queue) == (1, 1, [])
    assert len(town.box.confirmed) == 2


def test_two_letters_with_the_same_bytes_are_two_letters(town: Town) -> None:
    town.box.put(letter())
    town.box.put(letter())
    town.run()
    assert [entry.number for entry in town.entries()] == [1, 2]


def test_without_an_id_the_moment_and_the_bytes_tell_items_apart(town: Town) -> None:
    first = town.box.put(letter(), external_id="")
    town.box.put(letter(), external_id="", sent_at=datetime(2026, 3, 3, tzinfo=UTC))
    town.box.queue.append(first)
    town.run()
    assert len(town.entries()) == 2


def test_another_document_under_a_known_id_is_not_dropped(town: Town) -> None:
    town.box.put(letter("Jedno"), external_id="7")
    town.box.put(letter("Drugie"), external_id="7")
    town.run()
    assert [entry.title for entry in town.entries()] == ["Jedno", "Drugie"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "unreadable.empty"), (LAUGHS, "unreadable.doctype"), (b"<a><b></a>", "unreadable.malformed"),
     (b"%PDF-1.7 not xml", "unreadable.malformed"), (b"<a>" + b"<b/>" * 500_000 + b"</a>", "unreadable.too_large")],
    ids=["empty", "laughs", "malformed", "pdf", "elements"],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_as_it_came_for_a_person(town: Town, data: bytes, problem: str) -> None:
    town.box.put(data)
    town.box.put(letter("Następne"))
    town.run()
    odd, fine = town.messages()
    assert (odd.state, odd.problem, fine.state) == ("set_aside", problem, "registered")
    assert [entry.title for entry in town.entries()] == ["Następne"]
    with town.database.reading() as session:
        assert town.blobs.get(session.get_one(Document, odd.document_id).sha256) == data
        assert [row.id for row in queries.waiting(session).rows] == [odd.id]
        assert queries.count_waiting(session) == 1


def test_a_person_registers_what_was_set_aside_with_the_day_it_came(town: Town) -> None:
    town.box.put(b"<a>")
    town.run()
    with town.database.transaction() as session:
        entry = actions.register_set_aside(session, SYSTEM, 1, title="Pismo nieczytelne", party_name="Jan K.")
        assert (entry.number, entry.received_on, entry.party_name) == (1, date(2026, 3, 2), "Jan K.")
        with pytest.raises(Conflict):
            actions.dismiss(session, SYSTEM, 1, "spam")
        assert register.of_message(session, 1) is entry


def test_a_person_dismisses_with_a_reason(town: Town) -> None:
    town.box.put(b"<a>")
    town.run()
    with town.database.transaction() as session:
        with pytest.raises(Invalid):
            actions.dismiss(session, SYSTEM, 1, " ")
        with pytest.raises(Forbidden):
            actions.dismiss(session, ANONYMOUS, 1, "spam")
        assert actions.dismiss(session, SYSTEM, 1, "spam").state == "dismissed"
        assert queries.count_waiting(session) == 0
    assert town.entries() == []


def test_an_unknown_template_is_registered_under_its_files_name(town: Town) -> None:
    town.box.put(b'<x:Zgloszenie xmlns:x="urn:obcy"><x:A>tekst</x:A></x:Zgloszenie>', name="zgłoszenie.xml")
    town.run()
    assert "zgłoszenie.xml" in town.entries()[0].title


def test_a_trial_sending_is_confirmed_but_never_registered(town: Town) -> None:
    town.box.put(letter(), test=True)
    town.run()
    (message,) = town.messages()
    assert (message.state, message.problem, town.entries(), town.box.queue) == ("dismissed", "test", [], [])


def test_attachments_become_documents_with_what_is_wrong_with_them(town: Town) -> None:
    pdf = base64.b64encode(b"%PDF-1.7\n%%EOF").decode()
    files = attachment("umowa.pdf", pdf) + attachment("pusty.pdf", "") + attachment("obraz.png", pdf, "image/png")
    town.box.put(letter(files=files))
    town.run()
    with town.database.reading() as session:
        found = [(item.name, item.problem) for item in queries.files(session, 1)]
        assert [name for name, _ in found] == ["umowa.pdf", "pusty.pdf", "obraz.png"]
        assert [bool(problem) for _, problem in found] == [False, True, True]
        first = session.get_one(Document, queries.files(session, 1)[0].document_id)
        assert (first.content_type, first.origin) == ("application/pdf", "epuap")
    assert town.entries()[0].attachments == 3


def test_a_sender_nobody_names_is_registered_as_unknown(town: Town) -> None:
    town.box.put(b"<a/>", sender_id="", sender_name="", sender_kind="", reply_to="")
    town.run()
    entry = town.entries()[0]
    assert (entry.party_id, entry.party_name) == (None, "brak danych")


def test_what_a_document_says_of_its_sender_identifies_nobody(town: Town) -> None:
    """Else a letter naming somebody's PESEL would land in that person's matters."""
    claimed = letter().replace(
        b"<oso:Imie>", b"<oso:IdOsoby><oso:PESEL>85021412346</oso:PESEL></oso:IdOsoby><oso:Imie>"
    )
    town.box.put(claimed, sender_name="", sender_kind="", sender_id="xyz")
    town.run()
    with town.database.reading() as session:
        assert parties.identifiers(session, town.entries()[0].party_id or 0) == {"epuap": "xyz"}


def test_confirming_goes_on_until_the_channel_is_back(town: Town) -> None:
    town.box.put(letter())
    town.box.mood = ["busy"] * 5
    town.run()
    assert (town.box.queue, len(town.entries())) == ([], 1)


def test_control_characters_in_names_do_no_harm(town: Town) -> None:
    town.box.put(letter(), sender_kind="person", sender_name="Jan\x00Kowalski")
    town.run()
    assert [entry.party_name for entry in town.entries()] == ["Jan Kowalski"]


def test_a_genuine_delivery_receipt_is_handed_upwards(town: Town) -> None:
    town.box.put(upd("RPWY-2026-1-1"))
    town.run(rounds=2)
    (message,) = town.messages()
    assert (message.kind, message.state, message.proof_of) == ("upd", "proof", "RPWY-2026-1-1")
    assert [job.payload for job in town.jobs("proof.received")] == [{"message": message.id}]
    assert town.entries() == []


@pytest.mark.parametrize("forged", [upd("5", sealed=False), upp("5", sealed=False)], ids=["upd", "upp"])
def test_a_receipt_without_a_good_signature_proves_nothing(town: Town, forged: bytes) -> None:
    town.box.put(forged)
    town.run()
    (message,) = town.messages()
    assert (message.state, message.problem) == ("set_aside", "receipt.not_genuine")
    assert town.jobs("proof.received") == []


def test_only_the_mailroom_takes_things_in(town: Town) -> None:
    item = town.box.put(letter())
    with town.database.transaction() as session, pytest.raises(Forbidden):
        actions.accept(session, town.blobs, ANONYMOUS, "epuap", item)


@pytest.mark.parametrize(
    ("kind", "day", "effect"),
    [("person", date(2025, 12, 31), "effective"), ("person", date(2026, 1, 1), "to_assess"),
     ("public", date(2029, 9, 30), "effective"), ("public", date(2029, 10, 1), "to_assess"),
     ("organisation", date(2026, 1, 1), "to_assess")],
)  # fmt: skip
def test_the_legal_effect_follows_the_dates_of_the_law(kind: str, day: date, effect: str) -> None:
    assert legal.assess("epuap", kind, day) == effect


def test_a_clerk_assesses_the_effect(town: Town) -> None:
    town.box.put(letter())
    town.run()
    with town.database.transaction() as session:
        assert queries.count_to_assess(session) == 1
        assert actions.set_effect(session, SYSTEM, 1, "special").effect == "special"
        with pytest.raises(Invalid):
            actions.set_effect(session, SYSTEM, 1, "perhaps")
        assert queries.count_to_assess(session) == 0
