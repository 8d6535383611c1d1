"""What must stand is looked at from outside; days add up, gaps are named, the month's report is signed."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from flask.testing import FlaskClient
from sqlalchemy import select, update

from bip import actions as bip
from bip import availability, effects, notes
from bip.digests import canonical
from bip.models import AvailableDay
from bip.probing import HttpProbe, Probe
from portal.content import actions
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.ports import Ports
from tests.bip.test_proofs import fetch
from tests.content.web import make_app

ITEM = "/bip/ogloszenia/droga"


class Eyes:
    """An honest probe for tests: says what it is told to, remembers what it was asked."""

    def __init__(self, answer: str = "") -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def look(self, address: str, mark: str) -> str:
        self.asked.append((address, mark))
        return self.answer


@pytest.fixture
def number(bulletin: Database, blobs: FolderBlobStore) -> int:
    """A notice that must stand for fourteen days, published three days ago."""
    with bulletin.transaction() as session:
        item = bip.publish_document(
            session, blobs, SYSTEM, folder="/bip/ogloszenia", type="notice", title="Droga", source="letter:1",
            body_html="<p>Droga</p>", produced_by="Jan Kowal", produced_on=clock.today(),
        )  # fmt: skip
        session.execute(update(Item).where(Item.id == item.id).values(published_at=clock.now() - timedelta(days=3)))
        return item.id


def look(database: Database, probe: Probe, *, base: str = "https://gmina.example", minutes: int = 60) -> int:
    """One round of the recurring job; how many were to be looked at."""
    ports = Ports()
    ports.bind(Probe, "default", probe)
    effect = effects.probing(base, minutes)
    with database.reading() as session:
        asked = effect.load(session, {"minutes": 60})
    if asked is None:
        return 0
    found = effect.call(ports, asked)
    with database.transaction() as session:
        effect.save(session, {}, found)
    return len(asked)


@pytest.fixture
def client(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(bulletin, blobs, tmp_path).test_client()


def test_each_look_adds_to_one_row_of_the_day(bulletin: Database, number: int) -> None:
    eyes = Eyes()
    for answer in ("", "", "500"):
        eyes.answer = answer
        assert look(bulletin, eyes) == 1
    assert eyes.asked[0] == (f"https://gmina.example{ITEM}", f"{number}.1")
    with bulletin.reading() as session:
        row = session.scalars(select(AvailableDay)).one()
    assert (row.seen, row.failed, row.note) == (2, 1, "500")


def test_nothing_is_asked_when_no_term_runs_or_the_interval_is_another(bulletin: Database, number: int) -> None:
    assert look(bulletin, Eyes(), minutes=0) == 0
    with bulletin.transaction() as session:
        session.execute(update(Item).where(Item.id == number).values(published_at=clock.now() - timedelta(days=15)))
    assert look(bulletin, Eyes()) == 0


def test_a_version_published_while_it_was_looked_at_is_no_failure(bulletin: Database, number: int) -> None:
    effect = effects.probing("https://gmina.example", 60)
    with bulletin.reading() as session:
        asked = effect.load(session, {"minutes": 60})
    ports = Ports()
    ports.bind(Probe, "default", Eyes("other_version"))
    assert asked is not None
    found = effect.call(ports, asked)
    with bulletin.transaction() as session:
        bip.correct(session, SYSTEM, number, reason="Dopisano", body_html="<p>Inaczej</p>")
    with bulletin.transaction() as session:
        effect.save(session, {}, found)
        assert session.scalars(select(AvailableDay)).all() == []


def test_the_page_says_on_how_many_days_it_was_seen_and_names_the_gaps(
    bulletin: Database, client: FlaskClient, number: int
) -> None:
    assert "dostępna" not in client.get(ITEM).text
    with bulletin.transaction() as session:
        days = [clock.today() - timedelta(days=n) for n in (2, 0)]
        session.add_all(AvailableDay(day=day, item_id=number, seen=24, failed=0, last_at=clock.now()) for day in days)
    look(bulletin, Eyes("timeout"))
    page = client.get(ITEM).text
    assert "2 z 3 dni" in page
    assert "nie sprawdzano" in page
    assert "nieudane próby 1 z 25 (serwer nie odpowiedział na czas)" in page


def test_the_report_of_the_month_is_signed(bulletin: Database, client: FlaskClient, number: int) -> None:
    look(bulletin, Eyes())
    month = f"{clock.today():%Y-%m}"
    assert "1 z 1 dni" in client.get(f"/bip/dostepnosc/{month}").text
    report = fetch(client, f"/bip/dostepnosc/{month}.json")
    signature = base64.b64decode(report.pop("signature"))
    assert report["items"][0]["days"] == [{"day": clock.today().isoformat(), "seen": 1, "failed": 0, "note": ""}]
    assert report["items"][0]["item"] == number
    key = notes.public_key(report["key"])
    key.verify(signature, canonical(report))
    with pytest.raises(InvalidSignature):
        key.verify(signature, canonical(report | {"month": "2020-01"}))
    assert client.get("/bip/dostepnosc/2026-13").status_code == 404


def test_a_closed_item_is_named_by_its_number_only(bulletin: Database, client: FlaskClient, number: int) -> None:
    look(bulletin, Eyes())
    with bulletin.transaction() as session:
        session.execute(update(Item).where(Item.id == number).values(protected=True))
    assert "Droga" not in client.get(f"/bip/dostepnosc/{clock.today():%Y-%m}").text


class Site(http.server.BaseHTTPRequestHandler):
    """``/ok`` shows version 7.2, ``/slow`` answers after the time limit, anything else is not there."""

    release = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/slow":
            self.release.wait(5)
        self.send_response(200 if self.path in ("/ok", "/slow") else 404)
        self.end_headers()
        self.wfile.write(b'<article data-version="7.2">')

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        Site.release.set()
        server.shutdown()
        thread.join()


def test_over_real_http_the_right_version_is_told_from_another_a_missing_page_and_silence(address: str) -> None:
    probe = HttpProbe(timeout=0.3)
    asked = (("/ok", "7.2"), ("/ok", "7.1"), ("/nic", "7.2"), ("/slow", "7.2"))
    assert [probe.look(address + path, mark) for path, mark in asked] == ["", "other_version", "404", "timeout"]
    assert probe.look("http://127.0.0.1:1/", "7.2") == "unreachable"


def test_the_page_carries_the_mark_that_the_probe_looks_for(client: FlaskClient, number: int) -> None:
    assert f'data-version="{number}.1"' in client.get(ITEM).text


def test_months_with_a_report_are_listed(bulletin: Database, number: int) -> None:
    with bulletin.transaction() as session:
        for day in (clock.today(), clock.today().replace(day=1) - timedelta(days=1)):
            session.add(AvailableDay(day=day, item_id=number, seen=1, failed=0, last_at=clock.now()))
    with bulletin.reading() as session:
        assert len(availability.months(session)) == 2


def test_the_bulletins_own_section_at_the_same_address_stays(bulletin: Database, client: FlaskClient) -> None:
    with bulletin.transaction() as session:
        for where, name in (("/bip", "dostepnosc"), ("/bip/dostepnosc", "deklaracja")):
            made = actions.create_item(session, SYSTEM, where, "bip_folder", f"Dział {name}", name=name)
            actions.publish(session, SYSTEM, made.id)
    assert "Dział dostepnosc" in client.get("/bip/dostepnosc").text
    assert "Dział deklaracja" in client.get("/bip/dostepnosc/deklaracja").text
