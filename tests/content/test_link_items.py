"""Items that only lead elsewhere: to a page of ours wherever it moves, to another site, never to a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forms.validators import leads_somewhere
from portal.content import actions, links
from portal.content.models import OutsideLink
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.web import log_in, make_app, post

HOSTILE = (
    "javascript:alert(1)",
    "JaVaScRiPt:x",
    "data:text/html,x",
    "//zly.example",
    "/\\zly.example",
    "https://",
    "/a b",
)


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(site, blobs, tmp_path).test_client()


def link(database: Database, address: str) -> int:
    with database.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/", "link", "Skrót", name="skrot", fields={"address": address})
        actions.publish(session, SYSTEM, item.id)
        return item.id


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_a_script_or_hides_another_site_leads_nowhere(
    client: FlaskClient, site: Database, people: People, address: str
) -> None:
    refused = post(
        log_in(client, people.editor),
        "/redakcja/nowa?typ=link&w=/",
        "/redakcja/nowa?typ=link&w=/",
        {"title": "Skrót", "pole-address": address},
    )
    assert refused.status_code == 422
    link(site, address)
    shown = client.get("/skrot")
    assert shown.status_code == 200
    assert f'href="{address}"' not in shown.text


@pytest.mark.parametrize("address", ["/urzad", "/urzad?a=1#b", "https://gov.pl", "http://a.pl/x?y#z", "mailto:a@b.pl"])
def test_pages_of_ours_and_of_others_are_places_to_lead_to(address: str) -> None:
    assert leads_somewhere(address)


def test_a_link_follows_its_page_when_it_moves_and_says_when_it_is_gone(client: FlaskClient, site: Database) -> None:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Godziny", name="godziny")
        actions.publish(session, SYSTEM, page.id)
    link(site, "/urzad/godziny?dzien=1#rano")
    with site.transaction() as session:
        actions.rename(session, SYSTEM, page.id, "otwarcie")
        other = actions.create_item(session, SYSTEM, "/urzad", "page", "Inne", name="godziny")
        actions.publish(session, SYSTEM, other.id)
    assert client.get("/skrot").location == "/urzad/otwarcie?dzien=1#rano"
    with site.transaction() as session:
        assert [path for _, path, _ in links.linking_to(session, [page.id])] == ["/skrot"]
        actions.put_into_bin(session, SYSTEM, page.id)
    assert client.get("/skrot").location == f"/usuniete/{page.id}"


def test_where_a_link_leads_outside_is_asked_for_every_week_too(site: Database) -> None:
    link(site, "https://gov.example/strona")
    with site.reading() as session:
        assert session.scalars(select(OutsideLink.address)).all() == ["https://gov.example/strona"]
