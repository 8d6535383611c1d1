"""Events in calendars: on our pages by month, and in people's own by iCalendar (read by the library, not by us)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from portal.content import actions
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.content.web import make_app


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    with site.transaction() as session:
        folder = actions.create_item(session, SYSTEM, "/", "event_folder", "Kalendarz", name="kalendarz")
        actions.publish(session, SYSTEM, folder.id)
    return make_app(site, blobs, tmp_path).test_client()


def add(site: Database, title: str, **fields: str) -> int:
    with site.transaction() as session:
        item = actions.create_item(
            session, SYSTEM, "/kalendarz", "event", title, fields={"place": "Rynek, sala nr 1; parter", **fields}
        )
        actions.publish(session, SYSTEM, item.id)
        return item.id


def events(client: FlaskClient, path: str = "/kalendarz") -> dict[str, Any]:
    answer = client.get(f"{path}/kalendarz.ics")
    assert answer.content_type.startswith("text/calendar")
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    return {str(event["uid"]): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}


def test_an_event_with_an_hour_is_at_that_hour_in_poland(client: FlaskClient, site: Database) -> None:
    number = add(site, "Sesja rady gminy w sprawie budżetu na przyszły rok i wieloletniej prognozy " * 2,
                 starts_on="2099-07-01", starts_at="17:30", ends_at="19.00")  # fmt: skip
    (event,) = events(client).values()
    assert event.decoded("dtstart").astimezone(UTC) == datetime(2099, 7, 1, 15, 30, tzinfo=UTC)
    assert event.decoded("dtend").astimezone(UTC) == datetime(2099, 7, 1, 17, 0, tzinfo=UTC)
    assert str(event["location"]) == "Rynek, sala nr 1; parter"
    assert event["uid"] == f"wydarzenie-{number}@127.0.0.1"
    zones = Calendar.from_ical(client.get("/kalendarz/kalendarz.ics").data).walk("VTIMEZONE")
    assert [str(zone["tzid"]) for zone in zones] == ["Europe/Warsaw"]


def test_whole_days_end_on_the_day_after_the_last(client: FlaskClient, site: Database) -> None:
    add(site, "Dni gminy", starts_on="2099-06-05", ends_on="2099-06-07")
    (event,) = events(client).values()
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2099, 6, 5), date(2099, 6, 8))


def test_a_change_keeps_the_uid_and_a_withdrawal_cancels_without_words(client: FlaskClient, site: Database) -> None:
    number = add(site, "Koncert", starts_on="2099-06-05", starts_at="18:00")
    (before,) = events(client).values()
    with site.transaction() as session:
        fields = {"place": "Park", "starts_on": "2099-06-06", "starts_at": "18:00"}
        actions.save_draft(session, SYSTEM, number, expected=None, title="Koncert", fields=fields)
        actions.publish(session, SYSTEM, number)
    (after,) = events(client).values()
    assert (after["uid"], int(after["sequence"])) == (before["uid"], int(before["sequence"]) + 1)
    with site.transaction() as session:
        actions.withdraw(session, SYSTEM, number, reason="Odwołany")
    for path in ("/kalendarz", "/kalendarz/koncert"):
        (gone,) = events(client, path).values()
        assert (gone["uid"], str(gone["status"])) == (before["uid"], "CANCELLED")
        assert int(gone["sequence"]) > int(after["sequence"])
        assert b"Koncert" not in client.get(f"{path}/kalendarz.ics").data


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"starts_on": "2099-06-05", "starts_at": "wieczorem"}, "content.bad_time"),
        ({"starts_on": "2099-06-05", "ends_on": "2099-06-04"}, "content.event_ends_before_start"),
        ({"starts_on": "2099-06-05", "ends_at": "12:00"}, "content.event_end_without_start"),
        ({"starts_on": "5 czerwca"}, "content.event_bad_day"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_a_sentence(
    client: FlaskClient, site: Database, fields: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        add(site, "Zebranie", **fields)
    assert refusal.value.code == code


def test_the_month_shows_an_event_on_each_of_its_days_and_the_next_month_not(
    client: FlaskClient, site: Database
) -> None:
    add(site, "Jarmark", starts_on="2099-06-29", ends_on="2099-06-30")
    page = client.get("/kalendarz?miesiac=2099-06").text
    assert page.count(">Jarmark</a>") == 3  # two days and the list
    assert "czerwiec 2099" in page
    assert client.get("/kalendarz?miesiac=2099-07").text.count(">Jarmark</a>") == 2  # the days before 1 July
    assert client.get("/kalendarz?miesiac=2099-08").text.count(">Jarmark</a>") == 0
    assert client.get("/kalendarz?miesiac=nigdy").status_code == 422


def test_what_is_to_come_is_over_tomorrow_though_nobody_changed_anything(client: FlaskClient, site: Database) -> None:
    add(site, "Zebranie", starts_on="2099-06-05")
    with site.transaction() as session:
        fields = {"collect_type": "Wydarzenie", "collect_period": "upcoming", "collect_sort": "event"}
        item = actions.create_item(session, SYSTEM, "/", "collection", "Niebawem", name="niebawem", fields=fields)
        actions.publish(session, SYSTEM, item.id)
    with clock.frozen(datetime(2099, 6, 5, 12, tzinfo=UTC)):
        assert "Zebranie" in client.get("/niebawem").text
    with clock.frozen(datetime(2099, 6, 6, 12, tzinfo=UTC)):
        assert "Zebranie" not in client.get("/niebawem").text
