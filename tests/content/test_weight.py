"""How heavy pages are on the way: styles and scripts as they are sent, and the rich editor only where one writes."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.content import actions
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.web import log_in, make_app

OWN, EDITOR = 60 * 1024, 130 * 1024
"""Bytes of our own styles and scripts on any page, and what the rich editor may add where texts are written."""


@pytest.fixture
def client(site: Database, people: People, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    with site.transaction() as session:
        bulletin = actions.create_item(session, SYSTEM, "/", "bulletin", "BIP", name="bip")
        actions.publish(session, SYSTEM, bulletin.id)
    return log_in(make_app(site, blobs, tmp_path).test_client(), people.publisher)


def sent(client: FlaskClient, page: str) -> dict[str, int]:
    """Address of each style and script of a page → its bytes on the way."""
    found = re.findall(r'<(?:link rel="stylesheet"|script)[^>]*(?:href|src)="([^"]+)"', client.get(page).text)
    return {
        address: len(client.get(address.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"}, buffered=True).data)
        for address in found
    }


@pytest.mark.parametrize(
    "page",
    ["/", "/urzad", "/bip/", "/szukaj?q=dom", "/redakcja/", "/redakcja/strona/1", "/redakcja/strona/1/zawartosc"],
)
def test_pages_are_light_and_only_writing_brings_the_editor(client: FlaskClient, page: str) -> None:
    own = {address: size for address, size in sent(client, page).items() if address.startswith("/zasoby")}
    assert 0 < sum(own.values()) < OWN
    assert not any("rich.js" in address for address in own)


@pytest.mark.parametrize("page", ["/redakcja/nowa?typ=page&w=/urzad", "/redakcja/strona/2/edycja"])
def test_the_editor_is_sent_packed_and_within_its_budget(client: FlaskClient, page: str) -> None:
    own = {address: size for address, size in sent(client, page).items() if address.startswith("/zasoby")}
    assert sum(own.values()) < OWN + EDITOR
    assert [address.partition("?")[0] for address in own if "rich" in address] == ["/zasoby/content/rich.js"]


def test_a_static_file_is_the_same_packed_or_not(client: FlaskClient) -> None:
    address = next(iter(sent(client, "/")))
    plain, packed = (
        client.get(address, headers={"Accept-Encoding": coding}, buffered=True) for coding in ("identity", "br, gzip")
    )
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_a_packed_file_that_the_browser_has_is_not_sent_again(client: FlaskClient) -> None:
    address, coding = next(iter(sent(client, "/"))), {"Accept-Encoding": "gzip"}
    first = client.get(address, headers=coding, buffered=True)
    again = client.get(address, headers=coding | {"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
