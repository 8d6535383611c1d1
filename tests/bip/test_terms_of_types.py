"""What single types of publication ask beyond a shortest time: copies for parties, days on a board, other places."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bip import dues, rule_acts, rules, term_acts, terms
from portal.content import actions
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict, Invalid
from tests.bip.conftest import People
from tests.bip.test_duties import kinds_of, mark
from tests.bip.test_terms import PUBLISHED, due_of, published
from tests.content.web import log_in, make_app, post


def test_a_party_gets_a_copy_of_an_announced_decision_within_three_days(bulletin: Database, people: People) -> None:
    number = published(bulletin, "notice", announces="decision")
    thursday = PUBLISHED + timedelta(days=3)
    with clock.frozen(thursday), bulletin.transaction() as session:
        with pytest.raises(Invalid, match="copy_day"):
            term_acts.ask_copy(session, people.editor, number, day=date(2026, 11, 6))
        term_acts.ask_copy(session, people.editor, number, remark="RPW/12/2026")
    with clock.frozen(thursday):
        assert ("copy", number, date(2026, 11, 9)) in due_of(bulletin)  # the third day is a Sunday
    with clock.frozen(thursday + timedelta(days=1)), bulletin.transaction() as session:
        term_acts.end_copy(session, people.editor, number, "1", "copy_given")
        with pytest.raises(Conflict, match="copy_not_waiting"):
            term_acts.end_copy(session, people.editor, number, "1", "copy_given")
    assert "copy" not in kinds_of(bulletin, number)


def test_a_copy_is_owed_only_of_what_can_be_appealed_against(bulletin: Database, people: People) -> None:
    number = published(bulletin, "notice", announces="other")
    with pytest.raises(Conflict, match="copy_not_owed"), clock.frozen(PUBLISHED), bulletin.transaction() as session:
        term_acts.ask_copy(session, people.editor, number)


def test_everyone_reads_that_a_copy_may_be_asked_for_and_only_the_office_who_asked(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    number = published(bulletin, "notice", announces="order", served_by="49a")
    client = log_in(make_app(bulletin, blobs, tmp_path).test_client(), people.editor)
    here = f"/redakcja/strona/{number}/obowiazki"
    day = clock.today().isoformat()
    sent = post(client, here, f"{here}/odpis", {"co": "copy_asked", "dzien": day, "uwaga": "RPW/7/2026"})
    assert sent.location == here
    assert "RPW/7/2026" in client.get(here).text
    with bulletin.reading() as session:
        path = session.get_one(Item, number).path
    page = make_app(bulletin, blobs, tmp_path).test_client().get(path).text
    assert "wystąpić o odpis" in page
    assert "więcej niż dwadzieścia stron" in page
    assert "RPW/7/2026" not in page


def test_environmental_information_hangs_thirty_days_though_it_stands_a_year(
    bulletin: Database, people: People
) -> None:
    number = published(bulletin, "environment")
    with clock.frozen(PUBLISHED):
        mark(bulletin, people.editor, number, "posted")
        assert ("remove", number, date(2026, 12, 3)) in due_of(bulletin, "all")


def test_votes_are_owed_elsewhere_once_there_are_any(bulletin: Database) -> None:
    with bulletin.reading() as session:
        rule = rules.of(session, "session", PUBLISHED)
    item = Item(type="session", state="published", published_at=PUBLISHED)
    agenda = {"held_on": "2026-11-10"}
    assert [one for one in dues.of_item(item, agenda, rule, []) if one.kind == "also"] == []
    voted = agenda | {"votes": [{"key": 1}]}
    owed = {one.detail: one.due for one in dues.of_item(item, voted, rule, []) if one.kind == "also"}
    assert owed == {"website": date(2026, 11, 10), "board": date(2026, 11, 10)}
    brought = voted | {"origin": {"published_at": "2026-11-01T08:00:00+00:00"}}
    assert not [one for one in dues.of_item(item, brought, rule, []) if one.kind == "also"]


def test_a_ban_stands_three_months_no_less_and_no_more_and_says_until_when_to_appeal(bulletin: Database) -> None:
    number = published(bulletin, "assembly_ban")
    with clock.frozen(PUBLISHED + timedelta(days=1)), bulletin.transaction() as session:
        with pytest.raises(Conflict, match="term_undecided"):
            actions.withdraw(session, SYSTEM, number, reason="Dane osobowe")
        said = terms.stated(session, "assembly_ban", session.get_one(Item, number), {})
    assert said is not None
    assert said["appeal_to"] - PUBLISHED < timedelta(hours=24, minutes=1)


def test_a_rule_may_ask_for_exactly_as_long_as_it_allows(bulletin: Database, people: People) -> None:
    given = {"basis": "art. 16", "at_end": "withdraw", "min_months": "3", "max_months": "3"}
    assert rule_acts.checked("assembly_ban", given)["min_months"] == 3
    with pytest.raises(Invalid, match="rule_times"):
        rule_acts.checked("assembly_ban", given | {"min_days": "1"})


def test_a_changed_rule_of_sessions_still_waits_for_votes() -> None:
    given = {"basis": "art. 14", "at_end": "keep", "also": ["website"]}
    assert rule_acts.checked("session", given)["also_when"] == ["votes", "recording"]
