"""Editors keep the roll once a term, paste the agenda, enter votes or bring them from a table, whole or not at all."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient

from bip.council.agenda import Point, from_lines
from portal.content import queries
from portal.core.db import Database
from tests.bip.conftest import People
from tests.bip.council import town
from tests.content.web import log_in, post

HERE = "/bip/ogloszenia/sesja"


@pytest.fixture
def session_id(bulletin: Database) -> int:
    town.term(bulletin)
    return town.sitting(bulletin)


@pytest.fixture
def room(client: FlaskClient, people: People, session_id: int) -> str:
    """An editor's room of the session."""
    log_in(client, people.publisher)
    return f"/redakcja/strona/{session_id}"


def fields(database: Database) -> dict[str, object]:
    with database.reading() as session:
        page = queries.page_at(session, HERE, draft=True)
        assert page is not None
        return page.fields


def test_an_agenda_is_pasted_and_its_points_keep_their_drafts_wherever_they_go(
    client: FlaskClient, bulletin: Database, room: str
) -> None:
    act = town.resolution(bulletin, "druk 12", "projekt")
    there = f"{room}/porzadek"
    assert post(client, there, there, {"lines": "1. Otwarcie sesji\n2) Podatki\n- Zamknięcie"}).status_code == 302
    assert "Uchwała druk 12" in client.get(f"{there}/2?q=druk").text
    assert post(client, f"{there}/2", f"{there}/2", {"item": str(act)}).status_code == 302
    post(client, there, there, {"lines": "Podatki\nOtwarcie sesji\nInterpelacje\nZamknięcie"})
    kept = fields(bulletin)["agenda"]
    assert [(row["key"], row["title"], row["items"]) for row in kept] == [  # type: ignore[attr-defined]
        (2, "Podatki", [act]), (1, "Otwarcie sesji", []), (4, "Interpelacje", []), (3, "Zamknięcie", []),
    ]  # fmt: skip
    post(client, room, f"{room}/opublikuj", {})
    assert 'Projekt: <a href="/bip/ogloszenia/projekt">' in client.get(HERE).text


def test_a_point_reworded_in_its_place_is_still_the_same_point() -> None:
    known = [Point(1, "Otwarcie"), Point(2, "Podatki", items=(7,)), Point(3, "Koniec")]
    found = from_lines(["Otwarcie", "Podatki na 2027 rok", "Wolne wnioski", "Koniec"], known)
    assert [(one.key, one.items) for one in found] == [(1, ()), (2, (7,)), (4, ()), (3, ())]


def test_everyone_is_set_the_same_way_first_and_the_exceptions_after_it(
    client: FlaskClient, bulletin: Database, room: str
) -> None:
    there = f"{room}/glosowania/0"
    given = {"subject": "Wniosek o przerwę", "g-ewa-lipa": "absent", "majority": "simple"}
    filled = post(client, there, there, given | {"how": "all-for"}).text
    assert filled.count(" checked>") == len(town.NAMES) + 1
    assert 'value="Wniosek o przerwę"' in filled
    cast = {f"g-{key}": "for" for key in town.KEYS} | {"g-ewa-lipa": "absent", "g-jan-kowal": "against"}
    assert post(client, there, there, given | cast | {"how": "next"}).location.endswith("/glosowania/0")
    assert "przyjęto" in client.get(f"{room}/glosowania").text
    post(client, room, f"{room}/opublikuj", {})
    assert "za 3, przeciw 1, nieobecnych 1" in client.get(HERE).text


def test_a_refused_vote_stands_in_the_form_again_as_it_was_typed(client: FlaskClient, room: str) -> None:
    there = f"{room}/glosowania/0"
    refused = post(client, there, there, {"subject": " ", "g-ewa-lipa": "against", "how": "save"}).text
    assert "Napisz, co głosowano" in refused
    assert 'name="g-ewa-lipa" value="against" checked' in refused


def test_a_point_that_was_voted_on_is_not_lost(
    client: FlaskClient, bulletin: Database, room: str, session_id: int
) -> None:
    town.points(bulletin, session_id, "Otwarcie", "Podatki")
    town.vote(bulletin, session_id, "Podatki", "+++++", point=2)
    there = f"{room}/porzadek"
    refused = post(client, there, there, {"lines": "Otwarcie"}).text
    assert "Głosowanie 1 dotyczy punktu" in refused
    assert len(fields(bulletin)["agenda"]) == 2  # type: ignore[arg-type]


TABLE = """nr;temat;punkt;uchwala;radny;glos
1;Podatki;2;XXVIII/1/2026;Nowak Anna;za
1;;;;Jan Kowal;PRZECIW
1;;;;Ewa Lipa;wstrzymała się
1;;;;Piotr Mak;nieobecny
1;;;;Zofia Żak;nie głosowała
"""


def bring(client: FlaskClient, room: str, text: str | bytes, **more: str) -> str:
    there = f"{room}/glosowania/z-pliku"
    data = text.encode("cp1250") if isinstance(text, str) else text
    answer = post(client, there, there, {"table": (io.BytesIO(data), "glosy.csv"), **more})
    return client.get(f"{room}/glosowania").text if answer.status_code == 302 else answer.text


def test_votes_are_brought_from_a_table_and_the_table_given_out_can_be_brought_again(
    client: FlaskClient, bulletin: Database, room: str, session_id: int
) -> None:
    town.points(bulletin, session_id, "Otwarcie", "Podatki")
    town.resolution(bulletin, "XXVIII/1/2026", "uchwala")
    assert "Wczytano głosowania do wersji roboczej: 1." in bring(client, room, TABLE)
    post(client, room, f"{room}/opublikuj", {})
    given = client.get(f"{HERE}/glosowania.csv").data
    before = fields(bulletin)["votes"]
    assert "przyjęto" in bring(client, room, given, instead="on")
    after = fields(bulletin)["votes"]
    assert [row | {"key": 0} for row in after] == [row | {"key": 0} for row in before]  # type: ignore[attr-defined]


def test_a_table_with_any_line_not_understood_is_not_taken_and_each_such_line_is_named(
    client: FlaskClient, bulletin: Database, room: str
) -> None:
    report = bring(
        client, room, TABLE + "1;;;;Obcy Człowiek;za\n2;Wniosek;;;Jan Kowal;może\n2;;;;Jan Kowal;za\n;X;;;;za\n"
    )
    assert "Niczego nie wczytano" in report
    for told in (
        "W porządku obrad nie ma punktu „2”", "W Biuletynie nie ma uchwały nr „XXVIII/1/2026”", "„Obcy Człowiek”",
        "Nie rozumiemy głosu „może”", "Brakuje numeru głosowania", "W głosowaniu 2 brakuje głosów: Anna Nowak",
    ):  # fmt: skip
        assert told in report, told
    assert "<td>7</td>" in report
    assert not fields(bulletin).get("votes")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "brakuje kolumn: nr"), (b"a;b\n1;2\n", "brakuje kolumn: nr, temat, radny, glos"),
        (b"nr;temat;radny;glos\n", "nie ma żadnego głosu"), (b"\x00\x81\x98\x00nr", "Nie umiemy odczytać"),
        (b'nr;temat;radny;glos\n1;"' + b"x" * 200_000 + b'";Jan Kowal;za\n', "Nie umiemy odczytać"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_votes_gets_a_clear_sentence(
    client: FlaskClient, room: str, data: bytes, told: str
) -> None:
    assert told in bring(client, room, data)


def test_the_roll_is_kept_once_and_nobody_known_is_left_out(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    number = town.term(bulletin)
    log_in(client, people.publisher)
    there = f"/redakcja/strona/{number}/sklad"
    rows = {f"name-{n}": name for n, name in enumerate(town.NAMES, 1)} | {
        f"key-{n}": key for n, key in enumerate(town.KEYS, 1)
    }
    assert "Zamiast usuwać, podaj dzień" in post(client, there, there, rows | {"name-5": ""}).text
    assert "jest na liście dwa razy" in post(client, there, there, rows | {"lines": "anna nowak"}).text
    backwards = post(client, there, there, rows | {"since-5": "2026-02-02", "until-5": "2026-01-01"}).text
    assert "kończy się przed początkiem" in backwards
    assert 'value="2026-02-02"' in backwards
    assert post(client, there, there, rows | {"until-5": "2026-01-01", "lines": "Nowa Osoba"}).status_code == 302
    here = f"/redakcja/strona/{number}"
    post(client, here, f"{here}/opublikuj", {"reason": "Wygaśnięcie mandatu"})
    page = client.get("/bip/ogloszenia/kadencja-2024-05-07").text
    assert "1 stycznia 2026</time>" in page.replace("\u00a0", " ")
    assert "Nowa Osoba" in page


def test_a_session_published_by_a_person_asks_nothing_about_the_names_of_councillors(
    client: FlaskClient, bulletin: Database, room: str, session_id: int
) -> None:
    town.vote(bulletin, session_id, "Wniosek radnej Anny Nowak", "+++++")
    post(client, room, f"{room}/opublikuj", {})
    assert "Zofia Żak" in client.get(HERE).text


@pytest.mark.parametrize("door", ["porzadek", "porzadek/1", "glosowania", "glosowania/0", "glosowania/z-pliku"])
def test_only_those_who_edit_there_open_the_pages_of_a_session(
    client: FlaskClient, people: People, session_id: int, door: str
) -> None:
    log_in(client, people.citizen)
    assert client.get(f"/redakcja/strona/{session_id}/{door}").status_code == 403


def test_councillors_and_sessions_are_offered_instead_of_typed_again(
    client: FlaskClient, bulletin: Database, room: str, session_id: int
) -> None:
    town.publish(bulletin, session_id)
    asked = client.get("/redakcja/nowa?typ=interpellation&w=/bip/ogloszenia").text
    assert 'list="znane-councillor"' in asked
    assert '<option value="Zofia Żak">' in asked
    assert '<option value="XXVIII">' in client.get("/redakcja/nowa?typ=resolution&w=/bip/ogloszenia").text


def test_points_with_the_same_words_keep_each_its_own() -> None:
    known = [Point(1, "Przerwa", (11,)), Point(2, "Uchwała"), Point(3, "Przerwa", (33,))]
    assert from_lines([one.title for one in known], known) == known
