"""Exclusions brought from elsewhere: pages said to be black are seen to be so before a person publishes them."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from fpdf import FPDF
from PIL import Image

from bip import exclusions
from portal.content import actions
from portal.content.models import Item, ItemVersion
from portal.content.personal import asking, deciding, review
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.bip.conftest import People
from tests.bip.test_withholding import BODY, MARKS, SECRET, client, draft, exclude, publish, worked

__all__ = ["client"]
ELSEWHERE = 9_000_001
"""The number of a document of another system."""
TOLD = {
    "number": 1, "place": "page", "pages": "2", "document": ELSEWHERE, "file": "skan.pdf", "scope": "karta", "ground":
    "classified", "basis": "art. 5 ust. 1", "made_by": "Wójt", "interest": "", "taken_from": 0,
}  # fmt: skip


def scanned(*pages: str, over: bool = False) -> bytes:
    """A page for each colour; ``over``: the second has a black box drawn over its picture instead."""
    pdf = FPDF()
    for number, colour in enumerate(pages):
        pdf.add_page()
        pdf.image(Image.new("RGB", (600, 850), "yellow" if over and number else colour), x=0, y=0, w=210, h=297)
        if over and number:
            pdf.rect(0, 0, 210, 297, style="F")
    return bytes(pdf.output())


def brought(database: Database, blobs: FolderBlobStore, data: bytes) -> int:
    """A working copy as an import leaves it, its file looked into and its pages decided on."""
    with database.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=data, name="skan.pdf", origin="content")
        asking.request_check(session, file.id)
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "bip_page", "Skan", fields=MARKS | {"exclusions": [dict(TOLD)]},
            body="<p>Skan.</p>", files=[actions.Attachment(file.id, "Skan")],
        )  # fmt: skip
    worked(database, blobs)
    with database.transaction() as session:
        for one in review.of_working_copy(session, item.id).findings:
            deciding.remember(session, SYSTEM, session.get_one(Item, item.id), one, ("keep", "consent"))
    return item.id


@pytest.mark.parametrize(("second", "over"), [("white", False), ("white", True)], ids=["not black", "only covered"])
def test_a_page_that_is_not_black_itself_is_not_published_by_a_person(
    second: str, over: bool, bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    number = brought(bulletin, blobs, scanned("white", second, over=over))
    with bulletin.transaction() as session, pytest.raises(Invalid, match="not_seen_black"):
        actions.publish(session, people.publisher, number)


def test_a_black_page_is_proof_enough(bulletin: Database, blobs: FolderBlobStore, people: People) -> None:
    number = brought(bulletin, blobs, scanned("white", "black"))
    with bulletin.transaction() as session:
        actions.publish(session, people.publisher, number)
        version = session.get_one(ItemVersion, session.get_one(Item, number).live_version_id)
        assert [one.pages for one in exclusions.of_fields(version.fields)] == ["2"]


def test_an_image_of_a_withheld_paragraph_that_can_still_be_opened_is_said(
    bulletin: Database, blobs: FolderBlobStore
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "PNG")
    with bulletin.transaction() as session:
        kept = documents.store(session, blobs, SYSTEM, data=out.getvalue(), name="a.png", origin="content")
        image = actions.create_item(
            session, SYSTEM, "/", "image", "Zdjęcie", fields={"alt": "kwiat"}, files=[actions.Attachment(kept.id, "a")]
        )
        actions.publish(session, SYSTEM, image.id)
        shown = f'<p><img src="item:{image.id}" alt="kwiat"> Mówi o tym {SECRET}.</p>'
    number = draft(bulletin, body=f"<p>Jawne.</p>{shown}")
    assert exclude(bulletin, number, place="Mówi o tym") == ["images"]


DOORS = (
    "/bip/mapa",
    "/bip/ogloszenia/lista.csv",
    "/bip/ogloszenia/lista.json",
    "/bip/ogloszenia/rss.xml",
    "/mapa-strony",
)


def test_more_doors_say_nothing_of_what_is_withheld(client: FlaskClient, bulletin: Database) -> None:
    number = draft(bulletin, BODY)
    exclude(bulletin, number, everything=SECRET)
    publish(bulletin, number)
    answers = {door: client.get(door) for door in DOORS}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert client.get("/bip/ogloszenia/oferta/wersja/1").status_code == 404
    assert [door for door, answer in answers.items() if "receptura" in answer.text] == []
