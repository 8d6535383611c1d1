"""Pages the editor puts first: for their words, in their days, and only while they can be found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from portal.content import actions as content
from portal.content import tree
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.db import Database
from portal.core.errors import Invalid, NotFound
from search import bets, tuning, upkeep
from search.bets import Bet
from search.models import BestBet
from search.polish import analyser
from search.tuning import BetForm
from tests.search.town import EVERYBODY, Searching, searching

TODAY = date(2026, 12, 24)


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Searching]:
    town = searching(database, tmp_path, "tantivy")
    yield town
    town.presence.leave()


@pytest.fixture
def page(town: Searching) -> Item:
    with town.database.transaction() as session:
        root = content.create_root(session, SYSTEM, "front_page", "Gmina")
        content.publish(session, SYSTEM, root.id)
        page = content.create_item(session, SYSTEM, "/", "page", "Odśnieżanie dróg", body="<p>Zimą.</p>")
        content.publish(session, SYSTEM, page.id)
    town.worker.drain()
    return page


def add(town: Searching, form: BetForm) -> int:
    with town.database.transaction() as session:
        return tuning.add_bet(session, SYSTEM, form).id


def found(town: Searching, text: str, today: date = TODAY, readers: frozenset[str] = EVERYBODY) -> list[Bet]:
    with town.database.reading() as session:
        matched = bets.for_question(session, analyser(), text, today)
    return bets.shown(town.index, matched, readers, clock.now())


def titles(town: Searching, text: str, today: date = TODAY) -> list[tuple[str, str]]:
    return [(bet.title, bet.url) for bet in found(town, text, today)]


def test_a_page_stands_first_for_its_words_in_any_form_under_its_own_title(town: Searching, page: Item) -> None:
    add(town, BetForm("śnieg droga", "", page.path))
    assert titles(town, "zaśnieżone drogi") == []
    assert titles(town, "kto sprząta sniegu z drogi") == [("Odśnieżanie dróg", page.path)]


def test_it_stands_there_from_its_first_day_to_its_last(town: Searching, page: Item) -> None:
    add(town, BetForm("zima", "Zima w gminie", page.path, "2026-12-01", "2026-12-24"))
    seen = {day: titles(town, "zima", date(2026, *day)) != [] for day in ((11, 30), (12, 1), (12, 24), (12, 25))}
    assert seen == {(11, 30): False, (12, 1): True, (12, 24): True, (12, 25): False}


def test_it_follows_the_page_when_it_moves_and_is_gone_when_the_page_is(town: Searching, page: Item) -> None:
    add(town, BetForm("zima", "", page.path))
    with town.database.transaction() as session:
        tree.rename(session, SYSTEM, page.id, "zima-na-drogach")
    town.worker.drain()
    assert titles(town, "zima") == [("Odśnieżanie dróg", "/zima-na-drogach")]
    with town.database.transaction() as session:
        content.withdraw(session, SYSTEM, page.id, reason="minęła")
    town.worker.drain()
    assert titles(town, "zima") == []


def test_a_bet_from_before_bets_named_their_page_finds_it_when_the_worker_starts(town: Searching, page: Item) -> None:
    number = add(town, BetForm("zima", "Zima", page.path))
    with town.database.transaction() as session:
        session.get_one(BestBet, number).key = ""
    with town.database.transaction() as session:
        upkeep.ensure(session, town.program)
    with town.database.transaction() as session:
        content.withdraw(session, SYSTEM, page.id, reason="minęła")
    town.worker.drain()
    assert titles(town, "zima") == []


def test_nobody_is_sent_to_what_they_may_not_see(town: Searching, page: Item) -> None:
    add(town, BetForm("zima", "", page.path))
    assert found(town, "zima", readers=frozenset({"user:7"})) == []


def test_another_site_and_a_list_of_results_are_for_everybody(town: Searching) -> None:
    add(town, BetForm("dowód", "Wniosek o dowód", "https://www.gov.pl/dowod"))
    add(town, BetForm("dowód", "Wszystko o dowodach", "/szukaj?q=dowod"))
    assert [title for title, _ in titles(town, "dowodu")] == ["Wniosek o dowód", "Wszystko o dowodach"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (BetForm("!", "Tytuł", "/x"), "search.bet_without_words"),
        (BetForm("zima", "", "/nie-ma-takiej"), "search.bet_without_title"),
        (BetForm("zima", "Zima", "//example.org"), "search.bet_address"),
        (BetForm("zima", "Zima", "javascript:alert(1)"), "search.bet_address"),
        (BetForm("zima", "Zima", "/zima", "jutro"), "search.bet_day"),
        (BetForm("zima", "Zima", "/zima", "2026-12-02", "2026-12-01"), "search.bet_days_reversed"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(town: Searching, form: BetForm, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add(town, form)
    assert refusal.value.code == code


def test_a_bet_is_corrected_and_one_that_is_gone_is_said_to_be(town: Searching, page: Item) -> None:
    number = add(town, BetForm("lato", "", page.path))
    with town.database.transaction() as session:
        tuning.change_bet(session, SYSTEM, number, BetForm("zima", "Zima", page.path, until="2026-12-31"))
    assert titles(town, "lato") == []
    assert titles(town, "zima") == [("Zima", page.path)]
    with town.database.transaction() as session:
        tuning.remove_bet(session, SYSTEM, number)
    with pytest.raises(NotFound), town.database.transaction() as session:
        tuning.change_bet(session, SYSTEM, number, BetForm("zima", "Zima", page.path))
