"""The public pages: what visitors get, from where, and how often the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.content import actions
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.web import log_in, make_app


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    with site.transaction() as session:
        page = actions.create_item(
            session, SYSTEM, "/urzad", "page", "Godziny pracy", name="godziny", body="<p>8–16</p>"
        )
        actions.publish(session, SYSTEM, page.id)
    return make_app(site, blobs, tmp_path).test_client()


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent to the reading engine within the block."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    event.listen(database.read, "before_cursor_execute", note)
    yield seen
    event.remove(database.read, "before_cursor_execute", note)


def test_the_home_page_offers_search_and_the_bulletin(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    for piece in ("Czego szukasz?", 'action="/szukaj"', 'href="/bip/"', 'href="/sprawa"'):
        assert piece in page.text


def test_a_page_is_found_at_its_place_in_the_tree(client: FlaskClient) -> None:
    page = client.get("/urzad/godziny")
    assert "8–16" in page.text
    assert client.get("/urzad/godziny/").headers["Location"] == "/urzad/godziny"
    assert client.get("/nie-ma").status_code == 404


def test_a_moved_page_redirects_for_ever(client: FlaskClient, site: Database) -> None:
    with site.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/urzad", "page", "A", name="a")
        actions.publish(session, SYSTEM, item.id)
        actions.rename(session, SYSTEM, item.id, "b")
    answer = client.get("/urzad/a")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/urzad/b")


def test_a_warm_page_asks_the_database_once_and_a_cold_one_at_most_six_times(
    client: FlaskClient, site: Database
) -> None:
    client.get("/")
    with statements(site) as cold:
        client.get("/urzad/godziny")
    assert len(cold) <= 6, cold
    with statements(site) as warm:
        again = client.get("/urzad/godziny")
    assert len(warm) == 1
    with statements(site) as unchanged:
        answer = client.get("/urzad/godziny", headers={"If-None-Match": again.headers["ETag"]})
    assert (answer.status_code, len(unchanged)) == (304, 1)


def test_a_change_is_visible_at_the_next_request_in_every_process(
    client: FlaskClient, site: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    other = make_app(site, blobs, tmp_path).test_client()
    with site.reading() as session:
        from portal.content.queries import page_at

        page = page_at(session, "/urzad/godziny")
        assert page is not None
    for number in range(20):
        with site.transaction() as session:
            actions.save_draft(
                session, SYSTEM, page.row.id, expected=None, title="Godziny", body=f"<p>stan {number}</p>"
            )
            actions.publish(session, SYSTEM, page.row.id)
        for process in (client, other):
            assert f"stan {number}" in process.get("/urzad/godziny").text


def test_a_logged_in_person_never_fills_the_cache(client: FlaskClient, people: People) -> None:
    editor = log_in(client.application.test_client(), people.editor)
    assert "Ewa Redaktor" in editor.get("/urzad/godziny").text
    assert "Ewa Redaktor" not in client.get("/urzad/godziny").text


def test_a_file_is_fetched_only_by_those_who_may_open_its_page(
    client: FlaskClient, site: Database, blobs: FolderBlobStore, people: People
) -> None:
    with site.transaction() as session:
        document = documents.store(session, blobs, SYSTEM, data=b"plan", name="plan.txt", origin="content")
        item = actions.create_item(
            session, SYSTEM, "/urzad", "page", "Plan", name="plan", files=[actions.Attachment(document.id, "Plan")]
        )
    address = f"/zalacznik/{item.id}/{document.id}/plan.txt"
    assert client.get(address).status_code == 404
    assert log_in(client.application.test_client(), people.editor).get(address).data == b"plan"
    with site.transaction() as session:
        actions.publish(session, SYSTEM, item.id)
    assert client.get(address).headers["Content-Disposition"].startswith("attachment")
    with site.transaction() as session:
        actions.withdraw(session, SYSTEM, item.id, reason="Nieaktualne")
    assert client.get(address).status_code == 404
    assert client.get("/urzad/plan").status_code == 410


def test_feeds_and_the_sitemap_name_public_pages_only(client: FlaskClient, site: Database) -> None:
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "page", "Tajny szkic", name="szkic")
    for address in ("/rss.xml", "/atom.xml", "/urzad/rss.xml", "/sitemap-1.xml"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "/urzad/godziny" in answer.text
        assert "szkic" not in answer.text
