"""How often the database is asked for each kind of page: once when the page is kept, at most six times when not.

The pages are as rich as editors make them (links, an image, a file, another language, an alert above), and the
number is the same in a town of 500 items and of 5,000.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

import bip.actions  # noqa: F401 - registers the Bulletin's types and hooks
from bip import relations
from portal.content import actions, languages
from portal.content.models import Item, ItemVersion
from portal.content.site import bump
from portal.core import clock, documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.test_images import photograph
from tests.content.test_pages import statements
from tests.content.web import make_app

SMALL, LARGE = 500, 5000
FIRST = 100_000
PAGES = (
    "/urzad/strona", "/urzad", "/wiadomosci", "/wiadomosci/wazne", "/bip/ogloszenia/wpis", "/bip/ogloszenia",
    "/bip/ogloszenia/obwieszczenie", "/", "/bip/", "/bip/ogloszenia/uchwala", "/bip/ogloszenia/sesja",
)  # fmt: skip


def public(session: Session, parent: str, kind: str, name: str, **more: Any) -> Item:
    item = actions.create_item(session, SYSTEM, parent, kind, name.title(), name=name, **more)
    actions.publish(session, SYSTEM, item.id)
    return item


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    with site.transaction() as session:
        photo = documents.store(session, blobs, SYSTEM, data=photograph(), name="most.jpg", origin="content")
        plan = documents.store(session, blobs, SYSTEM, data=b"plan", name="plan.txt", origin="content")
        files = [actions.Attachment(plan.id, "Plan")]
        picture = [actions.Attachment(photo.id, "Most")]
        image = public(session, "/urzad", "image", "most", fields={"alt": "Most"}, files=picture)
        body = f'<p><a href="/urzad">tam</a> <img src="item:{image.id}" alt="Most"></p>'
        rich: dict[str, Any] = {"body": body, "files": files}
        for parent, kind, name in (("/", "news_folder", "wiadomosci"), ("/", "bulletin", "bip")):
            public(session, parent, kind, name)
        public(session, "/bip", "bip_folder", "ogloszenia", **rich)
        made = {"publisher": "Urząd", "produced_by": "Anna Nowak", "produced_on": "2026-01-02"}
        public(session, "/bip/ogloszenia", "bip_page", "wpis", fields=made, **rich)
        act = made | {"number": "I/1/26", "adopted_on": "2026-01-02", "in_force": "in_force"}
        older = public(session, "/bip/ogloszenia", "resolution", "dawna", fields=act)
        newer = public(session, "/bip/ogloszenia", "resolution", "uchwala", fields=act, **rich)
        relations.add(session, SYSTEM, newer.id, kind="changes", target_id=older.id, since=clock.today())
        agenda = [{"key": 1, "title": "Podatki", "items": [older.id, newer.id], "files": [plan.id]}]
        sat = made | {"number": "I", "held_on": "2026-01-02", "agenda": agenda}
        public(session, "/bip/ogloszenia", "session", "sesja", fields=sat, **rich)
        public(session, "/bip/ogloszenia", "notice", "obwieszczenie", fields=made, **rich)
        public(session, "/wiadomosci", "news", "wazne", fields={"alert": "1"}, **rich)
        page = public(session, "/urzad", "page", "strona", **rich)
        english = languages.translate(session, SYSTEM, page.id, "en")
        actions.publish(session, SYSTEM, english.id)
    return make_app(site, blobs, tmp_path).test_client(use_cookies=False)


def grow(database: Database, items: int) -> None:
    """``items`` in all, by turns under each folder, as publishing leaves them."""
    now = clock.now()
    with database.transaction() as session:
        folders = {path: number for number, path in session.execute(select(Item.id, Item.path))}
        there = len(folders) + len(list(session.scalars(select(Item.id).where(Item.id >= FIRST))))
        places = (("/urzad", "page"), ("/wiadomosci", "news"), ("/bip/ogloszenia", "bip_page"))
        rows = [
            {"id": FIRST + n, "path": f"{places[n % 3][0]}/s{n}", "parent_id": folders[places[n % 3][0]],
             "type": places[n % 3][1], "title": f"Strona {n}", "position": n, "in_menu": False, "summary": "",
             "state": "published", "review": "none", "created_at": now, "changed_at": now, "published_at": now,
             "language": "pl", "source": "", "settings": {}, "protected": False, "binned_from": "", "version": 1}
            for n in range(there, items)
        ]  # fmt: skip
        session.execute(insert(Item), rows)
        versions = [
            {"id": row["id"], "item_id": row["id"], "number": 1, "title": row["title"], "summary": "", "body": "",
             "fields": {}, "reason": "", "created_at": now, "author": "A", "published_at": now, "published_by": "A"}
            for row in rows
        ]  # fmt: skip
        session.execute(insert(ItemVersion), versions)
        session.execute(update(Item).where(Item.id >= FIRST).values(live_version_id=Item.id))
        bump(session)


def asked(client: FlaskClient, database: Database, path: str, **headers: str) -> list[str]:
    with statements(database) as seen:
        answer = client.get(path, headers=headers)
    assert answer.status_code in (200, 304), path
    return seen


def test_no_kind_of_page_asks_more_than_six_times_or_more_in_a_larger_town(client: FlaskClient, site: Database) -> None:
    counts = []
    for items in (SMALL, LARGE):
        grow(site, items)
        client.get("/nie-ma")
        client.get("/urzad?n=menu")
        client.get("/bip/?n=menu")
        cold = {path: asked(client, site, f"{path}?n={items}") for path in PAGES}
        counts.append({path: len(seen) for path, seen in cold.items()})
        assert {path: seen for path, seen in cold.items() if len(seen) > 6} == {}
    print(counts)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_asks_once_when_it_is_kept(client: FlaskClient, site: Database, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    assert len(asked(client, site, path)) == 1
    assert len(asked(client, site, path, **{"If-None-Match": tag})) == 1
