"""The page of decisions, without scripts: what it shows, what it saves, who may open it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People
from tests.content.personal import hiding
from tests.content.personal.test_gate import attach, look, write
from tests.content.web import log_in, make_app, post
from tests.search.files import scan


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path) -> FlaskClient:
    return log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.publisher)


def page(number: int) -> str:
    return f"/redakcja/strona/{number}/anonimizacja"


def test_one_choice_decides_on_all_occurrences_of_a_person(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    number = write(bulletin, people, "<p>Jan Kowalski wniósł.</p><p>Kowalskiemu odmówiono. PESEL 44051401359.</p>")
    shown = client.get(page(number)).text
    assert "3 miejsca czekają na decyzję" in shown
    assert "wszystkie wystąpienia (2)" in shown
    group = next(one.group for one in look(bulletin, number).findings if one.kind == "name")
    post(client, page(number), page(number), {f"g-{group}": "keep:consent"})
    assert look(bulletin, number).undecided == 1
    post(client, page(number), page(number), {"rest": "remove"})
    assert (look(bulletin, number).undecided, look(bulletin, number).to_remove) == (0, 0)
    assert "Zdecydowano o wszystkich miejscach" in client.get(page(number)).text


def test_the_page_says_that_files_are_being_checked_and_why_one_cannot_be(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore, people: People, work: Callable[[], int]
) -> None:
    number = write(bulletin, people, "<p>Treść.</p>", attach(bulletin, blobs, people, b"%PDF-1.7 broken"))
    assert "Sprawdzamy załączniki" in client.get(page(number)).text
    work()
    shown = client.get(page(number)).text
    assert "nie da się sprawdzić" in shown
    assert "Plik jest uszkodzony" in shown


def test_a_box_typed_in_numbers_blackens_a_scan(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore, people: People, work: Callable[[], int]
) -> None:
    file = attach(bulletin, blobs, people, scan("Jan Kowalski"))
    number = write(bulletin, people, "<p>Treść.</p>", file)
    work()
    sheet = f"{page(number)}/plik/{file.document_id}"
    assert client.get(f"{sheet}/1.png").data.startswith(b"\x89PNG")
    assert client.get(f"{sheet}/9.png").status_code == 404
    post(client, sheet, sheet, {"page": "1", "left-1": "x"})
    assert "Zaznacz co najmniej jeden" in client.get(sheet).text
    sent = {"page": "1", "left-1": "0", "top-1": "0", "width-1": "100", "height-1": "50,5"}
    post(client, sheet, sheet, sent)
    assert "zaczerniamy" in client.get(page(number)).text
    work()
    state = look(bulletin, number)
    assert [one.made_of for one in state.files] == [file.document_id]
    # What was not painted of the page can still be seen, so somebody says that it may stay.
    assert [(one.kind, one.number) for one in state.findings if one.open] == [("picture", 1)]


def test_the_page_is_for_whoever_works_on_the_item(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = write(bulletin, people)
    stranger = log_in(make_app(bulletin, blobs, tmp_path / "other").test_client(), people.citizen)
    assert stranger.get(page(number)).status_code == 403
    assert make_app(bulletin, blobs, tmp_path / "third").test_client().get(page(number)).status_code == 303
    assert hiding.KEPT not in client.get(page(number)).text
