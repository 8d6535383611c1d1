"""Relations between acts: entered once, shown on both, public with both; the status follows from them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bip import actions as bip
from bip import journal, relations
from portal.content import actions, searched, standing
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from tests.bip.conftest import People
from tests.content.web import log_in, make_app, post

MARKS = {"publisher": "Urząd", "produced_by": "A", "produced_on": "2026-01-02"}
TODAY = clock.today()


def act(database: Database, name: str, *, published: bool = True, kind: str = "resolution") -> int:
    fields = MARKS | {"number": name, "adopted_on": "2026-01-02", "in_force": "in_force"}
    with database.transaction() as session:
        item = actions.create_item(
            session, SYSTEM, "/bip/ogloszenia", kind, f"Uchwała {name}", name=name, fields=fields, body="<p>§ 1.</p>"
        )
        if published:
            actions.publish(session, SYSTEM, item.id)
        return item.id


def relate(database: Database, source: int, target: int, kind: str = "changes", since: date = TODAY) -> int:
    return by(SYSTEM, database, source, target, kind, since)


def by(actor: Actor, database: Database, source: int, target: int, kind: str, since: date = TODAY) -> int:
    with database.transaction() as session:
        made = relations.add(session, actor, source, kind=kind, target_id=target, since=since, basis="§ 3")
        return made.id


def status(database: Database, number: int) -> str:
    with database.reading() as session:
        entry = searched.read(session, str(number))
        assert entry is not None
        return entry.doc.status


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


@pytest.fixture
def pair(bulletin: Database) -> tuple[int, int]:
    return act(bulletin, "nowa"), act(bulletin, "stara")


def test_both_acts_show_the_relation_and_the_status_follows(
    client: FlaskClient, bulletin: Database, pair: tuple[int, int]
) -> None:
    relate(bulletin, *pair)
    new, old = client.get("/bip/ogloszenia/nowa").text, client.get("/bip/ogloszenia/stara").text
    assert "Zmienia:" in new
    assert 'href="/bip/ogloszenia/stara"' in new
    assert "Akt zmieniający:" in old
    assert "§ 3" in old
    assert "zmieniona" in old
    assert "zmieniona" not in new
    assert status(bulletin, pair[1]) == "zmieniona"
    for door in ("/drukuj", ""):
        assert "obowiązuje" not in client.get(f"/bip/ogloszenia/stara{door}").text, door


def test_what_repeals_weighs_more_than_what_changes_and_only_from_its_day(
    client: FlaskClient, bulletin: Database, pair: tuple[int, int]
) -> None:
    relate(bulletin, *pair, "repeals", TODAY + timedelta(days=5))
    assert status(bulletin, pair[1]) == "obowiązuje"
    assert "Następnie" in client.get("/bip/ogloszenia/stara").text
    relate(bulletin, *pair, "changes")
    with clock.frozen(clock.now() + timedelta(days=6)):
        assert status(bulletin, pair[1]) == "uchylona"
        assert "uchylona" in client.get("/bip/ogloszenia/stara").text


@pytest.mark.parametrize("kind", ["implements", "consolidates"])
def test_other_relations_leave_the_status_as_it_was_written(
    client: FlaskClient, bulletin: Database, pair: tuple[int, int], kind: str
) -> None:
    relate(bulletin, *pair, kind)
    assert status(bulletin, pair[1]) == "obowiązuje"
    assert "Uchwała nowa" in client.get("/bip/ogloszenia/stara").text


def test_a_relation_is_public_once_both_acts_are_with_a_line_of_its_own(
    client: FlaskClient, bulletin: Database, people: People
) -> None:
    draft, old = act(bulletin, "nowa", published=False), act(bulletin, "stara")
    by(people.publisher, bulletin, draft, old, "changes")
    assert "Uchwała nowa" not in client.get("/bip/ogloszenia/stara").text
    assert "Zmienia od" not in client.get("/bip/rejestr-zmian").text
    assert status(bulletin, old) == "obowiązuje"
    with bulletin.transaction() as session:
        actions.publish(session, people.publisher, draft)
    assert "Uchwała nowa" in client.get("/bip/ogloszenia/stara").text
    line = client.get("/bip/rejestr-zmian.json?czyn=bip.related").json["rows"][0]
    assert (line["item"], line["person"]) == (draft, "Piotr Wydawca")
    assert "„Uchwała stara”. § 3" in line["reason"]


def test_the_proof_of_an_act_does_not_depend_on_relations(
    client: FlaskClient, bulletin: Database, pair: tuple[int, int]
) -> None:
    before = client.get("/bip/ogloszenia/stara/dowod.json").json["leaves"]
    relate(bulletin, *pair)
    after = client.get("/bip/ogloszenia/stara/dowod.json").json["leaves"]
    assert [leaf["hash"] for leaf in before] == [leaf["hash"] for leaf in after]


def test_an_act_published_in_error_changes_nothing(
    client: FlaskClient, bulletin: Database, pair: tuple[int, int]
) -> None:
    relate(bulletin, *pair, "repeals")
    with bulletin.transaction() as session:
        bip.withdraw(session, SYSTEM, pair[0], reason="Pomyłka")
    assert status(bulletin, pair[1]) == "obowiązuje"
    assert "Uchwała nowa" not in client.get("/bip/ogloszenia/stara").text


def test_a_mistaken_relation_is_taken_back_with_a_public_reason(
    client: FlaskClient, bulletin: Database, pair: tuple[int, int]
) -> None:
    number = relate(bulletin, *pair, "repeals")
    with pytest.raises(Invalid, match="reason_missing"), bulletin.transaction() as session:
        relations.end(session, SYSTEM, pair[0], number, reason=" ")
    with bulletin.transaction() as session:
        relations.end(session, SYSTEM, pair[0], number, reason="Zła uchwała")
    with pytest.raises(NotFound), bulletin.transaction() as session:
        relations.end(session, SYSTEM, pair[0], number, reason="Drugi raz")
    assert status(bulletin, pair[1]) == "obowiązuje"
    assert "Zła uchwała" in client.get("/bip/rejestr-zmian").text
    relate(bulletin, *pair, "repeals")


def test_what_makes_no_sense_is_refused(bulletin: Database, people: People, pair: tuple[int, int]) -> None:
    relate(bulletin, *pair)
    with bulletin.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "bip_page", "Strona", fields=MARKS).id
    new, old = pair
    for source, target, kind, code in (
        (new, old, "changes", "relation_known"), (old, new, "changes", "relation_known"),
        (new, new, "repeals", "relation_itself"), (new, page, "repeals", "relation_no_act"),
        (page, old, "repeals", "relation_no_act"), (new, 999_999, "repeals", "relation_no_act"),
        (new, old, "lubi", "relation_kind"),
    ):  # fmt: skip
        with pytest.raises((Invalid, Conflict), match=code):
            relate(bulletin, source, target, kind)
    with pytest.raises(Forbidden):
        by(people.editor, bulletin, new, old, "repeals")


def test_the_day_shows_relations_as_they_were_known(client: FlaskClient, bulletin: Database) -> None:
    with clock.frozen(clock.now() - timedelta(days=10)):
        pair = act(bulletin, "nowa"), act(bulletin, "stara")
    with clock.frozen(clock.now() - timedelta(days=5)):
        relate(bulletin, *pair, "repeals", TODAY - timedelta(days=5))
    early, late = (f"/bip/na-dzien/{TODAY - timedelta(days=days)}/ogloszenia" for days in (7, 3))
    assert "obowiązuje" in client.get(f"{early}/stara").text
    assert "uchylona" in client.get(f"{late}/stara").text
    assert f'href="{late}/nowa"' in client.get(f"{late}/stara").text


def test_tables_say_the_status_that_follows(client: FlaskClient, bulletin: Database, pair: tuple[int, int]) -> None:
    relate(bulletin, *pair, "repeals")
    rows = client.get("/bip/ogloszenia/lista.json").json["rows"]
    assert {row["title"]: row["in_force"] for row in rows} == {"Uchwała nowa": "in_force", "Uchwała stara": "repealed"}
    with bulletin.reading() as session:
        assert standing.of(session, pair) == {pair[1]: "repealed"}


def test_an_editor_picks_the_act_and_loses_nothing_to_a_refusal(
    client: FlaskClient, bulletin: Database, people: People, pair: tuple[int, int]
) -> None:
    log_in(client, people.publisher)
    here = f"/redakcja/strona/{pair[0]}/powiazania"
    assert here in client.get(f"/redakcja/strona/{pair[0]}").text
    found = post(client, here, here, {"szukaj": "1", "q": "stara", "basis": "§ 7", "kind": "repeals"}).text
    assert f'value="{pair[1]}"' in found
    assert 'value="§ 7"' in found
    assert '<option value="repeals" selected>' in found
    refused = post(client, here, here, {"to": "", "since": "2026-02-01", "basis": "§ 7", "kind": "repeals"})
    assert "Wybierz z listy drugi akt." in refused.text
    assert 'value="§ 7"' in refused.text
    done = post(client, here, here, {"to": str(pair[1]), "since": "2026-02-01", "basis": "§ 7", "kind": "repeals"})
    assert done.status_code == 302
    assert "uchylona" in client.get("/bip/ogloszenia/stara").text


def test_an_act_that_no_one_else_may_see_is_neither_offered_nor_taken(
    client: FlaskClient, bulletin: Database, blobs: FolderBlobStore, people: People
) -> None:
    own, hidden = act(bulletin, "nowa", published=False), act(bulletin, "tajna", published=False)
    with bulletin.reading() as session:
        outsider = people.citizen
        assert hidden not in {row.id for row in relations.to_pick(session, outsider, own, "tajna")}
        assert hidden in {row.id for row in relations.to_pick(session, people.publisher, own, "tajna")}


def test_the_register_keeps_what_it_said_when_an_act_is_renamed(bulletin: Database, pair: tuple[int, int]) -> None:
    relate(bulletin, *pair)
    with bulletin.transaction() as session:
        bip.correct(session, SYSTEM, pair[1], reason="Tytuł", title="Inny tytuł")
    with bulletin.reading() as session:
        change = journal.lines(session, session.scalars(journal.changes(verb="bip.related")))[0]
        assert "Uchwała stara" in change.reason
        assert session.get_one(Item, pair[1]).title == "Inny tytuł"
