"""The Bulletin as visitors see it: marks, history, reasons, the register of changes and its exports."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bip import actions as bip
from bip import verify
from bip.verify import Problem
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People
from tests.bip.test_publishing import publish
from tests.content.web import make_app

ADDRESS = "/bip/ogloszenia/decyzja-w-sprawie-drzewa"


@pytest.fixture
def number(bulletin: Database, blobs: FolderBlobStore, people: People) -> int:
    return publish(bulletin, blobs, people)


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def test_an_item_shows_every_mark_the_law_asks_for(client: FlaskClient, number: int) -> None:
    page = client.get(ADDRESS)
    assert page.status_code == 200
    for mark in (
        "Podmiot udostępniający", "Urząd Gminy Wrotkowo", "Jan Kowal, inspektor", "Anna Nowak, kierownik",
        "Wprowadził(a) do BIP", "Piotr Wydawca", "Czas wytworzenia", "Czas udostępnienia", "GK.6131.1.2026",
    ):  # fmt: skip
        assert mark in page.text


def test_every_page_of_the_bulletin_has_its_obligatory_parts(client: FlaskClient, number: int) -> None:
    for address in ("/bip/", ADDRESS, "/bip/ogloszenia", "/bip/rejestr-zmian", "/bip/redakcja", "/bip/mapa"):
        page = client.get(address)
        assert page.status_code == 200, address
        for piece in ("<svg", 'href="/bip/redakcja"', 'href="/bip/instrukcja"', 'href="/bip/mapa"', 'role="search"'):
            assert piece in page.text, (address, piece)


def test_an_earlier_state_can_be_read_and_compared(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    with bulletin.transaction() as session:
        bip.correct(session, people.publisher, number, reason="Omyłka", body_html="<p>Nie zezwalam.</p>")
    assert "Omyłka" in client.get(ADDRESS).text
    assert "Zezwalam." in client.get(f"{ADDRESS}/wersja/1").text
    compared = client.get(f"{ADDRESS}/porownanie/1/2").text
    assert "<ins>" in compared
    assert "<del>" in compared
    assert "<ins>" in client.get(f"{ADDRESS}/porownanie/1/2?widok=ciagly").text


def test_a_withdrawn_item_says_when_and_why_and_shows_no_text(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="Opublikowano przez pomyłkę")
    page = client.get(ADDRESS)
    assert page.status_code == 200
    assert "Opublikowano przez pomyłkę" in page.text
    for side_door in (f"{ADDRESS}/wersja/1", f"{ADDRESS}/drukuj", f"{ADDRESS}/paczka.zip"):
        assert client.get(side_door).status_code == 404
    assert "Zezwalam" not in page.text


def test_the_register_lists_changes_with_persons_and_reasons(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    with bulletin.transaction() as session:
        bip.correct(session, people.publisher, number, reason="Omyłka", title="=2+3")
    page = client.get("/bip/rejestr-zmian").text
    assert "Piotr Wydawca" in page
    assert "Omyłka" in page
    assert "Omyłka" not in client.get("/bip/rejestr-zmian?czyn=bip.published").text
    rows = list(csv.DictReader(io.StringIO(client.get("/bip/rejestr-zmian.csv").text.lstrip("\ufeff"))))
    assert rows[0]["title"] == "'=2+3"
    assert client.get("/bip/rejestr-zmian.json").json["rows"][0]["reason"] == "Omyłka"


def test_an_item_offers_a_proof_that_holds_and_a_changed_one_that_does_not(client: FlaskClient, number: int) -> None:
    proof = client.get(f"{ADDRESS}/dowod.json").json
    assert verify.item(proof) == []
    proof["leaves"][0]["content"]["body"] = "<p>Odmawiam.</p>"
    assert verify.item(proof) == [Problem("content", 2)]
    proof["leaves"][0]["at"] = "2020-01-01T00:00:00+00:00"
    assert Problem("facts", 2) in verify.item(proof)


def test_the_feed_of_the_bulletin_names_the_item(client: FlaskClient, number: int) -> None:
    for address in ("/bip/rss.xml", "/bip/ogloszenia/atom.xml"):
        assert "Decyzja w sprawie drzewa" in client.get(address).text
