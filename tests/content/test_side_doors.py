"""Every way to a page, for every kind of person, in every state: nobody reads what they may not.

A new way to read items belongs in ``DOORS``; the expected answer follows from one rule, not from the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.content import actions, searched
from portal.core import documents
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from search.sources import readers
from tests.content.conftest import add_person
from tests.content.web import log_in, make_app

SECRET = "Tajemnica dziewięciu sołtysów"
STATES = ("draft", "pending", "published", "withdrawn", "archived", "binned", "protected", "revised")
ROLES = ("anonymous", "citizen", "reader", "editor", "reviewer", "publisher", "elsewhere")


@dataclass(frozen=True)
class Scene:
    """One page in one state, and the addresses of the ways to it."""

    item_id: int
    document_id: int

    def address(self, door: str) -> str:
        """The address of ``door`` for this page."""
        return door.format(item=self.item_id, file=self.document_id)


PUBLIC_DOORS = {
    "page": "/urzad/strona",
    "file": "/zalacznik/{item}/{file}/a.txt",
    "folder": "/urzad",
    "rss": "/urzad/rss.xml",
    "atom": "/atom.xml",
    "sitemap": "/sitemap-1.xml",
    "list as CSV": "/urzad/lista.csv",
    "list as JSON": "/urzad/lista.json",
    "calendar": "/urzad/kalendarz.ics",
    "map": "/mapa-strony",
    "home": "/",
    "register of changes": "/bip/rejestr-zmian?q=tajemnica",
    "register as a feed": "/bip/rejestr-zmian.atom?q=tajemnica",
}
EDITOR_DOORS = {
    "desk": "/redakcja/",
    "item": "/redakcja/strona/{item}",
    "edit": "/redakcja/strona/{item}/edycja",
    "history": "/redakcja/strona/{item}/historia",
    "difference": "/redakcja/strona/{item}/porownanie/1/1",
    "personal": "/redakcja/strona/{item}/anonimizacja",
    "bin": "/redakcja/kosz",
    "preview": "/redakcja/strona/{item}/podglad",
    "preview links": "/redakcja/strona/{item}/linki",
    "waiting": "/redakcja/do-akceptacji?kto=wszyscy",
    "drafts": "/redakcja/szkice?kto=wszyscy",
    "rights": "/redakcja/strona/{item}/kto",
    "contents": "/redakcja/strona/{item}/zawartosc",
    "bulk upload": "/redakcja/strona/{item}/wgraj",
    "settings": "/redakcja/strona/{item}/ustawienia",
    "exports": "/redakcja/przenoszenie",
    "statistics": "/redakcja/statystyki?adres=/urzad/strona",
    "links": "/redakcja/odnosniki/",
    "links inside": "/redakcja/odnosniki/wewnetrzne",
    "picking": "/redakcja/wybierz?q=tajemnica",
    "finding": "/redakcja/znajdz?q=tajemnica",
    "finding by address": "/redakcja/znajdz?q=/urzad/st",
    "picking as data": "/redakcja/wybierz.json?q=strona",
}


def scene(database: Database, blobs: FolderBlobStore, state: str) -> Scene:
    """A page whose title, text and file hold ``SECRET``, brought into ``state``."""
    with database.transaction() as session:
        title = "Jawny tytuł" if state == "revised" else SECRET
        file = documents.store(session, blobs, SYSTEM, data=SECRET.encode(), name="a.txt", origin="content")
        item = actions.create_item(
            session, SYSTEM, "/urzad", "page", title, name="strona", in_menu=True,
            body="<p>jawne</p>" if state == "revised" else f"<p>{SECRET}</p>",
            files=[] if state == "revised" else [actions.Attachment(file.id, SECRET)],
        )  # fmt: skip
        if state == "pending":
            actions.submit(session, SYSTEM, item.id)
        if state in ("published", "withdrawn", "archived", "protected", "revised", "binned"):
            actions.publish(session, SYSTEM, item.id)
        if state == "withdrawn":
            actions.withdraw(session, SYSTEM, item.id, reason="powód")
        if state == "archived":
            actions.archive(session, SYSTEM, item.id, reason="powód")
        if state == "binned":
            actions.put_into_bin(session, SYSTEM, item.id)
        if state == "protected":
            actions.present(session, SYSTEM, item.id, in_menu=True, protected=True)
        if state == "revised":
            actions.save_draft(
                session, SYSTEM, item.id, expected=None, title=SECRET, body=f"<p>{SECRET}</p>",
                files=[actions.Attachment(file.id, SECRET)],
            )  # fmt: skip
        return Scene(item.id, file.id)


def people(database: Database) -> dict[str, Actor | None]:
    roles = {"reader": "reader", "editor": "editor", "reviewer": "reviewer", "publisher": "publisher"}
    found: dict[str, Actor | None] = {"anonymous": None, "citizen": add_person(database, "c", "C", "")}
    found |= {name: add_person(database, name, name, role, "/urzad") for name, role in roles.items()}
    found["elsewhere"] = add_person(database, "e", "E", "publisher", "/inny")
    return found


def may_read(role: str, state: str) -> bool:
    """The rule: what is published is for everyone; the rest for those with a role at the place."""
    return state == "published" or role in ("reader", "editor", "reviewer", "publisher")


def as_person(client: FlaskClient, person: Actor | None) -> FlaskClient:
    fresh = client.application.test_client()
    return log_in(fresh, person) if person else fresh


@pytest.mark.parametrize("state", STATES)
def test_no_way_shows_a_page_to_those_who_may_not_read_it(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, state: str
) -> None:
    here, everyone = scene(site, blobs, state), people(site)
    app = make_app(site, blobs, tmp_path).test_client()
    leaks, shut = [], []
    for role in ROLES:
        client = as_person(app, everyone[role])
        for door, address in (PUBLIC_DOORS | EDITOR_DOORS).items():
            shown = SECRET in client.get(here.address(address), follow_redirects=True).text
            if shown and not may_read(role, state):
                leaks.append((role, door))
            if door == "item" and state != "binned" and role in ("editor", "publisher") and not shown:
                shut.append((role, door))
    assert leaks == []
    assert shut == []


@pytest.mark.parametrize("state", STATES)
def test_search_is_told_of_a_page_only_for_those_who_may_read_it(
    site: Database, blobs: FolderBlobStore, state: str
) -> None:
    here, everyone = scene(site, blobs, state), people(site)
    with site.reading() as session:
        entry = searched.read(session, str(here.item_id))
        if state in ("draft", "pending", "withdrawn", "archived", "binned"):
            assert entry is None
            return
        assert entry is not None
        if state == "revised":
            assert SECRET not in entry.doc.title + entry.doc.body
            return
        for role, person in everyone.items():
            tokens = readers(session, person) | {"everyone"} if person else {"everyone"}
            assert bool(entry.doc.readers & tokens) == (state == "published" or may_read(role, state))


@pytest.mark.parametrize("role", ROLES)
def test_acts_are_refused_to_those_without_the_right(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, role: str
) -> None:
    here, everyone = scene(site, blobs, "published"), people(site)
    app = make_app(site, blobs, tmp_path)
    app.config["WTF_CSRF_ENABLED"] = False
    client = as_person(app.test_client(), everyone[role])
    base = f"/redakcja/strona/{here.item_id}"
    needed = {
        "edytuj": ("editor", "reviewer", "publisher"),
        "wycofaj": ("publisher",),
        "usun": ("publisher",),
        "menu": ("publisher",),
        "terminy": ("publisher",),
    }
    for act, allowed in needed.items():
        url = f"{base}/edycja" if act == "edytuj" else f"{base}/{act}"
        before = _facts(site, here.item_id)
        client.post(url, data={"title": f"Nowy {act}", "reason": "", "expected": ""})
        after = _facts(site, here.item_id)
        if role not in allowed:
            assert after == before, (role, act)


def _facts(database: Database, item_id: int) -> tuple[object, ...]:
    from portal.content.models import Item

    with database.reading() as session:
        item = session.get_one(Item, item_id)
        return (
            item.state,
            item.review,
            item.path,
            item.in_menu,
            item.protected,
            item.draft_version_id,
            item.expires_at,
        )
