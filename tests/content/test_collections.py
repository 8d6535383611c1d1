"""Collections: a saved question finds what it asks for, page by page, with a feed; a bad one is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.content import actions, collections, colours, feeds
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Invalid, NotFound
from tests.content.web import make_app


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    with site.transaction() as session:
        for title in ("Łąka przy rzece", "Droga do łąki", "Szkoła"):
            page = actions.create_item(session, SYSTEM, "/urzad", "page", title)
            actions.publish(session, SYSTEM, page.id)
        fields = {"collect_type": "Strona", "collect_under": "/urzad", "collect_words": "Łąk", "collect_sort": "title"}
        found = actions.create_item(
            session, SYSTEM, "/", "collection", "Łąki", name="laki", fields=fields | {"collect_limit": "1"}
        )
        actions.publish(session, SYSTEM, found.id)
    return make_app(site, blobs, tmp_path).test_client()


def test_a_collection_lists_by_place_and_words_page_by_page(client: FlaskClient) -> None:
    first = client.get("/laki").text
    assert "Droga do łąki" in first
    assert "Szkoła" not in first
    assert "Łąka przy rzece" not in first
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Łąka przy rzece" in client.get(following).text


def test_its_feed_names_what_it_finds(client: FlaskClient) -> None:
    for kind in ("rss", "atom"):
        feed = client.get(f"/laki/{kind}.xml").text
        assert "Droga do łąki" in feed
        assert "Szkoła" not in feed


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"collect_type": "Jednorożec"}, "content.collect_unknown_type"),
        ({"collect_type": " , "}, "content.collect_type_missing"),
        ({"collect_type": "page", "collect_under": "urzad"}, "content.collect_bad_place"),
        ({"collect_type": "page", "collect_limit": "1000"}, "content.collect_bad_limit"),
        ({"collect_type": "page", "collect_period": "upcoming"}, "content.collect_period_events_only"),
        ({"collect_type": "page", "collect_words": "a b c d e f"}, "content.collect_too_many_words"),
        ({"collect_type": "page", "collect_sort": "losowo"}, "content.collect_unknown_choice"),
    ],
)
def test_a_question_that_cannot_be_understood_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        collections.wish_of(fields)
    assert refusal.value.code == code


def test_a_colour_too_light_to_read_is_refused() -> None:
    assert colours.checked("#0B4F6C") == "0b4f6c"
    assert colours.contrast_with_white("000000") == pytest.approx(21)
    assert colours.contrast_with_white("767676") == pytest.approx(4.54, abs=0.01)
    for text, code in (("#777777", "content.colour_too_light"), ("niebieski", "content.bad_colour")):
        with pytest.raises(Invalid) as refusal:
            colours.checked(text)
        assert refusal.value.code == code


def test_the_site_map_is_an_index_of_parts(client: FlaskClient, site: Database) -> None:
    assert "/sitemap-1.xml" in client.get("/sitemap.xml").text
    assert "/urzad" in client.get("/sitemap-1.xml").text
    with site.reading() as session, pytest.raises(NotFound):
        feeds.sitemap_part(session, "", 2)
