"""What would still show the text from before an exclusion: a planned publication, links, other versions and places."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bip import excluding, exclusions
from portal.content import actions
from portal.content.editor import previews
from portal.content.models import Item
from portal.content.personal import deciding, review
from portal.core import clock, documents, events
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import NotFound
from portal.core.outbox import Job
from tests.bip.conftest import People
from tests.bip.test_withholding import SECRET, attach, body_of, draft, exclude, publish, with_pages, worked


def plan(database: Database, people: People, number: int) -> None:
    with database.transaction() as session:
        at = clock.now() + timedelta(days=1)
        actions.schedule(session, people.publisher, number, publish_at=at, expires_at=None)


def planned(database: Database, number: int) -> tuple[bool, int | None]:
    """Whether a publication is planned, and of which version."""
    with database.reading() as session:
        item = session.get_one(Item, number)
        return item.publish_at is not None, item.scheduled_version_id


def test_a_planned_publication_of_the_text_before_is_called_off_and_said(bulletin: Database, people: People) -> None:
    number = draft(bulletin)
    plan(bulletin, people, number)
    assert exclude(bulletin, number, everything=SECRET) == ["schedule"]
    assert planned(bulletin, number) == (False, None)
    with bulletin.reading() as session:
        assert "bip.unscheduled" in [event.verb for event in events.history(session, f"item:{number}")]


def test_removing_personal_data_calls_a_planned_publication_off(bulletin: Database, people: People) -> None:
    number = draft(bulletin, body="<p>Stroną jest Ewa Malinowska.</p>")
    plan(bulletin, people, number)
    with bulletin.transaction() as session:
        choices = {one.mark: ("remove", "") for one in review.of_working_copy(session, number).findings}
        deciding.decide(session, people.publisher, number, choices)
    assert "Malinowska" not in body_of(bulletin, number)
    assert planned(bulletin, number) == (False, None)


def test_a_publication_planned_while_a_file_is_made_black_takes_the_copy(
    bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    number, file = with_pages(bulletin, blobs, "Karta druga")
    exclude(bulletin, number, files={file: "2"})
    plan(bulletin, people, number)
    _, before = planned(bulletin, number)
    worked(bulletin, blobs)
    with bulletin.reading() as session:
        now = session.get_one(Item, number).draft_version_id
        asked = session.scalars(select(Job.payload).where(Job.topic == "content.publish").order_by(Job.id)).all()
    assert before != now
    assert planned(bulletin, number) == (True, now)
    assert [(one["version"], one["user"]) for one in asked] == [
        (before, people.publisher.user_id), (now, people.publisher.user_id),
    ]  # fmt: skip


def test_links_to_the_text_before_open_nothing_and_the_editor_is_told(bulletin: Database, people: People) -> None:
    number = draft(bulletin)
    with bulletin.transaction() as session:
        link = previews.create(session, people.publisher, number, days=7).id
    with bulletin.reading() as session:
        assert previews.opened(session, link).path.endswith("oferta")
    assert exclude(bulletin, number, everything=SECRET) == ["links"]
    with bulletin.reading() as session, pytest.raises(NotFound):
        previews.opened(session, link)


@pytest.mark.parametrize(
    ("body", "words", "found"),
    [
        ("<p>Pan Nowak.</p><p>Dla Nowaka.</p>", "Nowak", ["body"]),
        ("<p>Pan Nowak.</p><p>Nowakowscy i skala.</p>", "Nowak", []),
        ('<p>Pan Nowak.</p><p><a href="https://gmina.test/nowak" title="tam">Tu</a></p>', "Nowak", ["body"]),
        ('<p>Jan Kowalczyk</p><p><a href="/a" title="Jan Kowalczyk">Tu</a></p>', "Jan Kowalczyk", ["body"]),
    ],
)
def test_short_words_and_those_of_attributes_are_looked_for_too(
    bulletin: Database, body: str, words: str, found: list[str]
) -> None:
    number = draft(bulletin, body=body)
    assert exclude(bulletin, number, words=words, first=body[3:10]) == found


def test_a_withheld_file_that_is_public_already_is_said(bulletin: Database, blobs: FolderBlobStore) -> None:
    with bulletin.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=b"sklad", name="sklad.txt", origin="content").id
    number = draft(bulletin, body="<p>Oferta.</p>", files=[actions.Attachment(file, "Oferta")])
    publish(bulletin, number)
    attach(bulletin, number, file)
    assert exclude(bulletin, number, files={file: ""}) == ["public_files"]


def test_the_number_of_an_exclusion_taken_back_is_not_used_again(bulletin: Database) -> None:
    number = draft(bulletin)
    exclude(bulletin, number, one="Pierwszy")
    publish(bulletin, number)
    with bulletin.transaction() as session:
        excluding.lift(session, SYSTEM, number, 1, expected=None)
    exclude(bulletin, number, one="Trzeci")
    publish(bulletin, number)
    with bulletin.reading() as session:
        kept = exclusions.of_fields(excluding.latest(session, session.get_one(Item, number)).fields)
        told = {event.verb: event.data.get("exclusions") for event in events.history(session, f"item:{number}")}
    assert [one.number for one in kept] == [2]
    assert told["bip.disclosed"] == [1]
    assert told["bip.excluded"] == [2]
