"""Nothing goes out in the Bulletin before every finding is decided; decisions are remembered, removals carried out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bip import actions as bip
from portal.content import actions, types
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.personal import deciding, review
from portal.content.personal.models import Decision, Redaction
from portal.content.personal.review import Review
from portal.content.versions import Attachment
from portal.core import documents, events
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.documents import Document
from portal.core.errors import Invalid
from tests.bip.conftest import People
from tests.content.personal import hiding
from tests.content.web import log_in, make_app, post

Work = Callable[[], int]
MARKS = {"publisher": "Urząd Gminy", "produced_by": "Anna Zielińska, inspektor", "produced_on": "2026-11-20"}
BODY = "<p>Stroną jest <strong>Jan</strong> Kowalski, PESEL 44051401359.</p><p>Podpisała Anna Zielińska.</p>"
OLD = b"\xd0\xcf\x11\xe0" + bytes(600)
"""What documents of the nineties, and encrypted DOCX files, begin with."""
KEEP_ALL = ("keep", "consent")


def write(database: Database, people: People, body: str = BODY, *files: Attachment) -> int:
    with database.transaction() as session:
        item = actions.create_item(
            session, people.publisher, "/bip/ogloszenia", "notice", "Obwieszczenie", body=body, fields=dict(MARKS),
            files=files,
        )  # fmt: skip
        return item.id


def attach(
    database: Database, blobs: FolderBlobStore, people: People, data: bytes, name: str = "plik.pdf"
) -> Attachment:
    with database.transaction() as session:
        stored = documents.store(session, blobs, people.publisher, data=data, name=name, origin="content")
        return Attachment(stored.id, "Załącznik")


def look(database: Database, item_id: int) -> Review:
    with database.reading() as session:
        item = session.get_one(Item, item_id)
        version = session.get_one(ItemVersion, item.draft_version_id or item.live_version_id)
        return review.review(session, item, version)


def decide(database: Database, people: People, item_id: int, choice: tuple[str, str], **more: Any) -> None:
    choices = {finding.mark: choice for finding in look(database, item_id).findings if finding.decision is None}
    with database.transaction() as session:
        deciding.decide(session, people.publisher, item_id, choices, **more)


def publish(database: Database, people: People, item_id: int, reason: str = "") -> None:
    with database.transaction() as session:
        actions.publish(session, people.publisher, item_id, reason=reason)


def refused(database: Database, people: People, item_id: int) -> str:
    with pytest.raises(Invalid) as caught:
        publish(database, people, item_id)
    return caught.value.code


def body_of(database: Database, item_id: int) -> str:
    with database.reading() as session:
        item = session.get_one(Item, item_id)
        return session.get_one(ItemVersion, item.draft_version_id or item.live_version_id).body


def test_an_undecided_finding_keeps_a_notice_from_being_published(bulletin: Database, people: People) -> None:
    number = write(bulletin, people)
    assert [finding.text for finding in look(bulletin, number).findings] == ["Jan Kowalski", "44051401359"]
    assert refused(bulletin, people, number) == "personal.undecided"
    decide(bulletin, people, number, KEEP_ALL)
    publish(bulletin, people, number)
    assert look(bulletin, number).undecided == 0


def test_what_is_removed_leaves_the_text_and_can_be_noted_as_an_exclusion(bulletin: Database, people: People) -> None:
    number = write(bulletin, people)
    decide(bulletin, people, number, ("remove", ""), note_exclusion=True)
    body = body_of(bulletin, number)
    assert "Kowalski" not in body
    assert "44051401359" not in body
    assert "[wyłączenie 1]" in body
    publish(bulletin, people, number)
    with bulletin.reading() as session:
        version = session.get_one(ItemVersion, session.get_one(Item, number).live_version_id)
    kept = version.fields["exclusions"][0]
    assert (kept["ground"], kept["made_by"]) == ("privacy", "Piotr Wydawca")
    assert "PESEL" in kept["scope"]


def test_a_correction_asks_only_about_what_is_new(bulletin: Database, people: People) -> None:
    number = write(bulletin, people)
    decide(bulletin, people, number, KEEP_ALL)
    publish(bulletin, people, number)
    with bulletin.transaction() as session:
        longer = f"<p>Wstęp.</p>{BODY}<p>Na wniosek Ewy Malinowskiej.</p>"
        actions.save_draft(
            session, people.publisher, number, expected=None, title="Obwieszczenie", body=longer, fields=dict(MARKS)
        )
    asked = [finding.text for finding in look(bulletin, number).findings if finding.decision is None]
    assert asked == ["Ewy Malinowskiej"]


def test_the_portal_only_warns(site: Database, people: People) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, people.publisher, "/", "page", "Strona", body=BODY)
        actions.publish(session, people.publisher, page.id)
    assert look(site, page.id).undecided == 3
    assert not types.of("page").family.reasons


def test_a_file_is_checked_then_decided_then_redacted_and_only_the_copy_goes_out(
    bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    secret = "44051401359"
    data = bytes(hiding.sheet([hiding.KEPT, f"Wnioskodawca Jan Kowalski, PESEL {secret}, prosi o pomoc."]).output())
    original = attach(bulletin, blobs, people, data)
    number = write(bulletin, people, "<p>Treść.</p>", original)
    assert refused(bulletin, people, number) == "personal.still_checking"
    work()
    assert refused(bulletin, people, number) == "personal.undecided"
    decide(bulletin, people, number, ("remove", ""))
    assert refused(bulletin, people, number) == "personal.still_checking"
    work()
    publish(bulletin, people, number)
    with bulletin.reading() as session:
        live = session.get_one(Item, number).live_version_id
        copy = session.scalars(
            select(Document).join(ItemFile, ItemFile.document_id == Document.id).where(ItemFile.version_id == live)
        ).one()
        made = session.scalars(select(Redaction)).one()
        told = [event for event in events.history(session, f"item:{number}") if event.verb == "content.file_redacted"]
    assert (made.original_id, made.copy_id) == (original.document_id, copy.id)
    assert secret.encode() not in blobs.get(copy.sha256)
    assert blobs.get(documents.sha256(data)) == data
    assert told[0].data == {"original": original.document_id, "copy": copy.id, "places": 2, "sha256": copy.sha256}


def test_what_stays_in_a_file_is_not_asked_again_in_its_copy(
    bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    pdf = hiding.sheet(["Wnioskodawca Jan Kowalski, PESEL 44051401359, prosi o pomoc Ewę Malinowską."])
    number = write(bulletin, people, "<p>Treść.</p>", attach(bulletin, blobs, people, bytes(pdf.output())))
    work()
    choices = {f.mark: (("remove", "") if f.kind == "pesel" else KEEP_ALL) for f in look(bulletin, number).findings}
    with bulletin.transaction() as session:
        deciding.decide(session, people.publisher, number, choices)
    work()
    assert [(f.text, f.decision.reason) for f in look(bulletin, number).findings if f.decision] == [
        ("Jan Kowalski", "consent"), ("Ewę Malinowską", "consent"),
    ]  # fmt: skip
    publish(bulletin, people, number)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 nothing of a document",
        hiding.package({"a.doc": b"\xd0\xcf\x11\xe0" + bytes(600)}),
        b"\xd0\xcf\x11\xe0" + bytes(600),
    ],
)
def test_a_file_nobody_can_check_is_never_published(
    data: bytes, bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    number = write(bulletin, people, "<p>Treść.</p>", attach(bulletin, blobs, people, data))
    work()
    assert refused(bulletin, people, number) == "personal.unreadable"


def test_a_name_in_a_files_name_is_a_finding_and_is_removed(
    bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    data = bytes(hiding.sheet([hiding.KEPT]).output())
    number = write(
        bulletin, people, "<p>Treść.</p>", attach(bulletin, blobs, people, data, "Wniosek Jana Kowalskiego.pdf")
    )
    work()
    assert [(one.place, one.text) for one in look(bulletin, number).findings] == [("file_name", "Jana Kowalskiego")]
    decide(bulletin, people, number, ("remove", ""))
    assert [file.document.name for file in look(bulletin, number).files] == ["Wniosek (…).pdf"]


def test_a_name_in_the_title_leaves_the_address_too(bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session:
        item = actions.create_item(
            session, people.publisher, "/bip/ogloszenia", "notice", "Decyzja dla Jana Kowalskiego",
            body="<p>Treść.</p>", fields=MARKS | {"agenda": [{"key": 1, "title": "Skarga Ewy Malinowskiej"}]},
        )  # fmt: skip
    decide(bulletin, people, item.id, ("remove", ""))
    with bulletin.reading() as session:
        kept = session.get_one(Item, item.id)
        fields = session.get_one(ItemVersion, kept.draft_version_id).fields
    assert (kept.title, kept.path) == ("Decyzja dla (…)", "/bip/ogloszenia/decyzja-dla")
    assert fields["agenda"] == [{"key": 1, "title": "Skarga (…)"}]


def test_events_and_decisions_hold_no_personal_data(bulletin: Database, people: People) -> None:
    number = write(bulletin, people)
    decide(bulletin, people, number, ("remove", ""))
    with bulletin.reading() as session:
        said = str([(event.verb, event.data) for event in events.history(session, f"item:{number}")])
        rows = session.scalars(select(Decision)).all()
    assert "bip.personal_decided" in said
    kept = said + str([(row.source, row.mark, row.act, row.reason) for row in rows])
    assert "Kowalsk" not in kept
    assert "44051401359" not in kept


def test_reasons_are_those_of_the_law_and_no_others(bulletin: Database, people: People) -> None:
    number = write(bulletin, people)
    with pytest.raises(Invalid) as caught:
        decide(bulletin, people, number, ("keep", "because"))
    assert caught.value.code == "personal.reason_missing"
    assert bip.WORD_CHECKS.get("bip.personal") is review.check


def test_a_reason_typed_at_publishing_is_looked_through_and_a_person_decides(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = write(bulletin, people, "<p>Treść.</p>")
    publish(bulletin, people, number)
    with bulletin.transaction() as session:
        version = session.get_one(ItemVersion, session.get_one(Item, number).live_version_id)
        actions.save_draft(
            session, people.publisher, number, expected=None, title="Obwieszczenie", body="<p>Nowa treść.</p>",
            fields=version.fields,
        )  # fmt: skip
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.publisher)
    here, said = f"/redakcja/strona/{number}", "Na wniosek Jana Kowalskiego"
    refused = post(client, here, f"{here}/opublikuj", {"reason": said})
    assert refused.status_code == 422
    assert f'value="{said}"' in refused.text
    assert "mogą zostać: Jana Kowalskiego" in refused.text
    assert post(client, here, f"{here}/wycofaj", {"reason": said, "kind": "error", "wycofanie": "1"}).status_code == 422
    done = post(client, here, f"{here}/opublikuj", {"reason": said, "reason_kept": "consent"})
    assert done.status_code == 302
    assert said in client.get("/bip/ogloszenia/obwieszczenie").text


@pytest.mark.parametrize("name", ["plik.rtf", "plik.zip"])
def test_what_nobody_can_black_out_waits_for_a_person_and_is_said_in_one_sentence(
    name: str, bulletin: Database, blobs: FolderBlobStore, people: People, work: Work
) -> None:
    text = rb"{\rtf1\ansi Stron\'b9 jest Jan Kowalski.\par}"
    data = text if name.endswith("rtf") else hiding.package({"strona.rtf": text})
    number = write(bulletin, people, "<p>Treść.</p>", attach(bulletin, blobs, people, data, name))
    work()
    assert [one.text for one in look(bulletin, number).findings] == ["Jan Kowalski"]
    assert refused(bulletin, people, number) == "personal.undecided"
    decide(bulletin, people, number, ("remove", ""))
    work()
    assert refused(bulletin, people, number) == "personal.cannot_redact"
    marks = {one.mark: KEEP_ALL for one in look(bulletin, number).findings}
    with bulletin.transaction() as session:
        deciding.decide(session, people.publisher, number, marks)
    publish(bulletin, people, number)
