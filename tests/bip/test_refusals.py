"""Refused attempts on editors' addresses stand in the journal, whoever tried; its review waits on the desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.events import Event
from tests.bip.conftest import People
from tests.content.web import log_in, make_app, post

ADDRESS = "/redakcja/strona/1/opublikuj"


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def noted(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        return list(session.scalars(select(Event.data).where(Event.verb == "bip.attempt").order_by(Event.seq)))


def test_an_act_without_a_log_in_and_one_without_its_token_are_noted(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    client.post(ADDRESS + "?reason=Jan+Kowal", data={"reason": "Jan Kowal"})
    log_in(client, people.publisher).post(ADDRESS, data={"reason": "Jan Kowal"})
    assert noted(bulletin) == [{"address": ADDRESS, "why": "login"}, {"address": ADDRESS, "why": "csrf"}]


def test_a_wrong_password_on_the_way_to_the_editors_room_is_noted_without_the_name(
    client: FlaskClient, bulletin: Database
) -> None:
    typed = {"login": "ewa", "password": "nie-to-haslo"}
    post(client, "/logowanie", "/logowanie", {**typed, "next": "/redakcja/?q=Kowal"})
    post(client, "/logowanie", "/logowanie", {**typed, "next": "/moje/"})
    assert noted(bulletin) == [{"address": "/redakcja/", "why": "password"}]


def test_looking_around_without_a_log_in_is_no_attempt_and_nobody_fills_the_journal(
    client: FlaskClient, bulletin: Database
) -> None:
    client.get("/redakcja/")
    for _ in range(65):
        client.post(ADDRESS)
    assert len(noted(bulletin)) == 60


def test_the_review_waits_on_the_desk_of_those_who_may_publish(
    bulletin: Database, client: FlaskClient, people: People
) -> None:
    log_in(client, people.publisher).post(ADDRESS)
    assert "formularz spoza tej strony" in client.get("/redakcja/biuletyn/dziennik").text
    assert "Przejrzyj dziennik Biuletynu" in client.get("/redakcja/").text
    log_in(client, people.editor)
    assert "Przejrzyj dziennik Biuletynu" not in client.get("/redakcja/").text
