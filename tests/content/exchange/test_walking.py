"""An old Bulletin moved in from the editors' room: a trial first, then the whole, stopped, resumed, reported."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.content import actions as content
from portal.content.exchange import actions
from portal.content.exchange.fetching import Fetched, Fetcher, Fetching, HttpFetching
from portal.content.exchange.models import Transfer
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM, Actor
from portal.core.outbox import Job
from tests.content.exchange.conftest import Town, add_person
from tests.content.exchange.old_site import KILLED, old
from tests.content.web import log_in, make_app, post

__all__ = ["old"]
HOME = "/redakcja/przenoszenie"
MAPPING = b"""start = ["http://z.pliku.example/"]
pause = 0.0
[select]
title = "h1"
body = "div.tresc"
[labels]
produced_by = ["Wytworzy\xc5\x82"]
published_at = ["Data publikacji"]
"""


@pytest.fixture
def app(town: Town) -> Flask:
    with town.database.transaction() as session:
        root = content.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip", settings={"publisher": "Urząd"})
        content.publish(session, SYSTEM, root.id)
    town.program.ports.bind(Fetching, "default", HttpFetching(["127.0.0.1"]))
    return make_app(town.database, town.program.blobs, town.folder)  # type: ignore[arg-type]


@pytest.fixture
def person(town: Town) -> Actor:
    return add_person(town.database, "adam", "Adam Admin", "site_admin")


@pytest.fixture
def admin(app: Flask, person: Actor) -> FlaskClient:
    return log_in(app.test_client(), person)


def begun(admin: FlaskClient, start: str, *, file: bytes = MAPPING, **more: str) -> str:
    """The page of a walk that was asked for."""
    sent = {"start": start, "place": "/bip", "mapping_file": (io.BytesIO(file), "m.toml"), **more}
    answer = post(admin, HOME, f"{HOME}/bip", sent)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def items(town: Town) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).where(Item.source.startswith("bip:"))) or 0


def test_a_trial_shows_what_would_come_then_the_whole_is_fetched_and_brought_in(
    town: Town, admin: FlaskClient, old: str
) -> None:
    page = begun(admin, f"{old}/lista?p=0")
    assert "Pobieramy strony" in admin.get(page).text
    town.run()
    shown = admin.get(page).text
    assert "To na razie próba" in shown
    assert "zostanie przeniesione: 30" in shown
    assert items(town) == 0
    post(admin, page, f"{page}/calosc", {})
    town.run()
    assert "To na razie próba" not in admin.get(page).text
    post(admin, page, f"{page}/wykonaj", {})
    town.run()
    assert items(town) == 45
    assert town.item("/bip/ogloszenie-44").state == "published"
    report = admin.get(f"{page}/sprawozdanie.csv").text
    assert report.count(",przeniesiono,Ogłoszenie ") == 45
    assert (admin.get(f"{page}/stan").json or {})["state"] == "done"


class Meddling:
    """Fetches over HTTP and does something at the third address."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.left, self.act = 3, act

    def fetcher(self, agent: str, inside: Callable[[str], bool]) -> Fetcher:
        self.inner = HttpFetching(["127.0.0.1"]).fetcher(agent, inside)
        return self

    def least_pause(self, url: str) -> float:
        return self.inner.least_pause(url)

    def get(self, url: str) -> Fetched:
        self.left -= not url.endswith("robots.txt")
        if self.left == 0:
            self.act()
        return self.inner.get(url)


def test_a_walk_that_is_stopped_stops_at_once_and_goes_on_where_it_was(
    town: Town, admin: FlaskClient, person: Actor, old: str
) -> None:
    page = begun(admin, f"{old}/lista?p=0")

    def stop() -> None:
        with town.database.transaction() as session:
            actions.stop(session, person, 1)

    town.program.ports.bind(Fetching, "default", Meddling(stop))
    town.run()
    assert town.transfer(1).step == 3
    assert "Pobrane adresy: 3." in admin.get(page).text
    assert post(admin, HOME, f"{page}/zatrzymaj", {}).status_code == 303
    post(admin, page, f"{page}/wznow", {})
    town.run()
    assert town.transfer(1).state == "checked"
    assert town.transfer(1).options["fetched"] == 30


def test_bringing_in_that_is_stopped_or_dies_goes_on_and_its_report_stays_whole(
    town: Town, admin: FlaskClient, old: str
) -> None:
    page = begun(admin, f"{old}/lista?p=0")
    town.run()
    post(admin, page, f"{page}/wykonaj", {})
    town.dies_after_the_work()
    post(admin, page, f"{page}/zatrzymaj", {})
    town.run()
    assert items(town) == 30
    assert town.transfer(1).state == "stopped"
    post(admin, page, f"{page}/wznow", {})
    town.run()
    assert {line.outcome for line in town.report(1)} == {"taken"}
    assert (items(town), town.transfer(1).counts) == (30, {"taken": 30})


def test_another_mapping_is_tried_on_what_was_fetched(town: Town, admin: FlaskClient, old: str) -> None:
    page = begun(admin, f"{old}/lista?p=0", file=MAPPING.replace(b"div.tresc", b"div.inna"))
    town.run()
    assert {line.outcome for line in town.report(1)} == {"refused"}
    asked = admin.get(f"{page}/odwzorowanie.toml")
    better = asked.data.replace(b"div.inna", b"div.tresc")
    asked.close()
    assert (
        post(admin, page, f"{page}/odwzorowanie", {"mapping_file": (io.BytesIO(better), "m.toml")}).status_code == 303
    )
    town.run()
    assert {line.outcome for line in town.report(1)} == {"taken"}
    tried = actions.folder(town.folder) / town.transfer(1).options["mapping"]
    assert tried.exists()
    with town.database.transaction() as session:
        session.execute(update(Transfer).values(expires_at=clock.now()))
    town.sweep()
    assert list(actions.folder(town.folder).iterdir()) == []


def test_a_host_that_asks_us_to_wait_is_asked_again_only_then(town: Town, admin: FlaskClient, old: str) -> None:
    KILLED.clear()
    begun(admin, f"{old}/zajety")
    before = clock.now()
    town.run_one()
    with town.database.reading() as session:
        due = session.scalars(select(Job.run_after).where(Job.topic == actions.WORK).order_by(Job.id.desc())).first()
    assert due is not None
    assert timedelta(seconds=6) < due - before < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("start", "more", "said"),
    [
        ("ftp://x/", {}, "coś się nie zgadza"),
        ("https://x.example/", {"place": "/urzad"}, "tylko do Biuletynu"),
        ("https://x.example/", {"mapping_file": "[select"}, "odczytać jako TOML"),
        ("", {"mapping": "ogolny", "mapping_file": ""}, "Podaj adres"),
        ("https://x.example/", {"mapping": "inne", "mapping_file": ""}, "Wybierz sposób czytania"),
    ],
)
def test_what_cannot_begin_says_why_and_keeps_what_was_typed(
    town: Town, admin: FlaskClient, start: str, more: dict[str, str], said: str
) -> None:
    text = more.get("mapping_file", MAPPING.decode())
    data = {"start": start, "place": "/bip"} | more
    data |= {"mapping_file": (io.BytesIO(text.encode()), "m.toml" if text else "")}  # type: ignore[dict-item]
    answer = post(admin, HOME, f"{HOME}/bip", data)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{start}"' in answer.text
    assert list(actions.folder(town.folder).iterdir()) == []


def test_our_own_network_is_never_asked_and_the_report_says_so(town: Town, admin: FlaskClient, old: str) -> None:
    town.program.ports.bind(Fetching, "default", HttpFetching())
    page = begun(admin, f"{old}/lista?p=0")
    town.run()
    assert [line.outcome for line in town.report(1)] == ["refused"]
    assert "sieci wewnętrznej" in admin.get(page).text


def test_nobody_else_walks_stops_or_sees(town: Town, app: Flask, admin: FlaskClient, old: str) -> None:
    page = begun(admin, f"{old}/lista?p=0")
    app.config["WTF_CSRF_ENABLED"] = False
    other = log_in(app.test_client(), add_person(town.database, "inna", "Inna", "publisher"))
    for door in ("zatrzymaj", "wznow", "calosc", "odwzorowanie"):
        assert other.post(f"{page}/{door}").status_code == 403
    assert other.get(f"{page}/odwzorowanie.toml").status_code == 403
    assert other.post(f"{HOME}/bip", data={"start": old, "place": "/bip", "mapping": "ogolny"}).status_code == 403
    assert town.transfer(1).state == "walking"
