"""Every way to the votes of a session, in every state: nobody reads before or after what everyone may read."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from bip import actions as bip
from bip.council import roll
from portal.content import actions
from portal.core.actors import SYSTEM
from portal.core.db import Database
from tests.bip.council import town

SECRET = "Tajne głosowanie dziewięciu sołtysów"
DOORS = (
    "/bip/ogloszenia/sesja", "/bip/ogloszenia/sesja/glosowania.csv", "/bip/ogloszenia/sesja/glosowania.json",
    "/bip/ogloszenia/sesja/drukuj", "/bip/ogloszenia/uchwala", "/bip/zestawienia/sesje", "/bip/zestawienia/sesje.csv",
    "/bip/zestawienia/sesje.json?rok=2026", "/bip/zestawienia/radni/{term}/jan-kowal",
    "/bip/zestawienia/radni/{term}/jan-kowal.json", "/bip/zestawienia/radni/{term}/jan-kowal.csv",
    "/bip/ogloszenia/lista.json", "/bip/rss.xml",
)  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "published", "archived", "withdrawn", "protected", "revised"])
def test_no_door_shows_votes_that_are_not_public(client: FlaskClient, bulletin: Database, state: str) -> None:
    term, act = town.term(bulletin), town.resolution(bulletin, "I/1/26", "uchwala")
    number = town.sitting(bulletin)
    town.vote(bulletin, number, "Jawny wniosek" if state == "revised" else SECRET, "+++++", act=act)
    if state != "draft":
        town.publish(bulletin, number)
    with bulletin.transaction() as session:
        if state == "archived":
            actions.archive(session, SYSTEM, number, reason="Dawna")
        if state == "withdrawn":
            bip.withdraw(session, SYSTEM, number, reason="Pomyłka")
        if state == "protected":
            actions.present(session, SYSTEM, number, in_menu=False, protected=True)
    if state == "revised":
        town.vote(bulletin, number, SECRET, "-----", key=1, act=act)
    shown = {door for door in DOORS if SECRET in client.get(door.format(term=term)).text}
    if state not in ("published", "archived"):
        assert shown == set()
    else:
        assert {"/bip/ogloszenia/sesja", "/bip/ogloszenia/uchwala", "/bip/zestawienia/radni/{term}/jan-kowal"} <= shown


def test_a_roll_that_is_not_public_has_no_pages_of_councillors(client: FlaskClient, bulletin: Database) -> None:
    term = town.term(bulletin)
    with bulletin.transaction() as session:
        actions.present(session, SYSTEM, term, in_menu=False, protected=True)
    assert client.get(f"/bip/zestawienia/radni/{term}/jan-kowal").status_code == 404
    with bulletin.reading() as session:
        assert roll.terms(session) == []
