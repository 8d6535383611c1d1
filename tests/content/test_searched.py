"""What search is told of items: everything public, nothing that is not."""

from __future__ import annotations

from portal.content import actions, searched
from portal.core.actors import SYSTEM
from portal.core.db import Database
from search.index import PUBLIC
from search.sources import readable_by


def test_a_published_page_is_found_with_its_words_and_place(site: Database) -> None:
    with site.transaction() as session:
        item = actions.create_item(
            session, SYSTEM, "/urzad", "page", "Godziny", summary="Kiedy", body="<p>Poniedziałek</p><p>8–16</p>"
        )
        actions.publish(session, SYSTEM, item.id)
    with site.reading() as session:
        entry = searched.read(session, str(item.id))
        assert entry is not None
        assert (entry.doc.title, entry.doc.body, entry.doc.url) == (
            "Godziny",
            "Kiedy\nPoniedziałek\n8–16",
            "/urzad/godziny",
        )
        assert entry.doc.breadcrumb == ("Urząd",)
        assert entry.doc.readers == {PUBLIC}
        assert str(item.id) in searched.keys(session)


def test_drafts_withdrawn_and_binned_pages_are_not_found(site: Database) -> None:
    with site.transaction() as session:
        draft = actions.create_item(session, SYSTEM, "/urzad", "page", "Szkic")
        gone = actions.create_item(session, SYSTEM, "/urzad", "page", "Wycofana")
        actions.publish(session, SYSTEM, gone.id)
        actions.withdraw(session, SYSTEM, gone.id, reason="Nieaktualna")
        binned = actions.create_item(session, SYSTEM, "/urzad", "page", "W koszu")
        actions.publish(session, SYSTEM, binned.id)
        actions.put_into_bin(session, SYSTEM, binned.id)
    with site.reading() as session:
        for item in (draft, gone, binned):
            assert searched.read(session, str(item.id)) is None
            assert str(item.id) not in searched.keys(session)


def test_what_lies_in_a_protected_place_is_found_by_roles_there_only(site: Database) -> None:
    with site.transaction() as session:
        folder = actions.create_item(session, SYSTEM, "/urzad", "page", "Wewnętrzne", name="w")
        page = actions.create_item(session, SYSTEM, "/urzad/w", "page", "Notatka", name="n")
        for item in (folder, page):
            actions.publish(session, SYSTEM, item.id)
        actions.present(session, SYSTEM, folder.id, in_menu=True, protected=True)
    with site.reading() as session:
        entry = searched.read(session, str(page.id))
        assert entry is not None
        assert entry.doc.readers == readable_by("content.view", "/urzad/w/n")
