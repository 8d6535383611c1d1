"""The three kinds of withdrawal: in error (the text goes), merged (the address leads on), with the text kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bip import actions as bip
from bip import verify
from bip.models import BulletinLeaf
from portal.content import actions, searched
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Invalid
from tests.bip.conftest import People
from tests.bip.test_publishing import publish
from tests.content.web import log_in, make_app, post

ADDRESS = "/bip/ogloszenia/decyzja-w-sprawie-drzewa"
OTHER = "/bip/ogloszenia/zbiorcza"
MARKS = {"publisher": "Urząd", "produced_by": "A", "produced_on": "2026-01-02"}


@pytest.fixture
def number(bulletin: Database, blobs: FolderBlobStore, people: People) -> int:
    with bulletin.transaction() as session:
        other = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", "bip_page", "Wykaz decyzji", name="zbiorcza", fields=MARKS
        )
        actions.publish(session, SYSTEM, other.id)
    return publish(bulletin, blobs, people)


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def at(database: Database, path: str) -> int:
    with database.reading() as session:
        return int(session.scalars(select(Item.id).where(Item.path == path)).one())


def leaf_acts(database: Database, number: int) -> list[str]:
    with database.reading() as session:
        query = select(BulletinLeaf.act).where(BulletinLeaf.item_id == number).order_by(BulletinLeaf.position)
        return list(session.scalars(query))


def retire(database: Database, people: People, number: int) -> None:
    with database.transaction() as session:
        bip.retire(session, people.publisher, number, reason="Zastąpiono nową decyzją")


def merge(database: Database, people: People, number: int) -> None:
    with database.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="Jeden wykaz", into=at(database, OTHER))


def test_a_kept_text_is_read_everywhere_under_its_reason(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    file = client.get(f"{ADDRESS}/dowod.json").json["leaves"][0]
    retire(bulletin, people, number)
    for door in ("", "/wersja/1", "/drukuj"):
        text = client.get(ADDRESS + door).text
        assert "Zezwalam." in text, door
        assert "Powód: Zastąpiono nową decyzją" in text, door
    assert client.get(f"{ADDRESS}/pdf").status_code == 200
    assert client.get(f"{ADDRESS}/dowod.json").json["leaves"][0]["digest"] == file["digest"]
    assert ADDRESS not in client.get("/bip/ogloszenia").text
    assert "treść zachowano" in client.get("/bip/ogloszenia/archiwum").text
    assert "Zastąpiono nową decyzją" in client.get("/bip/rejestr-zmian?czyn=bip.retired").text


def test_a_kept_text_has_its_leaf_and_its_proof_holds(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    retire(bulletin, people, number)
    assert leaf_acts(bulletin, number) == ["published", "retired"]
    assert verify.item(client.get(f"{ADDRESS}/dowod.json").json) == []


def test_that_something_was_withdrawn_can_be_checked_without_its_text(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    salt = client.get(f"{ADDRESS}/dowod.json").get_json()["leaves"][0]["salt"]
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="Opublikowano przez pomyłkę")
    assert f'href="{ADDRESS}/dowod.json"' in client.get(ADDRESS).text
    answer = client.get(f"{ADDRESS}/dowod.json")
    proof = answer.get_json()
    assert [leaf["act"] for leaf in proof["leaves"]] == ["published", "withdrawn"]
    assert verify.item(proof) == []
    assert "Zezwalam" not in answer.text
    assert salt not in answer.text
    proof["leaves"][1]["at"] = proof["leaves"][0]["at"]
    assert [problem.code for problem in verify.item(proof)] == ["facts", "absent"]


def test_a_merged_item_leads_to_the_other_and_its_place_says_so(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    merge(bulletin, people, number)
    led = client.get(ADDRESS)
    assert (led.status_code, led.headers["Location"]) == (302, f"{OTHER}?dolaczono={number}")
    arrived = client.get(led.headers["Location"]).text
    assert f'href="{ADDRESS}/wpis-o-wycofaniu"' in arrived
    assert "Dołączono tu" not in client.get(OTHER).text
    place = client.get(f"{ADDRESS}/wpis-o-wycofaniu").text
    assert "Jeden wykaz" in place
    assert f'href="{OTHER}"' in place
    assert "Zezwalam" not in place
    assert client.get(f"{ADDRESS}/wersja/1").status_code == 404
    assert leaf_acts(bulletin, number) == ["published", "merged"]


def test_an_item_merged_with_one_that_is_gone_says_so_in_its_place(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    merge(bulletin, people, number)
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, at(bulletin, OTHER), reason="Pomyłka")
    place = client.get(ADDRESS)
    assert place.status_code == 200
    assert "której teraz nie można otworzyć" in place.text


def test_nobody_is_told_of_a_merging_that_was_not(client: FlaskClient, number: int) -> None:
    for asked in (str(number), "0", "x", "99999999999999999999", "-1"):
        assert "Dołączono tu" not in client.get(f"{OTHER}?dolaczono={asked}").text


def test_an_item_merges_only_with_what_everyone_can_read(bulletin: Database, people: People, number: int) -> None:
    with bulletin.transaction() as session:
        draft = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "bip_page", "Szkic", fields=MARKS).id
    for into in (number, draft, at(bulletin, "/urzad"), 999_999):
        with pytest.raises(Invalid, match="merge_"), bulletin.transaction() as session:
            bip.withdraw(session, people.publisher, number, reason="Powód", into=into)


def test_a_kept_text_may_still_be_taken_down_or_published_again(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    retire(bulletin, people, number)
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, number, reason="Dane osobowe")
    assert "Zezwalam" not in client.get(ADDRESS).text
    with bulletin.transaction() as session:
        actions.publish(session, people.publisher, number, reason="Sprawdzono")
    assert "Zezwalam" in client.get(ADDRESS).text
    assert leaf_acts(bulletin, number) == ["published", "retired", "withdrawn", "published"]


def test_a_text_the_law_gives_a_longest_time_is_not_kept(bulletin: Database, people: People) -> None:
    with bulletin.transaction() as session:
        ban = actions.create_item(
            session,
            SYSTEM,
            "/bip/ogloszenia",
            "assembly_ban",
            "Zakaz zgromadzenia",
            fields=MARKS | {"case_sign": "OR.1.2026"},
        )
        actions.publish(session, SYSTEM, ban.id)
    with pytest.raises(Conflict, match="term_only_withdraw"), bulletin.transaction() as session:
        bip.retire(session, people.publisher, ban.id, reason="Powód")


def test_search_finds_a_kept_text_and_says_what_became_of_it(bulletin: Database, people: People, number: int) -> None:
    retire(bulletin, people, number)
    with bulletin.reading() as session:
        entry = searched.read(session, str(number))
        assert entry is not None
        assert entry.doc.status == "wycofana, treść zachowana"
    merged = at(bulletin, OTHER)
    with bulletin.transaction() as session:
        bip.withdraw(session, people.publisher, merged, reason="Powód")
    with bulletin.reading() as session:
        assert searched.read(session, str(merged)) is None


def test_the_bulletin_of_a_day_follows_the_kind(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    retire(bulletin, people, number)
    today = f"/bip/na-dzien/{clock.today().isoformat()}{ADDRESS.removeprefix('/bip')}"
    text = client.get(today).text
    assert "Zezwalam." in text
    assert "z zachowaną treścią" in text
    merge(bulletin, people, number)
    assert "Zezwalam" not in client.get(today).text


def test_on_the_portal_there_is_only_one_kind(site: Database, people: People) -> None:
    with pytest.raises(Conflict, match="withdrawal_of_bulletin"), site.transaction() as session:
        actions.retire(session, people.publisher, at(site, "/urzad"), reason="Powód")


def test_an_editor_chooses_the_kind_and_loses_nothing_to_a_wrong_address(
    client: FlaskClient, bulletin: Database, people: People, number: int
) -> None:
    log_in(client, people.publisher)
    here = f"/redakcja/strona/{number}"
    asked = {"wycofanie": "1", "kind": "merged", "into": "/bip/nie-ma", "reason": "Jeden wykaz decyzji"}
    refused = post(client, here, f"{here}/wycofaj", asked)
    assert refused.status_code == 422
    for kept in ('value="/bip/nie-ma"', 'value="Jeden wykaz decyzji"', "Pod tym adresem nie ma informacji"):
        assert kept in refused.text
    done = post(client, here, f"{here}/wycofaj", asked | {"into": f"https://gmina.example{OTHER}?x=1"})
    assert done.status_code == 302
    assert "prowadzi teraz do wskazanej" in client.get(here).text
    assert client.get(ADDRESS).headers["Location"].startswith(OTHER)
