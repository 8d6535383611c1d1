"""Language versions: linked both ways, only those everybody may open, and known to be behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.content import actions, languages, queries
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict
from portal.web import phrases
from tests.content.conftest import People
from tests.content.web import log_in, make_app, post


def page_and_its_english(site: Database) -> tuple[int, int]:
    with site.transaction() as session:
        page = actions.create_item(session, SYSTEM, "/urzad", "page", "Kontakt", name="kontakt", body="<p>Tu</p>")
        actions.publish(session, SYSTEM, page.id)
        english = languages.translate(session, SYSTEM, page.id, "en")
        return page.id, english.id


def test_a_switch_names_only_languages_everybody_may_open(
    site: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    _, english = page_and_its_english(site)
    client = make_app(site, blobs, tmp_path).test_client()
    assert "kontakt-en" not in client.get("/urzad/kontakt").text
    with site.transaction() as session:
        actions.publish(session, SYSTEM, english)
    assert 'hreflang="en" href="http://127.0.0.1:8000/urzad/kontakt-en"' in client.get("/urzad/kontakt").text
    shown = client.get("/urzad/kontakt-en").text
    for piece in ('<html lang="en"', "Skip to content", 'hreflang="pl"', "<p>Tu</p>"):
        assert piece in shown
    assert '<html lang="pl"' in client.get("/urzad/kontakt").text


def test_a_version_is_behind_from_a_change_of_the_original_until_it_is_published_again(site: Database) -> None:
    original, english = page_and_its_english(site)

    def behind() -> bool:
        with site.reading() as session:
            page = queries.page_at(session, "/urzad/kontakt")
            assert page is not None
            return any(one.behind for one in languages.of_editor(session, page.row))

    assert not behind()
    with site.transaction() as session:
        actions.save_draft(session, SYSTEM, original, expected=None, title="Kontakt", body="<p>Tam</p>")
        actions.publish(session, SYSTEM, original)
    assert behind()
    with site.transaction() as session:
        actions.publish(session, SYSTEM, english)
    assert not behind()


def test_an_editor_makes_a_version_once(site: Database, blobs: FolderBlobStore, tmp_path: Path, people: People) -> None:
    original, _ = page_and_its_english(site)
    editor = log_in(make_app(site, blobs, tmp_path).test_client(), people.editor)
    here = f"/redakcja/strona/{original}"
    assert "Utwórz wersję: Українська" in editor.get(here).text
    assert post(editor, here, f"{here}/jezyk", {"language": "uk"}).location.endswith("/edycja")
    with site.transaction() as session, pytest.raises(Conflict):
        languages.translate(session, SYSTEM, original, "uk")


def test_every_language_says_the_same_things() -> None:
    said = {language: set(words) for language, words in phrases._all().items()}
    assert said["en"] == said["uk"]
