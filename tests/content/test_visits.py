"""Visits are counted without knowing by whom; figures are those of whole days."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.content import statistics, visits
from portal.content.models import Visit, VisitDay
from portal.core import clock
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database, insert_or_add
from portal.web import plots
from tests.content.conftest import People
from tests.content.web import log_in, make_app

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}


@pytest.fixture
def app(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> Flask:
    return make_app(site, blobs, tmp_path)


def counted(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {row.path: row.hits for row in session.execute(select(Visit.path, Visit.hits))}


def test_a_page_opened_by_a_person_is_counted_warm_or_cold_or_unchanged(app: Flask, site: Database) -> None:
    client = app.test_client()
    tag = client.get("/urzad", headers=PERSON).headers["ETag"]
    client.get("/urzad", headers=PERSON)
    assert client.get("/urzad", headers=PERSON | {"If-None-Match": tag}).status_code == 304
    assert visits.flush(app) == 3
    client.get("/urzad/", headers=PERSON)  # leads to /urzad, and only that is a page
    client.get("/urzad", headers=PERSON)
    visits.flush(app)
    assert counted(site) == {"/urzad": 4}
    with site.reading() as session:
        assert session.execute(select(VisitDay.day, VisitDay.part, VisitDay.hits)).one() == (
            clock.today(), "portal", 4,
        )  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [ROBOT, {"User-Agent": ""}, PERSON | {"DNT": "1"}, PERSON | {"Sec-GPC": "1"}, PERSON | {"Sec-Purpose": "prefetch"}],
)
def test_robots_and_those_who_ask_not_to_be_are_not_counted(app: Flask, headers: dict[str, str]) -> None:
    app.test_client().get("/urzad", headers=headers)
    assert visits.flush(app) == 0


@pytest.mark.parametrize("address", ["/nie-ma", "/rss.xml", "/sitemap.xml", "/logowanie", "/urzad/"])
def test_what_is_no_page_is_not_counted(app: Flask, address: str) -> None:
    app.test_client().get(address, headers=PERSON)
    assert visits.flush(app) == 0


def test_those_logged_in_are_not_counted(app: Flask, people: People) -> None:
    log_in(app.test_client(), people.editor).get("/urzad", headers=PERSON)
    assert visits.flush(app) == 0


def test_two_processes_counting_the_same_page_lose_nothing(site: Database) -> None:
    both = [visits.Visits(site, later=lambda _act: None) for _ in range(2)]
    for one in both:
        for number in range(40):
            one.add(date(2026, 11, 24), f"/s{number % 20}")
    threads = [threading.Thread(target=one.flush) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(site) == {f"/s{number}": 4 for number in range(20)}


def test_what_could_not_be_saved_waits_for_the_next_time(database: Database) -> None:
    with database.write.begin() as connection:
        connection.exec_driver_sql("alter table visit_day rename to elsewhere")
    asked: list[object] = []
    counter = visits.Visits(database, later=asked.append)
    counter.add(date(2026, 11, 24), "/a")
    assert counter.flush() == 0
    with database.write.begin() as connection:
        connection.exec_driver_sql("alter table elsewhere rename to visit_day")
    assert counter.flush() == 1
    assert len(asked) == 2
    assert counted(database) == {"/a": 1}


def test_statistics_sum_days_into_months_and_name_the_pages_opened_most(site: Database) -> None:
    with site.transaction() as session:
        rows = [(date(2026, 11, 23), 5), (date(2026, 11, 1), 2), (date(2026, 10, 31), 7), (date(2025, 11, 30), 9)]
        insert_or_add(session, VisitDay, [{"day": d, "part": "portal", "hits": n} for d, n in rows], "hits")
        pages = [("/urzad", 4), ("/usunieta", 50)]
        insert_or_add(session, Visit, [{"day": date(2026, 11, 20), "path": p, "hits": n} for p, n in pages], "hits")
        found = statistics.read(session, visits.PORTAL, date(2026, 11, 23))
        assert statistics.of_page(session, "/urzad", date(2026, 11, 23)) == 4
    assert found.months[-2:] == ((date(2026, 10, 1), 7), (date(2026, 11, 1), 7))
    assert found.days[-1] == (date(2026, 11, 23), 5)
    assert found.total == 14
    assert [(page.path, page.hits) for page in found.pages] == [("/urzad", 4)]


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_bars_stay_in_the_drawing_and_are_as_high_as_their_values(values: list[int]) -> None:
    plot = plots.bars([(str(number), value) for number, value in enumerate(values)])
    top = plot.ticks[-1].value
    for bar in plot.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= plot.width + 0.02
        assert bar.height == pytest.approx(170 * bar.value / top, abs=0.01)
    assert top >= max(values, default=0)
