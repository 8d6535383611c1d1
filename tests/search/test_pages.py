"""The pages of search over the seeded town: a constant cost, three frames, what editors tune, whatever is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, select
from sqlalchemy.exc import OperationalError

from portal.accounts.models import User
from portal.app import create_app
from portal.commands import migrate, seed
from portal.core import actors
from portal.core.actors import Actor
from portal.core.db import Database
from portal.core.settings import Settings
from portal.web.context import EXTENSION
from search import tally, tuning
from search.models import Asked
from search.polish import analyser
from tests.content.web import log_in, post


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = Settings(data_dir=tmp_path_factory.mktemp("town"))
    migrate.migrate(settings)
    seed.seed(settings)
    return create_app(settings)


@pytest.fixture
def database(app: Flask) -> Database:
    found: Database = app.extensions[EXTENSION].database
    return found


def person(database: Database, login: str) -> Actor:
    with database.reading() as session:
        return actors.user(session.scalars(select(User.id).where(User.login == login)).one())


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.read, "before_cursor_execute", note)
    yield seen
    event.remove(database.read, "before_cursor_execute", note)


def cost(client: FlaskClient, database: Database, address: str) -> int:
    client.get(address)
    with statements(database) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_a_page_of_results_costs_the_same_number_of_statements_however_many_there_are(
    app: Flask, database: Database
) -> None:
    client = app.test_client()
    costs = {q: cost(client, database, f"/szukaj?q={q}") for q in ("uchwała", "gmina", "xyzzyq", "podatek rolny")}
    assert len(set(costs.values())) == 1, costs


def test_a_place_narrows_the_search_and_gives_the_page_its_frame(app: Flask, database: Database) -> None:
    visitor = app.test_client()
    bulletin = visitor.get("/szukaj?q=gmina&gdzie=bip").text
    assert "Szukaj w Biuletynie" in bulletin
    assert "Sygnaliści" in bulletin  # the Bulletin's own menu
    assert "Szukaj w biurze" not in visitor.get("/szukaj?q=gmina&gdzie=biuro").text
    clerk = log_in(app.test_client(), person(database, "referent"))
    assert "Szukaj w biurze" in clerk.get("/szukaj?q=Kowalski&gdzie=biuro").text
    assert "miejsce" in visitor.get("/szukaj?q=gmina&gdzie=../etc").text


@pytest.mark.parametrize(
    "typed",
    ["", " ", "w", "i oraz na", "!!!", '"', '"plan', "-", "a" * 10_000, "(.*)+$", "' or 1=1 --", "%00", "\U0001f9c0",
     "\ud800", "podatek\0od", "\0", "ａｂｃ", "و", "x\u202ey", "AND OR NOT", "title:*", "[1 TO 2]", "~^\\"],
)  # fmt: skip
def test_whatever_is_typed_there_is_a_helpful_page(app: Flask, typed: str) -> None:
    client = app.test_client()
    given = {"q": typed.encode("utf-8", "replace")}
    for page in ("", "7", "100000", "x"):
        answer = client.get("/szukaj", query_string={**given, "strona": page})
        assert answer.status_code == 200
        assert "<h1>" in answer.text
    assert client.get("/szukaj.json", query_string=given).status_code == 200
    assert client.get("/szukaj/podpowiedzi", query_string=given).status_code == 200


def test_only_publishers_tune_the_search(app: Flask, database: Database) -> None:
    assert app.test_client().get("/redakcja/wyszukiwarka").status_code == 303
    assert log_in(app.test_client(), person(database, "referent")).get("/redakcja/wyszukiwarka").status_code == 403
    assert log_in(app.test_client(), person(database, "redaktor")).get("/redakcja/wyszukiwarka").status_code == 200


def test_a_best_bet_is_added_corrected_and_removed_on_the_page(app: Flask, database: Database) -> None:
    editor, page = log_in(app.test_client(), person(database, "redaktor")), "/redakcja/wyszukiwarka"
    typed = {"asked": "gżegżółka", "title": "Ptaki gminy", "url": "/ptaki", "until": "wczoraj"}
    refused = post(editor, page, f"{page}/polecane", typed)
    assert "„wczoraj” nie jest dniem" in refused.text
    assert 'value="Ptaki gminy"' in refused.text, "what was typed stays"
    post(editor, page, f"{page}/polecane", {**typed, "until": "2099-12-31"})
    assert "Ptaki gminy" in app.test_client().get("/szukaj?q=gżegżółki").text
    number = re.search(r"popraw=(\d+)", editor.get(page).text)
    assert number is not None
    assert "Popraw polecaną stronę" in editor.get(f"{page}?popraw={number[1]}").text
    post(editor, page, f"{page}/polecane/{number[1]}", {**typed, "until": "2020-01-01"})
    assert "Ptaki gminy" not in app.test_client().get("/szukaj?q=gżegżółki").text
    assert "już nie" in editor.get(page).text
    post(editor, page, f"{page}/polecane/{number[1]}/usun", {})
    assert "Ptaki gminy" not in editor.get(page).text


def test_a_synonym_holds_from_the_next_question(app: Flask, database: Database) -> None:
    client = app.test_client()
    before = client.get("/szukaj.json?q=blablator").get_json()["total"]
    with database.transaction() as session:
        tuning.set_synonyms(session, person(database, "redaktor"), ["blablator = uchwała"], analyser())
    assert client.get("/szukaj.json?q=blablator").get_json()["total"] > before == 0, "for programs too"
    assert "Uchwała" in client.get("/szukaj?q=blablator").text


def test_rare_questions_and_those_with_numbers_of_people_are_reported_to_nobody(database: Database) -> None:
    counter = tally.Tally()
    for text in ("80010112340", "600-700-800", "80 01 01 123 40", "jan@example.org", "basen kryty"):
        for _ in range(3):
            counter.note(text, found=False)
    counter.note("Barnaba Gżegżółka", found=False)
    counter.write(database)
    with database.reading() as session:
        assert [row[0] for row in tally.report(session)] == ["basen kryty"]
        kept = set(session.scalars(select(Asked.text).where(Asked.day <= date.max)))
    assert not {text for text in kept if "80" in text or "@" in text}


def test_counts_that_cannot_be_written_now_wait_for_the_next_time(database: Database) -> None:
    counter = tally.Tally()
    for _ in range(3):
        counter.note("lodowisko", found=True)
    nowhere = create_engine("sqlite:////nowhere/at/all.sqlite3")
    with pytest.raises(OperationalError):
        counter.write(Database(nowhere, nowhere))
    counter.write(database)
    with database.reading() as session:
        assert ("lodowisko", 3, 0) in tally.report(session, missed=False)
