"""Preview: what publishing would make, for editors and by a link for others; nothing beyond its one version."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.accounts.models import Grant
from portal.content import actions, pictures
from portal.content.editor import previews
from portal.content.models import Item
from portal.core import clock, documents
from portal.core.actors import SYSTEM, Actor
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from portal.core.errors import DomainError, Forbidden
from tests.content.conftest import People, add_person
from tests.content.editor.conftest import Come
from tests.content.test_images import add_image, photograph, work
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


@pytest.fixture
def picture(site: Database, blobs: FolderBlobStore) -> tuple[int, int]:
    """An image nobody published and nobody described: its number and its file's, its versions made."""
    item, document = add_image(site, blobs, photograph(400, 300))
    work(site, blobs, document)
    return item, document


def test_a_reviewer_with_a_link_sees_images_nobody_published_and_nobody_else_does(
    site: Database, come: Come, people: People, number: int, picture: tuple[int, int]
) -> None:
    item, document = picture
    with site.transaction() as session:
        body = f'<p><img src="/obraz/{item}" alt="Most"></p>'
        actions.save_draft(session, people.editor, number, expected=None, title="Godziny", body=body)
    ewa, visitor = come(people.editor), come(None)
    address, file = link(ewa, number), f"{item}/{document}/w320.jpg"
    assert f"/obraz/{file} 320w" in ewa.get(f"/redakcja/strona/{number}/podglad").text
    assert f"/obraz/{file} 320w" in ewa.get(f"/redakcja/strona/{number}").text
    assert f"{address}/obraz/{file} 320w" in visitor.get(address).text
    answer = visitor.get(f"{address}/obraz/{file}")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert [visitor.get(f"/obraz/{one}").status_code for one in (item, file)] == [404, 404]


def test_a_link_lends_the_eyes_of_its_giver_and_only_to_what_its_version_shows(
    site: Database, come: Come, people: People, number: int, picture: tuple[int, int]
) -> None:
    item, document = picture
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/", "folder", "Szkoła", name="szkola")
        page = actions.create_item(
            session, SYSTEM, "/szkola", "page", "Plan", body=f'<p><img src="/obraz/{item}" alt="Most"></p>'
        )
    sekretarz = come(add_person(site, "sekretarz", "Sekretarz", "editor", "/szkola"))
    addresses = link(sekretarz, page.id), link(come(people.editor), number)
    file = f"obraz/{item}/{document}/w320.jpg"
    assert "<img" not in come(None).get(addresses[0]).text.partition("<main")[2]
    assert [come(None).get(f"{address}/{file}").status_code for address in addresses] == [404, 404]


def test_images_go_out_with_the_page_that_shows_them_described_as_it_describes_them(
    site: Database, come: Come, people: People, number: int, picture: tuple[int, int]
) -> None:
    item, document = picture
    with site.transaction() as session:
        body = f'<p><img src="/obraz/{item}" alt="Most na rzece"></p>'
        actions.save_draft(session, people.editor, number, expected=None, title="Godziny", body=body)
        actions.publish(session, people.publisher, number)
    assert f"/obraz/{item}/{document}/w320.jpg" in come(None).get("/urzad/godziny").text
    with site.reading() as session:
        shown = pictures.shown(session, [item])[item]
        assert shown.alt == "Most na rzece"


@pytest.mark.parametrize(
    ("where", "fields", "code"),
    [("/urzad", {"picture": "/urzad/most"}, "image_without_words"), ("/urzad/godziny", {}, "image_of_others")],
)
def test_a_page_does_not_go_out_with_holes(
    site: Database, people: People, number: int, picture: tuple[int, int], where: str, fields: dict[str, str], code: str
) -> None:
    person = add_person(site, "wanda", "Wanda", "publisher", where)
    with site.transaction() as session:
        session.add(Grant(path="/urzad", principal=f"user:{person.user_id}", role="editor"))
        body = "" if fields else f'<p><img src="/obraz/{picture[0]}" alt="Most"></p>'
        actions.save_draft(session, person, number, expected=None, title="Nowe", body=body, fields=fields)
    with pytest.raises(DomainError) as refusal, site.transaction() as session:
        actions.publish(session, person, number)
    assert refusal.value.code == f"content.{code}"
    with site.reading() as session:
        assert session.get_one(Item, number).title == "Godziny"


def test_the_preview_of_an_image_and_of_an_event_show_their_working_copies(
    site: Database, come: Come, people: People, picture: tuple[int, int]
) -> None:
    item, document = picture
    with site.transaction() as session:
        actions.create_item(session, SYSTEM, "/urzad", "event_folder", "Kalendarz", name="kalendarz")
        when = {"starts_on": "2027-05-03", "place": "Rynek", "picture": "/urzad/most"}
        event = actions.create_item(session, SYSTEM, "/urzad/kalendarz", "event", "Święto", fields=when)
    ewa = come(people.editor)
    assert f"/obraz/{item}/{document}/w320.jpg" in ewa.get(f"/redakcja/strona/{item}/podglad").text
    shown = ewa.get(f"/redakcja/strona/{event.id}/podglad").text
    assert "3 maja 2027" in shown.replace("\xa0", " ").replace("&nbsp;", " ")
    assert f"/obraz/{item}/{document}/naglowek-50-50" in shown
