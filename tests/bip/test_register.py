"""Looking into the register of changes: a journalist's questions, rights, erasure, older lines, what it costs."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import delete, select

from bip import actions as bip
from bip import entries, erasing, finding, journal
from bip.finding import Wish
from bip.models import EntryTerm
from portal.content import actions
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People
from tests.content.test_pages import statements
from tests.content.web import make_app

REGISTER = "/bip/rejestr-zmian"
MARKS = {"publisher": "Urząd", "produced_by": "Zofia Żak", "produced_on": "2026-01-02"}


def add(database: Database, folder: str, name: str, title: str, actor: object = SYSTEM, **fields: str) -> int:
    with database.transaction() as session:
        item = actions.create_item(
            session,
            actor,
            folder,
            "bip_page",
            title,
            name=name,
            fields=MARKS | fields,  # type: ignore[arg-type]
        )
        actions.publish(session, actor, item.id)  # type: ignore[arg-type]
        return item.id


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path) -> FlaskClient:
    """Three items in two sections; one of them corrected by the publisher, one withdrawn."""
    with bulletin.transaction() as session:
        folder = actions.create_item(session, SYSTEM, "/bip", "bip_folder", "Przetargi", name="przetargi", in_menu=True)
        actions.publish(session, SYSTEM, folder.id)
    add(bulletin, "/bip/ogloszenia", "zamek", "Remont zamku w Wrotkowie")
    road = add(bulletin, "/bip/przetargi", "droga", "Przetarg na budowę drogi", responsible="Jan Kręty")
    hall = add(bulletin, "/bip/przetargi", "hala", "Przetarg na budowę hali, znak GK.271.4.2026")
    with bulletin.transaction() as session:
        bip.correct(session, people.publisher, road, reason="Zmieniono termin otwarcia ofert")
        bip.withdraw(session, people.publisher, hall, reason="Unieważniono przetarg")
    return make_app(bulletin, blobs, tmp_path).test_client()


def found(client: FlaskClient, **asked: str) -> list[tuple[str, str]]:
    """(act, address) of the lines, newest first."""
    rows = client.get(f"{REGISTER}.json", query_string=asked).json["rows"]
    return [(row["act"], row["address"].rpartition("/")[2]) for row in rows]


def test_a_journalist_finds_follows_and_takes_just_what_was_asked(client: FlaskClient, people: People) -> None:
    """By any form of a word, then who did it and where; the same as a page, as data and as a feed."""
    asked = {"q": "ofertami", "kto": "Kręty", "dzial": "/bip/przetargi", "czyn": "bip.updated"}
    page = client.get(REGISTER, query_string=asked).text
    assert "Zmieniono termin otwarcia ofert" in page
    assert "odpowiada Jan Kręty" in page
    assert "Remont zamku" not in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"{REGISTER}.csv", query_string=asked).text.lstrip("\ufeff"))))
    assert [(row["act"], row["answers"]) for row in rows] == [("updated", "Jan Kręty")]
    feed = etree.fromstring(client.get(f"{REGISTER}.atom", query_string=asked).data)
    assert [one.text for one in feed.iterfind("{*}entry/{*}title")] == ["zmieniono: Przetarg na budowę drogi"]
    assert f"{REGISTER}.atom?q=ofertami" in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "zamek"}, ["zamek"]),
        ({"q": "zamki remontem"}, ["zamek"]),
        ({"q": "budowami"}, ["hala", "droga", "hala", "droga"]),
        ({"q": "budowa -hala"}, ["droga", "droga"]),
        ({"q": "GK.271.4.2026"}, ["hala", "hala"]),
        ({"q": "GK.271.4"}, ["hala", "hala"]),
        ({"q": "unieważnienie przetargu"}, ["hala"]),
        ({"q": "unieważniono drogi"}, []),
        ({"q": "xyzzy"}, []),
        ({"q": "w na"}, None),
        ({"kto": "zak"}, None),
        ({"kto": "kręty"}, ["droga", "droga"]),
        ({"dzial": "/bip/przetargi", "czyn": "bip.published"}, ["hala", "droga", "przetargi"]),
        ({"dzial": "/bip/nie-ma"}, []),
        ({"rodzaj": "bip_page", "czyn": "bip.withdrawn"}, ["hala"]),
        ({"q": "budowa", "do": "2001-01-01"}, []),
        ({"q": "budowa", "od": "2001-01-01", "do": "2999-01-01"}, ["hala", "droga", "hala", "droga"]),
        ({"q": "budowa", "od": "wczoraj"}, ["hala", "droga", "hala", "droga"]),
    ],
)
def test_what_is_asked_narrows_together(client: FlaskClient, asked: dict[str, str], expected: list[str] | None) -> None:
    lines = [name for _, name in found(client, **asked)]
    if expected is None:
        assert lines
    else:
        assert lines == expected


def test_a_line_stays_in_the_section_where_it_happened_and_comes_in_the_new_one(
    client: FlaskClient, bulletin: Database
) -> None:
    with bulletin.transaction() as session:
        item = session.scalars(select(Item).where(Item.path == "/bip/przetargi/droga")).one()
        actions.move(session, SYSTEM, item.id, "/bip/ogloszenia")
    assert [act for act, _ in found(client, q="droga", dzial="/bip/przetargi")] == ["moved", "updated", "published"]
    assert [act for act, _ in found(client, q="droga", dzial="/bip/ogloszenia")] == ["moved"]


def test_what_is_closed_is_not_found_by_its_words_and_says_none(client: FlaskClient, bulletin: Database) -> None:
    with bulletin.transaction() as session:
        item = session.scalars(select(Item).where(Item.path == "/bip/przetargi/droga")).one()
        actions.present(session, SYSTEM, item.id, in_menu=False, protected=True)
    assert found(client, q="droga") == []
    assert found(client, kto="kręty") == []
    for kind in ("", ".csv", ".json", ".atom"):
        text = client.get(REGISTER + kind).text
        assert "niedostępna publicznie" in text, kind
        assert "drogi" not in text, kind
        assert "otwarcia ofert" not in text, kind


def test_words_of_what_is_closed_cannot_be_guessed_by_leaving_them_out(client: FlaskClient, bulletin: Database) -> None:
    with bulletin.transaction() as session:
        item = session.scalars(select(Item).where(Item.path == "/bip/ogloszenia/zamek")).one()
        item.protected = True
    seen = {q: len(found(client, q=q, czyn="bip.published")) for q in ("-zamek", "-most")}
    assert seen["-zamek"] == seen["-most"]


def test_what_was_withdrawn_in_error_is_found_by_its_line_alone(client: FlaskClient, bulletin: Database) -> None:
    with bulletin.transaction() as session:
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "bip_page", "Lista", name="lista", summary="Gżegżółka", fields=MARKS
        )
        actions.publish(session, SYSTEM, item.id)
    assert found(client, q="gżegżółka") == [("published", "lista")]
    with bulletin.transaction() as session:
        bip.withdraw(session, SYSTEM, item.id, reason="Omyłka pisarska")
    assert found(client, q="gżegżółka") == []
    assert [act for act, _ in found(client, q="omyłka")] == ["withdrawn"]


def test_what_is_erased_by_law_is_found_no_more(client: FlaskClient, bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session:
        item = session.scalars(select(Item).where(Item.path == "/bip/przetargi/droga")).one()
        scope = erasing.Scope((1, 2), title=True, marks=True, reasons=True)
        erasing.erase(session, SYSTEM, item.id, scope, basis="RODO art. 17", reason="dane osobowe")
    assert found(client, q="droga") == []
    assert found(client, kto="kręty") == []
    assert [act for act, _ in found(client, q="tytuł usunięty")][:1] == ["erased"]
    with bulletin.reading() as session:
        assert session.scalar(select(EntryTerm.seq).where(EntryTerm.term == "w:droga")) is None


def test_older_lines_and_those_of_another_dictionary_are_gone_through_once(
    client: FlaskClient, bulletin: Database
) -> None:
    before = found(client, q="budowa")
    with bulletin.transaction() as session:
        session.execute(delete(EntryTerm))
        session.add_all(EntryTerm(term=term, seq=9, item_id=0) for term in ("=inny", "+inny", "w:stare"))
    assert found(client, q="budowa") == []
    assert "przygotowywane" in client.get(f"{REGISTER}?q=budowa").text
    with bulletin.transaction() as session:
        while entries.catch_up(session):
            pass
    assert found(client, q="budowa") == before
    assert "przygotowywane" not in client.get(f"{REGISTER}?q=budowa").text
    with bulletin.transaction() as session:
        assert entries.behind(session) is None
        assert session.scalar(select(EntryTerm.seq).where(EntryTerm.term == "w:stare")) is None


def test_every_page_of_a_choice_is_reached_by_key_and_none_twice(client: FlaskClient, bulletin: Database) -> None:
    for number in range(30):
        add(bulletin, "/bip/ogloszenia", f"n{number}", f"Nasadzenia drzew {number}")
    first = client.get(REGISTER, query_string={"q": "drzewa", "dzial": "/bip/ogloszenia"}).text
    older = etree.HTML(first).xpath("//a[contains(@href, 'dalej=')]/@href")[0]
    second = client.get(older).text
    titles = [f"Nasadzenia drzew {number}<" for number in range(30)]
    assert [sum(title in page for page in (first, second)) for title in titles] == [1] * 30
    assert "q=drzewa" in older


def test_the_number_of_statements_does_not_grow_with_what_is_asked(client: FlaskClient, bulletin: Database) -> None:
    def asks(**asked: str) -> int:
        with statements(bulletin) as seen:
            client.get(REGISTER, query_string=asked)
        return len(seen)

    day = clock.today() + timedelta(days=1)
    everything = {"q": "budowa drogi ofert", "kto": "Jan Kręty", "dzial": "/bip/przetargi", "czyn": "bip.updated"}
    plain, narrowed = asks(), asks(**everything, od="2001-01-01", do=day.isoformat())
    print(plain, narrowed)
    assert narrowed <= plain + 3
    assert asks(q="budowa drogi") <= asks(q="budowa") + 0


def test_a_common_word_is_walked_along_its_index(client: FlaskClient, bulletin: Database) -> None:
    with bulletin.reading() as session:
        asked = finding.asked(session, Wish(words="przetarg"))
        if bulletin.read.dialect.name == "postgresql":
            return
        query = asked.query.order_by(asked.order.desc()).limit(26)
        said = str(query.compile(bulletin.read, compile_kwargs={"literal_binds": True}))
        plan = "\n".join(str(row[-1]) for row in session.connection().exec_driver_sql(f"explain query plan {said}"))
    assert "TEMP B-TREE" not in plan
    assert journal.ACTS
