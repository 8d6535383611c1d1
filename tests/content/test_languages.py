"""Language versions: linked both ways, only those everybody may open, and known to be behind."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.content import actions, languages, queries
from portal.content.models import Item
from portal.core import documents
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Conflict
from portal.web import formats, phrases
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


class Spoken(HTMLParser):
    """What a page says outside elements marked as Polish: texts, labels, titles, placeholders."""

    void = frozenset(("br", "img", "input", "link", "meta", "source", "hr"))

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._polish = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        polish = self._polish[-1] if given.get("lang") is None else given["lang"] == "pl"
        if not polish:
            names = ("aria-label", "title", "placeholder", "alt", "aria-description")
            self.said += [str(given[name]) for name in names if given.get(name)]
        if tag not in self.void:
            self._polish.append(polish or tag in ("script", "style"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            self._polish.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._polish[-1]:
            self.said.append(" ".join(data.split()))


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_frame_of_a_page_in_another_language_speaks_it_and_marks_what_does_not(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, language: str
) -> None:
    kinds = ("page", "folder", "news_folder", "event_folder", "collection", "image", "file", "subsite")
    given: dict[str, dict[str, str]] = {"collection": {"collect_type": "news"}, "image": {"alt": "A bridge"}}
    with site.transaction() as session:
        settings = {"banner": "Zamknięte mosty", "contact": "ul. Źródlana 1"}
        actions.configure(session, SYSTEM, session.scalars(select(Item.id).where(Item.path == "/")).one(), settings)
        for kind in kinds:
            file = documents.store(session, blobs, SYSTEM, data=b"text", name="a.txt", origin="content")
            files = [actions.Attachment(file.id, "Text")]
            where = "/" if kind in ("subsite", "event_folder") else "/urzad"
            item = actions.create_item(
                session, SYSTEM, where, kind, f"Page {kind}", name=kind.replace("_", "-"), files=files,
                body="<p>Text</p><table><tr><th>A</th></tr></table>", fields=given.get(kind, {}),
            )  # fmt: skip
            item.language = language
            actions.publish(session, SYSTEM, item.id)
        for kind, where in (("news", "/urzad/news-folder"), ("event", "/event-folder")):
            fields = {"starts_on": "2026-12-01", "place": "Square"} if kind == "event" else {}
            actions.publish(
                session, SYSTEM, actions.create_item(session, SYSTEM, where, kind, "News", name=kind, fields=fields).id
            )
        paths = sorted(session.scalars(select(Item.path).where(Item.language == language)))
    client = make_app(site, blobs, tmp_path).test_client()
    for path in paths:
        assert said_in_polish(client.get(path).text, language) == [], path


def test_dates_and_sizes_are_said_in_the_language_of_the_page(
    site: Database, blobs: FolderBlobStore, tmp_path: Path
) -> None:
    app = make_app(site, blobs, tmp_path)
    for language, day, size in (
        ("pl", "1 maja 2026", "1,5 MB"),
        ("en", "1 May 2026", "1.5 MB"),
        ("uk", "1 травня 2026", "1,5 MB"),
    ):
        with app.test_request_context("/"):
            phrases.speak(language)
            assert formats.day(date(2026, 5, 1)).replace("\xa0", " ") == day
            assert formats.size(1536 * 1024).replace("\xa0", " ") == size


def said_in_polish(page: str, language: str) -> list[str]:
    """Polish words of a page that should speak ``language``, outside what is marked as Polish."""
    spoken = Spoken()
    spoken.feed(page)
    polish = {text for text, other in phrases._all()[language].items() if text != other}
    return [said for said in spoken.said if said in polish or re.search("[ąćęłńóśźż]", said, re.IGNORECASE)]


@pytest.mark.parametrize("language", ["en", "uk"])
def test_home_search_and_a_page_that_is_gone_speak_the_visitors_language(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, language: str
) -> None:
    with site.transaction() as session:
        for kind, name in (("news", "koncert"), ("page", "plan")):
            where = "/urzad" if kind == "page" else "/aktualnosci"
            if kind == "news":
                folder = actions.create_item(session, SYSTEM, "/", "news_folder", "Wieści", name="aktualnosci")
                actions.publish(session, SYSTEM, folder.id)
            made = actions.create_item(session, SYSTEM, where, kind, "Żółty most", name=name)
            actions.publish(session, SYSTEM, made.id)
        made.language = language
        actions.withdraw(session, SYSTEM, made.id, reason="Koniec")
    client = make_app(site, blobs, tmp_path).test_client()
    asked = f"jezyk={language}"
    for address in (f"/?{asked}", f"/szukaj?{asked}", f"/szukaj?q=most&{asked}&zle=1", "/urzad/plan"):
        page = client.get(address).text
        assert f'<html lang="{language}"' in page, address
        assert said_in_polish(page, language) == [], address
    assert f'name="jezyk" value="{language}"' in page
    assert f'hreflang="{language}"' in client.get("/").text
    assert '<html lang="pl"' in client.get("/?jezyk=xx").text
