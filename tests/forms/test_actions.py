"""Drafts that lose nothing, sending exactly once, and the course of what was sent."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms import actions, document, queries, references, searched
from forms.letter import Contact
from forms.models import FormVersion, Submission
from forms.schema import FormDefinition
from portal.core import events
from portal.core.actors import ANONYMOUS, SYSTEM, Actor
from portal.core.documents import Document
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.outbox import Job
from tests.forms.conftest import OFFICE, Town
from tests.forms.samples import ANSWERS, PDF, PNG, rich

KEY = "klucz-formularza-0001"


def submit(session: Session, town: Town, *, actor: Actor | None = None, key: str = KEY, **more: Any) -> Submission:
    answers, files = {**ANSWERS, **more.pop("answers", {})}, more.pop("files", ())
    return actions.submit(
        session, town.blobs, actor or town.anna, "pismo-ogolne", answers, files, key, office=OFFICE, **more
    )


def verbs(session: Session, submission: Submission) -> list[str]:
    return [event.verb for event in events.history(session, submission.ref, audiences=("citizen",))]


def test_sending_makes_the_document_the_event_and_the_job_in_one_act(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town, files=[("attachments", "umowa.pdf", PDF)])

    with town.database.reading() as session:
        assert sent.state == "submitted"
        assert references.is_reference(sent.reference)
        kept = session.get_one(Document, sent.document_id)
        data = town.blobs.get(kept.sha256)
        assert document.faults(data) == ()
        seen = document.view(data)
        assert (seen.title, seen.correlation, seen.form_id) == (ANSWERS["title"], sent.reference, "pismo-ogolne/1")
        assert [item.data for item in seen.attachments] == [PDF]
        assert verbs(session, sent) == ["submission.submitted"]
        job = session.scalars(select(Job).where(Job.topic == actions.LODGE)).one()
        assert (job.topic, job.key, job.payload) == (
            "submission.lodge", f"submission.lodge:{sent.id}", {"submission": sent.id}
        )  # fmt: skip


def test_a_form_posted_twice_is_one_submission(town: Town) -> None:
    references_seen = set()
    for _ in range(2):
        with town.database.transaction() as session:
            references_seen.add(submit(session, town).reference)

    with town.database.reading() as session:
        assert len(references_seen) == 1
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
        assert session.scalar(select(func.count()).where(Job.topic == actions.LODGE)) == 1


def test_eight_windows_sending_at_once_make_one_submission(town: Town) -> None:
    gate, seen = threading.Barrier(8), []

    def press() -> None:
        gate.wait()
        with town.database.transaction() as session:
            seen.append(submit(session, town).reference)

    windows = [threading.Thread(target=press) for _ in range(8)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()

    with town.database.reading() as session:
        assert len(seen) == 8
        assert len(set(seen)) == 1
        assert session.scalar(select(func.count()).where(Job.topic == actions.LODGE)) == 1


def test_a_key_of_somebody_else_is_refused(town: Town) -> None:
    with town.database.transaction() as session:
        submit(session, town)

    with town.database.transaction() as session, pytest.raises(Conflict, match="key_taken"):
        submit(session, town, actor=town.bogdan)


def test_nobody_may_send_without_logging_in(town: Town) -> None:
    with town.database.transaction() as session, pytest.raises(Forbidden):
        submit(session, town, actor=ANONYMOUS)


def test_a_draft_keeps_wrong_answers_as_they_were_typed(town: Town) -> None:
    with town.database.transaction() as session:
        draft = actions.start(session, town.anna, "pismo-ogolne", KEY)
        actions.save_answers(session, town.anna, draft, {"pesel": "4405140135", "email": "anna@"})
        actions.save_answers(session, town.anna, draft, {"title": "Sprawa", "nobody": "knows"})

    with town.database.reading() as session:
        kept = queries.own(session, town.anna, key=KEY).answers
        assert (kept["pesel"], kept["email"], kept["title"]) == ("4405140135", "anna@", "Sprawa")
        assert "nobody" not in kept


def test_a_new_draft_knows_what_the_account_and_the_last_letter_told(town: Town) -> None:
    with town.database.transaction() as session:
        first = actions.start(session, town.anna, "pismo-ogolne", KEY)
        assert first.answers["first_name"] == "Anna Maria"
        assert first.answers["email"] == "anna@poczta.example"
        assert "city" not in first.answers
        actions.discard(session, town.anna, first)
        submit(session, town, key=KEY + "-2")

    with town.database.transaction() as session:
        second = actions.start(session, town.anna, "pismo-ogolne", KEY + "-3")
        assert second.answers["city"] == ANSWERS["city"]
        assert second.answers["pesel"] == ANSWERS["pesel"]
        assert "title" not in second.answers


def test_sending_with_a_wrong_pesel_names_the_question_and_leaves_the_draft(town: Town) -> None:
    with town.database.transaction() as session:
        draft = actions.start(session, town.anna, "pismo-ogolne", KEY)
        actions.save_answers(session, town.anna, draft, {**ANSWERS, "pesel": "44051401358"})

    with town.database.transaction() as session:
        draft = queries.own(session, town.anna, key=KEY)
        with pytest.raises(Invalid) as refused:
            actions.send(session, town.blobs, town.anna, draft, office=OFFICE)

    assert refused.value.details == {"fields": {"pesel": "form.pesel.checksum"}}
    with town.database.reading() as session:
        assert queries.own(session, town.anna, key=KEY).state == "draft"


def test_a_department_that_does_not_exist_cannot_be_written_to(town: Town) -> None:
    with town.database.transaction() as session, pytest.raises(Invalid) as refused:
        submit(session, town, answers={"department": "XX"})

    assert refused.value.details == {"fields": {"department": "form.choose"}}


def test_a_refused_file_leaves_the_others(town: Town) -> None:
    with town.database.transaction() as session:
        draft = actions.start(session, town.anna, "pismo-ogolne", KEY)
        actions.add_file(session, town.blobs, town.anna, draft, "attachments", "a.pdf", PDF, limit_mb=3.5)
        with pytest.raises(Invalid, match="mislabelled"):
            actions.add_file(session, town.blobs, town.anna, draft, "attachments", "b.pdf", PNG, limit_mb=3.5)
        with pytest.raises(Invalid, match="too_large"):
            actions.add_file(session, town.blobs, town.anna, draft, "attachments", "c.png", PNG, limit_mb=0.0001)
        with pytest.raises(Invalid, match="unknown_field"):
            actions.add_file(session, town.blobs, town.anna, draft, "title", "c.png", PNG, limit_mb=3.5)

    with town.database.reading() as session:
        kept = queries.attached(session, queries.own(session, town.anna, key=KEY))
        assert [item.document.name for item in kept] == ["a.pdf"]


def test_the_same_file_added_twice_is_one_and_can_be_taken_off(town: Town) -> None:
    with town.database.transaction() as session:
        draft = actions.start(session, town.anna, "pismo-ogolne", KEY)
        for _ in range(2):
            kept = actions.add_file(session, town.blobs, town.anna, draft, "attachments", "a.pdf", PDF, limit_mb=3.5)
        assert len(queries.attached(session, draft)) == 1

        actions.remove_file(session, town.anna, draft, kept.id)
        assert queries.attached(session, draft) == []


def test_a_sent_letter_cannot_be_changed(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town)
        with pytest.raises(Conflict, match="sent"):
            actions.save_answers(session, town.anna, sent, {"title": "Inny"})
        with pytest.raises(Conflict):
            actions.add_file(session, town.blobs, town.anna, sent, "attachments", "a.pdf", PDF, limit_mb=3.5)
        with pytest.raises(Conflict):
            actions.discard(session, town.anna, sent)


def test_others_do_not_learn_that_a_submission_exists(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town)

    with town.database.reading() as session:
        with pytest.raises(NotFound):
            queries.own(session, town.bogdan, reference=sent.reference)
        with pytest.raises(NotFound):
            queries.own(session, ANONYMOUS, reference=sent.reference)


def test_a_discarded_draft_keeps_no_answer(town: Town) -> None:
    with town.database.transaction() as session:
        draft = actions.start(session, town.anna, "pismo-ogolne", KEY)
        actions.save_answers(session, town.anna, draft, ANSWERS)
        actions.discard(session, town.anna, draft)

        assert (draft.state, draft.answers) == ("discarded", {})
        assert queries.drafts(session, town.anna.user_id or 0) == []


def _receipt(session: Session, name: str = "UPP.xml") -> Document:
    kept = Document(
        sha256="0" * 64, size=1, content_type="application/xml", name=name, origin="epuap",
        created_at=events.clock.now(), text=None,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def test_the_course_of_a_submission_is_noted_once_however_often_it_is_told(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town)
        receipt, second = _receipt(session), _receipt(session, "UPP2.xml")
        for proof in (receipt, second):
            actions.mark_lodged(session, SYSTEM, sent, "epuap", "DOK-1", proof)
        for _ in range(2):
            actions.mark_registered(session, SYSTEM, sent, "RPW/1/2026")

    with town.database.reading() as session:
        assert (sent.state, sent.channel, sent.external_id, sent.receipt_id) == (
            "registered", "epuap", "DOK-1", receipt.id
        )  # fmt: skip
        assert verbs(session, sent) == [
            "submission.submitted", "submission.lodged", "submission.receipt", "submission.registered"
        ]  # fmt: skip
        found = queries.by_external_id(session, "epuap", "DOK-1")
        assert found is not None
        assert found.id == sent.id


def test_the_register_may_be_quicker_than_the_answer_to_our_sending(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town)
        actions.mark_registered(session, SYSTEM, sent, "RPW/1/2026")
        actions.mark_lodged(session, SYSTEM, sent, "epuap", "DOK-1")

        assert (sent.state, sent.external_id) == ("registered", "DOK-1")


def test_an_uncertain_sending_is_settled_by_what_is_found_later(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town)
        for _ in range(2):
            actions.mark_uncertain(session, SYSTEM, sent, "outbox.uncertain")
        with pytest.raises(Forbidden):
            actions.mark_retried(session, town.anna, sent)
        actions.mark_lodged(session, SYSTEM, sent, "epuap", "DOK-1")

        assert sent.state == "lodged"


def test_publishing_what_is_live_already_changes_nothing(town: Town) -> None:
    with town.database.transaction() as session:
        first = actions.publish_version(session, SYSTEM, "proba", "Próba", FormDefinition.from_data(rich()))
        again = actions.publish_version(session, SYSTEM, "proba", "Próba", FormDefinition.from_data(rich()))
        changed = actions.publish_version(
            session, SYSTEM, "proba", "Próba", FormDefinition.from_data(rich() | {"fee": "17 zł"}), {"symbol": "6220"}
        )

        assert first.id == again.id
        assert (first.number, changed.number) == (1, 2)
        assert queries.live(session, "proba").version.id == changed.id


def test_a_published_form_is_handed_to_search_and_found_by_its_words(town: Town) -> None:
    with town.database.reading() as session:
        form = queries.live(session, "pismo-ogolne").form
        job = session.scalars(select(Job).where(Job.topic == "search.index")).one()
        entry = searched.read(session, str(form.id))

    assert job.payload == {"kind": "form", "key": str(form.id)}
    assert entry is not None
    assert (entry.doc.title, entry.doc.url) == ("Pismo ogólne do urzędu", "/formularze/pismo-ogolne")
    assert entry.doc.status == ""  # of acts readers ask whether they are in force; forms are not told among them


def test_a_draft_stays_with_the_version_it_was_begun_in(town: Town) -> None:
    with town.database.transaction() as session:
        draft = actions.start(session, town.anna, "pismo-ogolne", KEY)
        before = draft.form_version_id
        data = queries.live(session, "pismo-ogolne").definition.to_data() | {"fee": "17 zł"}
        actions.publish_version(session, SYSTEM, "pismo-ogolne", "Pismo", FormDefinition.from_data(data))
        actions.save_answers(session, town.anna, draft, ANSWERS)
        actions.send(session, town.blobs, town.anna, draft, office=OFFICE)

        assert draft.form_version_id == before
        assert session.get_one(FormVersion, before).number == 1


def test_only_those_who_edit_forms_publish_them(town: Town) -> None:
    with town.database.transaction() as session, pytest.raises(Forbidden):
        actions.publish_version(session, town.anna, "proba", "Próba", FormDefinition.from_data(rich()))


def test_facts_of_the_account_go_into_the_document_beside_the_answers(town: Town) -> None:
    with town.database.transaction() as session:
        sent = submit(session, town, sender=Contact(kind="person", other_ids=(("ePUAP", "anna77"),)))
        kept = session.get_one(Document, sent.document_id)

    seen = document.view(town.blobs.get(kept.sha256))
    assert seen.sender is not None
    assert seen.sender.other_ids == (("ePUAP", "anna77"),)


def test_references_are_unambiguous_and_do_not_repeat() -> None:
    made = {references.new() for _ in range(2000)}

    assert len(made) == 2000
    assert all(references.is_reference(item) for item in made)
    assert not any(set(item[8:]) & set("01OILSB") for item in made)
