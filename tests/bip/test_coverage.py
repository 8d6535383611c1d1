"""What of the statute's obligatory points the Bulletin holds: counted by sections, dated, named when empty or old."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import bip.seed
import portal.content.seed
from bip import coverage
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People
from tests.content.web import log_in, make_app

REPORT = "/redakcja/biuletyn/pokrycie"


def points(database: Database, blobs: FolderBlobStore) -> dict[str, coverage.Point]:
    with database.transaction() as session:
        portal.content.seed.seed(session, blobs, SYSTEM)
        bip.seed.seed(session, blobs, SYSTEM)
    with database.reading() as session:
        return {point.point: point for point in coverage.report(session)}


def test_every_point_leads_to_sections_that_the_menu_has(database: Database, blobs: FolderBlobStore) -> None:
    found = points(database, blobs)
    assert [section.path for point in found.values() for section in point.sections if not section.title] == []


def test_items_below_a_section_count_and_an_empty_point_is_seen(database: Database, blobs: FolderBlobStore) -> None:
    found = points(database, blobs)
    assert found["pkt 3 lit. g"].count >= 1
    assert [one.newest for one in found.values() if not one.count] == [None] * sum(
        not one.count for one in found.values()
    )
    assert found["pkt 4 lit. a tiret drugie"].newest is not None


def test_the_demonstration_holds_something_of_every_point(database: Database, blobs: FolderBlobStore) -> None:
    assert [point.point for point in points(database, blobs).values() if not point.count] == []


def test_a_point_grows_old_after_the_days_set(database: Database, blobs: FolderBlobStore) -> None:
    point = points(database, blobs)["pkt 3 lit. g"]
    assert not point.stale
    with clock.frozen(clock.now() + coverage.STALE + timedelta(days=1)):
        assert point.stale


def test_editors_read_the_report_and_everyone_the_map(
    bulletin: Database, blobs: FolderBlobStore, people: People, tmp_path: Path
) -> None:
    client = make_app(bulletin, blobs, tmp_path).test_client()
    assert "projektowanie aktów normatywnych" in client.get("/bip/mapa").text
    assert client.get(REPORT).status_code == 303
    log_in(client, people.editor)
    shown = client.get(REPORT)
    assert shown.status_code == 200
    assert "nic jeszcze" in shown.text
