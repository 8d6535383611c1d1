"""A petition's course with its term, how it was settled, and the yearly summary made of the petitions themselves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bip import acceptance_facts, petitions
from bip import actions as bip
from portal.content import actions
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.bip.conftest import People
from tests.content.test_pages import statements
from tests.content.web import log_in, make_app, post

MARKS = {"publisher": "Urząd", "produced_by": "A", "produced_on": "2026-01-02"}
LAST = clock.today().year - 1


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def made(database: Database, name: str, of: str = "petition", **fields: str) -> int:
    with database.transaction() as session:
        item = actions.create_item(
            session,
            SYSTEM,
            "/bip/ogloszenia",
            of,
            f"W sprawie {name}",
            name=name,
            fields=MARKS | fields,
            body="<p>a</p>",
        )
        return actions.publish(session, SYSTEM, item.id).id


def test_a_petition_shows_its_steps_its_term_and_in_the_end_how_it_was_settled(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    number = made(bulletin, "chodnika", received_on="2026-11-02")
    assert "nie zgodził się na ujawnienie danych" in client.get("/bip/ogloszenia/chodnika").text
    log_in(client, people.publisher)
    there = f"/redakcja/strona/{number}/przebieg"
    sent = {"day": ["2026-11-10", "2026-11-05", ""], "text": ["Opinia zarządcy drogi", "Przekazano komisji", ""]}
    assert post(client, there, there, sent).status_code == 302
    with bulletin.transaction() as session:
        actions.publish(session, people.publisher, number, reason="Nowe kroki")
    page = client.get("/bip/ogloszenia/chodnika").text.replace("\u00a0", " ")
    assert page.index("Petycja wpłynęła") < page.index("Przekazano komisji") < page.index("Opinia zarządcy drogi")
    assert "2 lutego 2027</time>" in page
    with bulletin.transaction() as session:
        done = {"settled_on": "2026-11-20", "settled_how": "partly", "settled": "Chodnik powstanie do numeru 8."}
        bip.correct(session, people.publisher, number, reason="Załatwiono", fields=done)
    page = client.get("/bip/ogloszenia/chodnika").text
    assert "Petycję załatwiono: uwzględniono w części" in page
    assert "Załatwimy petycję" not in page
    assert "Opinia zarządcy drogi" in client.get("/bip/ogloszenia/chodnika/porownanie/1/2").text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"settled_how": "granted"}, "settled_no_day"), ({"settled_on": "2026-11-10"}, "settled_no_way"),
        ({"settled_on": "2026-10-01", "settled_how": "granted"}, "settled_day"),
        ({"settled_on": "2099-10-01", "settled_how": "granted"}, "settled_day"),
        ({"extended_to": "2027-05-03"}, "extended_too_far"), ({"extended_to": "2027-02-02"}, "extended_too_far"),
    ],
)  # fmt: skip
def test_a_settling_is_whole_and_a_term_not_prolonged_too_far(
    bulletin: Database, fields: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        made(bulletin, "chodnika", received_on="2026-11-02", **fields)


def test_a_term_may_be_prolonged_and_what_is_late_says_so(client: FlaskClient, bulletin: Database) -> None:
    made(bulletin, "chodnika", received_on="2026-11-02", extended_to="2027-05-02")
    assert "Termin przedłużono" in client.get("/bip/ogloszenia/chodnika").text
    made(bulletin, "lampy", received_on="2026-01-02")
    assert "Petycja nie jest jeszcze załatwiona" in client.get("/bip/ogloszenia/lampy").text


def test_an_interpellation_says_until_when_it_is_answered_and_when_it_was(
    client: FlaskClient, bulletin: Database
) -> None:
    came = clock.today() - timedelta(days=4)
    about = {"councillor": "Anna Nowak", "kind": "question"}
    made(bulletin, "drogi", "interpellation", received_on=came.isoformat(), **about)
    page = client.get("/bip/ogloszenia/drogi").text
    assert "Odpowiemy" in page
    assert f'datetime="{came + timedelta(days=14)}"' in page
    old = date(2026, 1, 5)
    made(bulletin, "dawna", "interpellation", received_on=old.isoformat(), answered_on="2026-02-10", **about)
    assert "Termin minął 19\u00a0stycznia 2026." in client.get("/bip/ogloszenia/dawna").text
    made(bulletin, "cicha", "interpellation", received_on=old.isoformat(), **about)
    assert "Nie ma jeszcze odpowiedzi" in client.get("/bip/ogloszenia/cicha").text


def test_the_summary_of_a_year_is_made_of_petitions_and_published_with_one_press(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    settled = {"settled_on": f"{LAST}-05-05", "settled_how": "refused"}
    number = made(bulletin, "chodnika", received_on=f"{LAST}-03-03", **settled)
    made(bulletin, "lampy", received_on=f"{LAST}-11-03")
    log_in(client, people.publisher)
    there = "/redakcja/biuletyn/petycje"
    answer = post(client, there, there, {"year": str(LAST)})
    page = client.get(answer.location).text
    assert f"Petycje rozpatrzone w {LAST} roku: 1." in page
    assert 'href="/bip/ogloszenia/chodnika"' in page
    assert "lampy" not in page
    assert "Piotr Wydawca" in page
    assert "aktualna" in client.get(there).text
    with bulletin.transaction() as session:
        bip.correct(session, SYSTEM, number, reason="Omyłka", fields={"settled_how": "granted"})
    assert "petycje zmieniły się od tego czasu" in client.get(there).text
    again = post(client, there, there, {"year": str(LAST)})
    assert again.location == answer.location
    assert "Uzupełniono na podstawie petycji" in client.get(answer.location).text


def test_a_year_without_settled_petitions_says_so_and_one_that_goes_on_is_refused(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    made(bulletin, "lampy", received_on=f"{LAST}-11-03")
    log_in(client, people.publisher)
    there = "/redakcja/biuletyn/petycje"
    page = client.get(post(client, there, there, {"year": str(LAST)}).location).text
    assert f"W {LAST} roku nie rozpatrzono żadnej petycji." in page
    for year in (str(LAST + 1), "", "rok"):
        post(client, there, there, {"year": year})
        assert "Wybierz rok, który już minął." in client.get(there).text


def test_lists_go_by_years_page_by_page_and_as_tables(client: FlaskClient, bulletin: Database) -> None:
    for day in range(1, 29):
        made(bulletin, f"p{day}", received_on=f"2026-02-{day:02}")
    made(bulletin, "dawna", received_on="2025-06-01", settled_on="2025-07-01", settled_how="granted")
    first = client.get("/bip/zestawienia/petycje?rok=2026").text
    assert "W sprawie p28" in first
    assert "W sprawie p3<" not in first
    older = first[first.index("?rok=2026&amp;dalej=") :].partition('"')[0].replace("&amp;", "&")
    assert "W sprawie p3<" in client.get(f"/bip/zestawienia/petycje{older}").text
    rows = client.get("/bip/zestawienia/petycje.json?rok=2025").json["rows"]
    assert [(row["title"], row["due_on"], row["settled_how"]) for row in rows] == [
        ("W sprawie dawna", "2025-09-01", "granted")
    ]
    assert client.get("/bip/zestawienia/petycje.csv").text.count("W sprawie") == 29
    for wrong in ("petycje?rok=26", "sesje?kadencja=7", "cos", "petycje.xml", "petycje?dalej=xx"):
        assert client.get(f"/bip/zestawienia/{wrong}").status_code in (400, 404), wrong


def test_a_draft_of_a_resolution_needs_no_day_of_adoption_and_a_resolution_does(bulletin: Database) -> None:
    made(bulletin, "projekt", "resolution", number="druk 12", in_force="draft")
    with pytest.raises(Invalid, match="adopted_missing"):
        made(bulletin, "uchwala", "resolution", number="I/1/26", in_force="in_force")


def test_thirty_years_of_petitions_are_read_with_as_many_statements_as_three(bulletin: Database) -> None:
    asked, found = [], list[petitions.Year]()
    for years in (3, 30):
        for back in range(1, years + 1):
            day = f"{LAST + 1 - back}-03-02"
            made(bulletin, f"{years}-{back}", received_on=day, settled_on=day, settled_how="granted")
        for year in (LAST, LAST - 1):
            with bulletin.transaction() as session:
                number = petitions.draft(session, SYSTEM, year)
                actions.publish(session, SYSTEM, number, reason="Zbiorcza")
        made(bulletin, f"po-{years}", received_on=f"{LAST}-05-05", settled_on=f"{LAST}-06-06", settled_how="refused")
        with statements(bulletin) as seen, bulletin.reading() as session:
            found = petitions.years(session)
        asked.append(len(seen))
    assert asked[0] == asked[1]
    told = {one.year: (one.received, one.settled, one.public, one.stale) for one in found}
    assert told[LAST] == (4, 4, True, True)
    assert told[LAST - 1] == (2, 2, True, False)
    assert told[LAST - 20] == (1, 1, False, False)


def test_the_check_of_captions_asks_the_same_however_many_sessions_there_are(bulletin: Database) -> None:
    asked = []
    for count in (1, 6):
        for number in range(count):
            made(bulletin, f"s{count}-{number}", of="session", number="I", held_on="2026-11-02")
        with statements(bulletin) as seen, bulletin.reading() as session:
            acceptance_facts.captions(session)
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_a_sign_pasted_from_a_word_processor_into_a_title_parts_no_summaries(bulletin: Database) -> None:
    made(bulletin, "chodnika", received_on=f"{LAST}-02-02", settled_on=f"{LAST}-03-03", settled_how="granted")
    with bulletin.transaction() as session:
        item = session.scalars(select(Item).where(Item.path == "/bip/ogloszenia/chodnika")).one()
        item.title = "W sprawie mini\x1eronda <!---->"
        actions.publish(session, SYSTEM, petitions.draft(session, SYSTEM, LAST))
        [year] = [one for one in petitions.years(session) if one.year == LAST]
        assert (year.public, year.stale) == (True, False)
