"""A change of law is an edit: a rule added with its day and reason; what was published before keeps its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bip import following, rule_acts, rules, spans
from portal.content import actions
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.events import Event
from tests.bip.conftest import People
from tests.bip.test_terms import PUBLISHED, midnight, notice, published
from tests.content.conftest import add_person
from tests.content.web import log_in, make_app, post

RULE: dict[str, Any] = {"basis": "art. 49 § 2 KPA", "min_days": 21, "deemed_service_days": 21, "at_end": "archive"}


@pytest.fixture
def administrator(bulletin: Database) -> Actor:
    return add_person(bulletin, "adam", "Adam Administrator", "site_admin")


def add(
    database: Database, actor: Actor, kind: str, given: dict[str, Any], since: date, *, confirmed: bool = False
) -> None:
    with database.transaction() as session:
        rule_acts.add(session, actor, kind, given, since=since, reason="Zmiana ustawy", confirmed=confirmed)


def test_a_new_rule_holds_from_its_day_and_old_items_keep_theirs(bulletin: Database, administrator: Actor) -> None:
    old = notice(bulletin)
    with clock.frozen(PUBLISHED):
        add(bulletin, administrator, "notice", RULE, date(2026, 11, 10))
    with clock.frozen(PUBLISHED + timedelta(days=8)), bulletin.transaction() as session:
        marks = {"publisher": "UG", "produced_by": "Jan Kowal", "produced_on": "2026-10-30"}
        item = actions.create_item(session, SYSTEM, "/bip/ogloszenia", "notice", "Nowe", fields=marks)
        new = actions.publish(session, SYSTEM, item.id).id
    with bulletin.reading() as session:
        served = [
            spans.deemed_served(item.published_at, rules.of_item(item))
            for item in (session.get_one(Item, number) for number in (old, new))
        ]
        assert served == [date(2026, 11, 16), date(2026, 12, 1)]
        assert session.scalar(select(Event.data).where(Event.verb == "bip.rule_added"))


def test_a_rule_of_a_day_gone_by_gives_what_stands_another_end(bulletin: Database, administrator: Actor) -> None:
    number = published(bulletin, "assembly_ban")
    ban = {"basis": "art. 16", "max_months": 1, "at_end": "withdraw"}
    with clock.frozen(PUBLISHED + timedelta(days=1)):
        add(bulletin, administrator, "assembly_ban", ban, date(2026, 11, 1))
        with bulletin.transaction() as session:
            assert following.behind(session)
            while following.fill(session):
                pass
    with bulletin.reading() as session:
        assert session.get_one(Item, number).expires_at == midnight(date(2026, 12, 3))


def test_a_day_to_confirm_is_confirmed_or_put_right(bulletin: Database, administrator: Actor) -> None:
    with bulletin.reading() as session:
        now = rules.of(session, "notice", None)
    assert now["unconfirmed"] == ["from"]
    add(bulletin, administrator, "notice", now | {"unconfirmed": []}, date(2017, 6, 7), confirmed=True)
    with bulletin.reading() as session:
        assert "unconfirmed" not in rules.of(session, "notice", None)
        assert rules.of(session, "notice", datetime(2017, 6, 3, tzinfo=UTC)) == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"basis": " "}, "rule_basis"),
        ({"min_days": "dwa"}, "rule_number"),
        ({"min_days": "99999999999999999999"}, "rule_number"),
        ({"max_months": 1, "min_days": 60, "at_end": "withdraw"}, "rule_times"),
        ({"max_months": 3}, "rule_end"),
        ({"before_days": 30}, "rule_before"),
        ({"deadline_field": "nie_ma"}, "rule_field"),
        ({"yearly_by": "31 maja"}, "rule_yearly"),
        ({"yearly_by": "05-31"}, "rule_period"),
        ({"at_end": "zniknie"}, "rule_choice"),
    ],
)
def test_a_rule_nothing_could_keep_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        rule_acts.checked("notice", RULE | change)


def test_only_an_administrator_changes_rules_and_not_without_a_reason_or_a_change(
    bulletin: Database, people: People, administrator: Actor
) -> None:
    with pytest.raises(Forbidden):
        add(bulletin, people.publisher, "notice", RULE, date(2026, 12, 1))
    with bulletin.transaction() as session, pytest.raises(Invalid, match="rule_reason"):
        rule_acts.add(session, administrator, "notice", RULE, since=date(2026, 12, 1), reason=" ", confirmed=False)
    with bulletin.reading() as session:
        now = rules.of(session, "vacancy", None)
    with pytest.raises(Conflict, match="rule_same"):
        add(bulletin, administrator, "vacancy", now, clock.today())


def test_the_page_shows_every_rule_and_adds_one(
    bulletin: Database, blobs: FolderBlobStore, people: People, administrator: Actor, tmp_path: Path
) -> None:
    app = make_app(bulletin, blobs, tmp_path)
    here = "/redakcja/biuletyn/zasady"
    shown = log_in(app.test_client(), people.publisher).get(here).text
    assert "do potwierdzenia" in shown
    assert f"{here}/notice" not in shown
    client = log_in(app.test_client(), administrator)
    form = {"since": "2099-01-01", "basis": "art. 49", "reason": "Nowa ustawa", "min_days": "21", "at_end": "archive"}
    refused = post(client, f"{here}/notice", f"{here}/notice", form | {"min_days": "dużo"})
    assert 'value="Nowa ustawa"' in refused.text
    assert post(client, f"{here}/notice", f"{here}/notice", form | {"also": "board"}).location == f"{here}/notice"
    assert "Nowa ustawa" in client.get(f"{here}/notice").text
    assert "zmiana od 1" in client.get(here).text
