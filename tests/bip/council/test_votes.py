"""Roll-call votes: entered once, shown on the session, the resolution and the councillor's list; nothing is typed
that follows from them; published, corrected and proved like every text."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from flask.testing import FlaskClient

from bip import actions as bip
from bip import proofs
from bip.council import actions as council
from bip.council.voting import MAX_VOTES, Council, Vote
from portal.content import actions, queries, searched, structures, versions
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.bip.conftest import People
from tests.bip.council import town

HERE = "/bip/ogloszenia/sesja"


@pytest.fixture
def session_id(bulletin: Database) -> int:
    """A public session with an agenda, one vote about a resolution and one about a motion."""
    town.term(bulletin)
    act = town.resolution(bulletin, "XXVIII/215/2026", "uchwala")
    number = town.sitting(bulletin)
    town.points(bulletin, number, "Otwarcie", "Podjęcie uchwały")
    town.vote(bulletin, number, "Uchwała o podatku", "++-ox", point=2, act=act)
    town.vote(bulletin, number, "Wniosek o przerwę", "+--nx")
    town.publish(bulletin, number)
    return number


def test_a_vote_stands_on_the_session_on_the_resolution_and_on_the_councillors_own_list(
    client: FlaskClient, session_id: int
) -> None:
    page = client.get(HERE).text
    assert "Punkt 2 porządku obrad: Podjęcie uchwały" in page
    assert 'href="/bip/ogloszenia/uchwala"' in page
    assert "za 2, przeciw 1, wstrzymało się 1, nieobecnych 1" in page
    told = client.get("/bip/ogloszenia/uchwala").text
    assert f'href="{HERE}#glosowanie-1"' in told
    assert "Wniosek o przerwę" not in told
    own = client.get(_link(page, "zofia-zak")).text
    assert own.count("nieobecny(a)") == 2
    assert "Uchwała o podatku" in own


def _link(page: str, key: str) -> str:
    start = page.index("/bip/zestawienia/radni/")
    return page[start : page.index('"', start)].rpartition("/")[0] + f"/{key}"


@pytest.mark.parametrize(
    ("ways", "majority", "seats", "result"),
    [
        ("++-ox", "simple", 5, "carried"), ("+--nx", "simple", 5, "rejected"), ("++--x", "simple", 5, "rejected"),
        ("+++-o", "absolute", 5, "carried"), ("++-oo", "absolute", 5, "rejected"),
        ("+++xx", "statutory", 5, "carried"), ("++nxx", "statutory", 5, "rejected"),
        ("+++xx", "statutory", 15, "no_quorum"), ("++xxx", "simple", 5, "no_quorum"),
    ],
)  # fmt: skip
def test_the_result_follows_from_the_votes(ways: str, majority: str, seats: int, result: str) -> None:
    meant = {"+": "for", "-": "against", "o": "abstained", "n": "silent", "x": "absent"}
    cast = {str(place): meant[sign] for place, sign in enumerate(ways)}
    assert Vote(1, "Wniosek", 0, 0, majority, cast).result(seats) == result


def test_machines_get_each_vote_of_each_councillor(client: FlaskClient, session_id: int) -> None:
    table = client.get(f"{HERE}/glosowania.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 2 * len(town.NAMES)
    assert (rows[2]["radny"], rows[2]["glos"], rows[2]["uchwala"]) == ("Ewa Lipa", "przeciw", "XXVIII/215/2026")
    data = client.get(f"{HERE}/glosowania.json").json["votes"]
    assert data[0]["totals"] == {"for": 2, "against": 1, "abstained": 1, "silent": 0, "absent": 1}
    assert data[0]["resolution"]["number"] == "XXVIII/215/2026"
    own = client.get(_link(client.get(HERE).text, "ewa-lipa") + ".json").json["rows"]
    assert [(row["number"], row["vote"]) for row in own] == [(1, "przeciw"), (2, "przeciw")]


def test_a_changed_vote_needs_a_reason_and_the_earlier_state_stays_with_its_proof(
    client: FlaskClient, bulletin: Database, people: People, session_id: int
) -> None:
    town.vote(bulletin, session_id, "Wniosek o przerwę", "++-nx", key=2, actor=people.publisher)
    assert "Nie przyjęto" in client.get(HERE).text
    with pytest.raises(Invalid, match="reason_missing"):
        town.publish(bulletin, session_id, actor=people.publisher)
    town.publish(bulletin, session_id, actor=people.publisher, reason="Omyłka w protokole")
    assert "Nie przyjęto" not in client.get(HERE).text
    first = int(client.get(f"{HERE}/dowod.json").json["leaves"][0]["number"])
    assert "Nie przyjęto" in client.get(f"{HERE}/wersja/{first}").text
    changed = client.get(f"{HERE}/porownanie/{first}/{first + 1}").text
    assert "Głosowania imienne" in changed
    assert "<del" in changed


def test_votes_are_part_of_what_the_public_log_covers(client: FlaskClient, bulletin: Database, session_id: int) -> None:
    leaf = client.get(f"{HERE}/dowod.json").json["leaves"][-1]
    assert leaf["content"]["fields"]["votes"][0]["cast"]["ewa-lipa"] == "against"
    with bulletin.reading() as session:
        page = queries.page_at(session, HERE)
        assert page is not None
        assert proofs.of_item(session, page, "")["leaves"][-1]["digest"] == leaf["digest"]


@pytest.mark.parametrize("spoiled", ["point", "councillor", "way"])
def test_a_session_with_an_incomplete_vote_is_not_published(bulletin: Database, spoiled: str) -> None:
    town.term(bulletin)
    number = town.sitting(bulletin)
    with pytest.raises(Invalid, match="vote_"):
        _spoil(bulletin, number, spoiled)


def _spoil(database: Database, number: int, what: str) -> None:
    cast = dict.fromkeys(town.KEYS, "for")
    if what == "councillor":
        cast["obcy"] = "for"
    if what == "way":
        cast["ewa-lipa"] = "chyba"
    row = {
        "key": 1,
        "subject": "Wniosek",
        "point": 7 if what == "point" else 0,
        "act": 0,
        "majority": "simple",
        "cast": cast,
    }
    members = [{"key": key, "name": name} for key, name in zip(town.KEYS, town.NAMES, strict=True)]
    with database.transaction() as session:
        sat = {"term": 1, "seats": 5, "members": members}
        versions.keep_fields(session, SYSTEM, number, {"votes": [row], "council": sat}, expected=None)
    town.publish(database, number)


def test_votes_wait_for_the_day_of_the_session_and_for_a_roll(bulletin: Database) -> None:
    number = town.sitting(bulletin, held_on="2026-11-19")
    with pytest.raises(Invalid, match="no_roll"):
        town.vote(bulletin, number, "Wniosek", "+++++")
    town.term(bulletin)
    later = town.sitting(bulletin, "pozniej", held_on=f"{clock.today().year + 1}-01-15")
    town.vote(bulletin, later, "Wniosek", "+++++")
    with pytest.raises(Invalid, match="votes_ahead"):
        town.publish(bulletin, later)


def test_a_later_change_of_the_roll_changes_no_vote(client: FlaskClient, bulletin: Database, session_id: int) -> None:
    with bulletin.transaction() as session:
        page = queries.page_at(session, HERE)
        assert page is not None
        term = Council.of(page.fields).term
        rows = [{"key": key, "name": name} for key, name in zip(town.KEYS, town.NAMES, strict=True)]
        council.set_roll(session, SYSTEM, term, [*rows[:4], rows[4] | {"until": "2026-01-01"}, {"name": "Nowa Osoba"}])
        actions.publish(session, SYSTEM, term, reason="Zmiana składu")
    assert "Zofia Żak" in client.get(HERE).text
    assert "Nowa Osoba" not in client.get(HERE).text


def test_search_finds_a_session_by_what_was_voted(bulletin: Database, session_id: int) -> None:
    with bulletin.reading() as session:
        entry = searched.read(session, str(session_id))
        assert entry is not None
        assert "Uchwała o podatku" in entry.doc.body
        assert "{" not in entry.doc.body


def test_paper_and_the_day_show_the_votes_unfolded(client: FlaskClient, session_id: int) -> None:
    for door in (f"{HERE}/drukuj", f"/bip/na-dzien/{clock.today()}/ogloszenia/sesja"):
        page = client.get(door).text
        assert "Zofia Żak" in page, door
        assert "<details><summary>Jak" not in page, door
    assert client.get(f"{HERE}/pdf").data.startswith(b"%PDF")


def test_what_is_withdrawn_in_error_shows_no_votes_anywhere(
    client: FlaskClient, bulletin: Database, session_id: int
) -> None:
    own = _link(client.get(HERE).text, "jan-kowal")
    with bulletin.transaction() as session:
        bip.withdraw(session, SYSTEM, session_id, reason="Pomyłka")
    assert client.get(f"{HERE}/glosowania.csv").status_code == 404
    for door in (own, f"{own}.json", "/bip/ogloszenia/uchwala", "/bip/zestawienia/sesje", HERE):
        assert "o podatku" not in client.get(door).text, door


def test_the_bundle_of_proofs_says_in_words_how_everyone_voted(client: FlaskClient, session_id: int) -> None:
    answer = client.get(f"{HERE}/paczka.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    answer.close()
    told = next(packed.read(name).decode() for name in packed.namelist() if name.endswith(".html"))
    assert "1. Ewa Lipa: przeciw" in told


def test_what_is_brought_from_another_site_names_the_items_here() -> None:
    fields = {
        "agenda": [{"key": 1, "title": "Podatki", "items": [7, 8], "files": [3]}],
        "votes": [{"key": 1, "subject": "Podatki", "act": 7, "cast": {}}], "council": {"term": 9, "members": []},
    }  # fmt: skip
    assert structures.targets(fields) == {7, 8, 9}
    here = structures.retarget(fields, {7: 70, 9: 90})
    assert (here["agenda"][0]["items"], here["agenda"][0]["files"]) == ([70], [])
    assert (here["votes"][0]["act"], here["council"]["term"]) == (70, 90)


@pytest.mark.parametrize(
    "fields", [{"agenda": "Otwarcie"}, {"agenda": [{"point": "Otwarcie"}]}, {"votes": [7]}, {"council": {"term": "x"}}]
)
def test_a_part_that_does_not_read_as_it_should_is_refused_with_its_name(
    bulletin: Database, fields: dict[str, object]
) -> None:
    number = town.sitting(bulletin)
    with pytest.raises(Invalid) as refusal, bulletin.transaction() as session:
        versions.keep_fields(session, SYSTEM, number, fields, expected=None)
    assert refusal.value.code == "content.unreadable_part"


def test_who_voted_only_in_votes_that_were_replaced_is_no_member_any_more(bulletin: Database) -> None:
    roll = town.term(bulletin)
    number = town.sitting(bulletin)
    town.vote(bulletin, number, "Podatki", "+++++")
    with bulletin.transaction() as session:
        rows = [{"key": key, "name": name} for key, name in zip(town.KEYS, town.NAMES, strict=True)]
        rows[4] |= {"until": "2026-01-01"}
        council.set_roll(session, SYSTEM, roll, rows)
        actions.publish(session, SYSTEM, roll, reason="Wygaśnięcie mandatu")
    given = [Vote(0, f"Wniosek {n}", 0, 0, "simple", dict.fromkeys(town.KEYS[:4], "for")) for n in range(MAX_VOTES)]
    with bulletin.transaction() as session:
        council.bring_votes(session, SYSTEM, number, given, instead=False)
        version = council.bring_votes(session, SYSTEM, number, [*given, *given], instead=True)
    assert [one.key for one in Council.of(version.fields).members] == list(town.KEYS[:4])
