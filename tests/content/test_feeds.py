"""Everything new can be subscribed to: each folder and collection as RSS and Atom, events as iCalendar, all sound."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import bip.seed
import portal.content.seed
from portal.content import actions, queries, types
from portal.content.models import Item
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.feeds.rules import calendar_problems, feed_problems
from tests.content.web import make_app

ODD = "Prawa & „obowiązki” <mieszkańca>"


@pytest.fixture
def client(database: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    """The demonstration's site with a title that XML and lists of addresses do not like."""
    with database.transaction() as session:
        portal.content.seed.seed(session, blobs, SYSTEM)
        bip.seed.seed(session, blobs, SYSTEM)
        odd = actions.create_item(session, SYSTEM, "/aktualnosci", "news", ODD)
        actions.publish(session, SYSTEM, odd.id)
    return make_app(database, blobs, tmp_path).test_client()


def subscribed(database: Database) -> list[str]:
    """The address of every folder and collection, of the portal and of the Bulletin."""
    folders = [name for name, kind in types.TYPES.items() if kind.is_folder and name != "page"]
    with database.reading() as session:
        query = select(Item.path).where(Item.type.in_([*folders, "collection"]), queries.listed())
        return list(session.scalars(query.order_by(Item.path)))


def test_all_that_is_new_can_be_subscribed_to_and_is_sound(client: FlaskClient, database: Database) -> None:
    found = feeds_of(client, subscribed(database))
    assert len(found) > 100
    assert feed_problems("atom", client.get("/bip/rejestr-zmian.atom").data) == []
    assert {address: problems for address, problems in found.items() if problems} == {}
    for kind in ("rss", "atom"):
        assert escape(ODD).encode() in client.get(f"/aktualnosci/{kind}.xml").data
    with database.reading() as session:
        query = select(Item.path).where(Item.type.in_(("event", "event_folder", "subsite")), queries.listed())
        places = [*session.scalars(query), "/najblizsze-wydarzenia"]
    calendars = {path: calendar_problems(client.get(f"{path}/kalendarz.ics").data) for path in places}
    assert len(calendars) > 3
    assert {path: problems for path, problems in calendars.items() if problems} == {}
    assert '<link rel="alternate" type="text/calendar"' in client.get("/najblizsze-wydarzenia").text


def feeds_of(client: FlaskClient, places: list[str]) -> dict[str, list[str]]:
    """Address of a feed → what is wrong with it, or that the page does not offer it."""
    found = {}
    for path in places:
        page = client.get(path, follow_redirects=True).text
        for kind in ("rss", "atom"):
            address = f"{path.rstrip('/')}/{kind}.xml"
            offered = re.search(rf'<link rel="alternate" type="application/{kind}\+xml"[^>]* href="{address}">', page)
            problems = feed_problems(kind, client.get(address).data)
            found[address] = problems + ([] if offered else ["not offered in the page's head"])
    return found
