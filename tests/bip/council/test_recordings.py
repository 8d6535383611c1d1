"""A recording without captions says when they will be there: within 14 days, or an announced day within two months."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from bip import dues
from bip.models import BulletinDue
from portal.content import actions
from portal.content.models import Item, ItemVersion
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid
from tests.bip.council import town

HERE = "/bip/ogloszenia/sesja"
HELD = date(2026, 11, 19)
RULE = {"captions_days": 14, "captions_months_at_most": 2, "basis": "art. 5a"}
WHERE = {"recording": "https://nagrania.example/28"}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=clock.WARSAW)


@pytest.mark.parametrize(
    ("days", "fields", "told"),
    [
        (2, {}, "Napisy będą gotowe do"), (20, {"captions_promised": "2027-01-19"}, "dzień zapowiedziany"),
        (40, {"captions_on": "2026-12-20"}, "Nagranie ma napisy od"),
    ],
)  # fmt: skip
def test_readers_are_told_of_captions(
    client: FlaskClient, bulletin: Database, days: int, fields: dict[str, str], told: str
) -> None:
    with clock.frozen(at(HELD + timedelta(days=days))):
        town.publish(bulletin, town.sitting(bulletin, **WHERE, **fields))
        page = client.get(HERE).text
    assert told in page
    assert 'href="https://nagrania.example/28"' in page


def test_when_the_announced_day_is_over_the_page_says_that_captions_are_late(
    client: FlaskClient, bulletin: Database
) -> None:
    with clock.frozen(at(HELD + timedelta(days=2))):
        town.publish(bulletin, town.sitting(bulletin, captions_promised="2026-12-20", **WHERE))
        assert "Napisy będą gotowe do" in client.get(HERE).text
    with clock.frozen(at(date(2026, 12, 21))):
        assert "Nagranie nie ma jeszcze napisów" in client.get(HERE).text


@pytest.mark.parametrize(
    ("days", "fields", "code"),
    [
        (2, {"captions_promised": "2027-01-20"}, "captions_too_late"),
        (2, {"captions_promised": "2026-11-18"}, "captions_too_early"), (15, {}, "captions_missing"),
        (35, {"captions_promised": "2026-12-20"}, "captions_missing"),
        (2, {"recording": "na płycie"}, "recording_address"),
    ],
)  # fmt: skip
def test_what_the_law_does_not_allow_is_refused(
    bulletin: Database, days: int, fields: dict[str, str], code: str
) -> None:
    with clock.frozen(at(HELD + timedelta(days=days))), pytest.raises(Invalid, match=code):
        town.publish(bulletin, town.sitting(bulletin, **(WHERE | fields)))


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, HELD + timedelta(days=14)), ({"captions_promised": "2027-01-10"}, date(2027, 1, 10)),
        ({"captions_on": "2026-11-20"}, None),
    ],
)  # fmt: skip
def test_editors_have_a_task_until_captions_are_there(
    bulletin: Database, fields: dict[str, str], due: date | None
) -> None:
    with clock.frozen(at(HELD + timedelta(days=2))):
        number = town.sitting(bulletin, **WHERE, **fields)
        town.publish(bulletin, number)
        with bulletin.reading() as session:
            item = session.get_one(Item, number)
            kept = session.get_one(ItemVersion, item.live_version_id).fields
            found = [one.due for one in dues.of_item(item, kept, RULE, []) if one.kind == "captions"]
    assert found == ([due] if due else [])


def test_a_recording_attached_to_the_session_makes_captions_due_too(bulletin: Database, blobs: FolderBlobStore) -> None:
    with clock.frozen(at(HELD + timedelta(days=2))):
        number = town.sitting(bulletin)
        with bulletin.transaction() as session:
            film = documents.store(session, blobs, SYSTEM, data=b"film", name="sesja.mp4", origin="content")
            film.content_type = "video/mp4"
            actions.save_draft(
                session, SYSTEM, number, expected=None, title="Sesja", body="<p>Obrady.</p>",
                fields=town.MARKS | {"number": "XXVIII", "held_on": town.HELD},
                files=[actions.Attachment(film.id, "Nagranie")],
            )  # fmt: skip
        town.publish(bulletin, number)
    with bulletin.reading() as session:
        found = {row.kind: row.due for row in session.execute(select(BulletinDue.kind, BulletinDue.due))}
    assert found["captions"] == HELD + timedelta(days=14)
    assert found["also"] == HELD + timedelta(days=2)
