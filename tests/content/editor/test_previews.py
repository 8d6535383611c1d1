"""Preview: what publishing would make, for editors and by a link for others; nothing beyond its one version."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.content import actions
from portal.content.editor import previews
from portal.core import clock, documents
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import Forbidden
from tests.content.conftest import People, add_person
from tests.content.editor.conftest import Come
from tests.content.web import post


@pytest.fixture
def draft(site: Database, people: People, number: int, blobs: FolderBlobStore) -> int:
    """The number of a file beside the second version, which nobody published."""
    with site.transaction() as session:
        file = documents.store(session, blobs, SYSTEM, data=b"tajne", name="a.txt", origin="content")
        actions.save_draft(
            session, people.editor, number, expected=None, title="Nowe godziny", body="<h2>Robocze</h2>",
            files=[actions.Attachment(file.id, "Plik")],
        )  # fmt: skip
        return file.id


def link(client: FlaskClient, number: int) -> str:
    page = f"/redakcja/strona/{number}/linki"
    post(client, page, page, {"days": "7"})
    found = re.search(r"/podglad/[\w.-]+", client.get(page).text)
    assert found
    return found.group()


def test_the_preview_is_the_public_page_with_a_bar(come: Come, people: People, number: int, draft: int) -> None:
    page = come(people.editor).get(f"/redakcja/strona/{number}/podglad")
    public = come(None).get("/urzad/godziny").text
    assert "to nie jest opublikowane" in page.text
    assert "<h1>Nowe godziny</h1>" in page.text
    assert re.search(r"<title>.*?</title>", public).group().replace("Godziny", "Nowe godziny") in page.text  # type: ignore[union-attr]
    assert "Robocze" not in public


def test_a_link_shows_exactly_one_version_to_whoever_has_it(
    site: Database, come: Come, people: People, number: int, draft: int
) -> None:
    address = link(come(people.editor), number)
    with site.transaction() as session:
        actions.save_draft(session, people.editor, number, expected=None, title="Jeszcze nowsze", body="<p>Później</p>")
    answer = come(None).get(address)
    assert "Robocze" in answer.text
    assert "Później" not in answer.text
    assert "/redakcja/" not in answer.text
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_a_link_opens_the_files_of_its_version_and_no_others(
    site: Database, come: Come, people: People, number: int, draft: int, blobs: FolderBlobStore
) -> None:
    address = link(come(people.editor), number)
    with site.transaction() as session:
        other = documents.store(session, blobs, SYSTEM, data=b"inne", name="b.txt", origin="content").id
    visitor = come(None)
    assert f"{address}/plik/{draft}/a.txt" in visitor.get(address).text
    assert visitor.get(f"{address}/plik/{draft}/a.txt").data == b"tajne"
    assert visitor.get(f"{address}/plik/{other}/b.txt").status_code == 404
    assert visitor.get(f"/zalacznik/{number}/{draft}/a.txt").status_code == 404


def test_a_link_ends_when_revoked_expired_altered_binned_or_its_giver_left(
    site: Database, come: Come, people: People, number: int, draft: int
) -> None:
    ewa, visitor = come(people.editor), come(None)
    address = link(ewa, number)
    assert visitor.get(address).status_code == 200
    assert visitor.get(f"{address}x").status_code == 410
    with clock.frozen(clock.now() + previews.timedelta(days=8)):
        assert visitor.get(address).status_code == 410
    page = f"/redakcja/strona/{number}/linki"
    post(ewa, page, f"{page}/1/odwolaj", {})
    assert visitor.get(address).status_code == 410
    assert visitor.get(f"{address}/plik/{draft}/a.txt").status_code == 404
    second = link(ewa, number)
    with site.transaction() as session:
        actions.put_into_bin(session, people.publisher, number)
    assert visitor.get(second).status_code == 410


@pytest.mark.parametrize("role", ["", "reader"])
def test_only_editors_of_the_place_give_links(site: Database, number: int, role: str) -> None:
    person: Actor = add_person(site, "obcy", "Obcy", role, "/urzad")
    with pytest.raises(Forbidden), site.transaction() as session:
        previews.create(session, person, number, days=7)
