"""Exports and imports by those who administer a place: asked on a page, done by the worker, watched, fetched."""

from __future__ import annotations

import io
import os
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal.content import actions
from portal.content.exchange import effects, ties
from portal.content.exchange.actions import folder
from portal.content.exchange.models import Transfer
from portal.content.models import Item
from portal.core import clock
from portal.core.actors import SYSTEM, Actor
from tests.content.exchange.conftest import Town, add_person
from tests.content.web import log_in, make_app, post

HOME = "/redakcja/przenoszenie"


@pytest.fixture
def app(town: Town) -> Flask:
    return make_app(town.database, town.program.blobs, town.folder)  # type: ignore[arg-type]


def client_of(app: Flask, person: Actor) -> FlaskClient:
    return log_in(app.test_client(), person)


@pytest.fixture
def admin(app: Flask, town: Town) -> FlaskClient:
    with town.database.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/urzad", "page", "Strona", name="strona")
        actions.publish(session, SYSTEM, item.id)
    return client_of(app, add_person(town.database, "adam", "Adam Admin", "site_admin"))


def exported(town: Town, admin: FlaskClient) -> bytes:
    answer = post(admin, HOME, f"{HOME}/eksport", {"place": "/urzad"})
    assert answer.status_code == 303
    town.run()
    return fetched(admin, f"{answer.location}/archiwum.zip")


def fetched(admin: FlaskClient, url: str) -> bytes:
    with admin.get(url) as answer:
        return answer.data


def door(admin: FlaskClient) -> str:
    """Where the form of an import is sent, with its pass."""
    return admin.get(HOME).text.partition('action="/redakcja/przenoszenie/import')[2].partition('"')[0]


def sent(admin: FlaskClient, data: bytes, kind: str = "wrota", at: str = "") -> str:
    form = {"kind": kind, "place": "/urzad", "file": (io.BytesIO(data), "a.zip")}
    answer = post(admin, HOME, f"{HOME}/import{at or door(admin)}", form)
    assert answer.location is not None
    return answer.location


def test_a_place_is_packed_and_fetched(town: Town, admin: FlaskClient) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(town, admin))) as packed:
        assert "manifest.json" in packed.namelist()
        assert packed.testzip() is None


def test_an_archive_is_looked_through_and_then_brought_in(town: Town, admin: FlaskClient) -> None:
    data = exported(town, admin)
    # The whole subtree under a page of its own: /urzad/urzad is a folder under a folder.
    page = sent(admin, data)
    assert "Sprawdzamy" in admin.get(page).text
    town.run()
    shown = admin.get(page).text
    assert "Jeszcze nic nie zmieniliśmy" in shown
    assert "/urzad/urzad/strona" in shown
    post(admin, page, f"{page}/wykonaj", {})
    town.run()
    assert town.item("/urzad/urzad/strona").state == "published"
    assert "przeniesiono" in admin.get(f"{page}/sprawozdanie.csv").text
    assert (admin.get(f"{page}/stan").json or {})["state"] == "done"
    assert post(admin, HOME, f"{page}/wykonaj", {}).status_code == 303


def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(town: Town, admin: FlaskClient) -> None:
    with town.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Item))
    page = sent(admin, b"%PDF-1.7")
    town.run()
    assert "To nie jest archiwum ZIP" in admin.get(page).text
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == before
    answer = post(admin, HOME, f"{HOME}/import{door(admin)}", {"kind": "wrota", "place": "/urzad"})
    assert (answer.status_code, "Wybierz plik do wczytania" in answer.text) == (422, True)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(app: Flask, admin: FlaskClient) -> None:
    lengths = {"CONTENT_LENGTH": str(600 * 2**20), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = admin.post(f"{HOME}/import", environ_overrides=lengths)
    assert answer.status_code == 413
    assert "za duże" in answer.text


def test_a_cut_off_part_of_an_export_is_begun_anew(town: Town, admin: FlaskClient) -> None:
    with town.database.transaction() as session:
        for number in range(effects.PART + 5):
            actions.create_item(session, SYSTEM, "/urzad", "page", f"S {number}", name=f"s{number}")
    answer = post(admin, HOME, f"{HOME}/eksport", {"place": "/urzad"})
    made = town.transfer(1)
    (folder(town.folder) / made.file).write_bytes(b"PK cut off")
    with town.database.transaction() as session:
        session.execute(update(Transfer).values(step=0))
    town.run()
    assert town.transfer(1).state == "done"
    with zipfile.ZipFile(io.BytesIO(fetched(admin, f"{answer.location}/archiwum.zip"))) as packed:
        assert packed.testzip() is None
        assert len([name for name in packed.namelist() if name.startswith("items/")]) == effects.PART + 7


@pytest.mark.parametrize(
    ("role", "path"), [("publisher", "/"), ("editor", "/"), ("reader", "/"), ("", "/"), ("site_admin", "/inny")]
)
def test_nobody_else_takes_out_or_brings_in(town: Town, app: Flask, admin: FlaskClient, role: str, path: str) -> None:
    exported(town, admin)
    other = client_of(app, add_person(town.database, "inny", "Inny", role, path))
    for door in ("", "/1", "/1/archiwum.zip", "/1/sprawozdanie.csv", "/1/stan"):
        answer = other.get(f"{HOME}{door}")
        assert answer.status_code in (403, 404) or (door == "" and path == "/inny"), door
    app.config["WTF_CSRF_ENABLED"] = False
    assert other.post(f"{HOME}/eksport", data={"place": "/urzad"}).status_code == 403
    assert town.transfer(1).name not in other.get(HOME).text


def test_files_are_deleted_when_their_time_is_over_and_the_report_stays(town: Town, admin: FlaskClient) -> None:
    exported(town, admin)
    file = town.folder / "exchange" / town.transfer(1).file
    assert file.exists()
    with town.database.transaction() as session:
        session.execute(update(Transfer).values(expires_at=clock.now()))
    town.sweep()
    assert not file.exists()
    assert admin.get(f"{HOME}/1/archiwum.zip").status_code == 404
    assert admin.get(f"{HOME}/1").status_code == 200


def test_a_refused_archive_waits_for_its_form_to_be_put_right_and_is_not_sent_again(
    town: Town, app: Flask, admin: FlaskClient
) -> None:
    data, at = exported(town, admin), door(admin)
    wrong = {"kind": "wrota", "place": "/niema", "file": (io.BytesIO(data), "a.zip")}
    answer = post(admin, HOME, f"{HOME}/import{at}", wrong)
    assert answer.status_code == 422
    assert "Plik „a.zip” jest już na serwerze" in answer.text
    right = {"kind": "wrota", "place": "/urzad", "name": "a.zip"}
    page = post(admin, HOME, f"{HOME}/import{at}", right).location
    town.run()
    assert "Jeszcze nic nie zmieniliśmy" in admin.get(page).text


def test_an_archive_sent_twice_with_the_same_form_is_one_import(town: Town, admin: FlaskClient) -> None:
    data, at = exported(town, admin), door(admin)
    assert sent(admin, data, at=at) == sent(admin, data, at=at)
    assert sent(admin, data, at=at) != sent(admin, data)


def test_a_file_of_the_wrong_kind_is_looked_through_again_without_being_sent(town: Town, admin: FlaskClient) -> None:
    page = sent(admin, exported(town, admin), kind="plone")
    town.run()
    assert "Sprawdź ten sam plik inaczej" in admin.get(page).text
    post(admin, page, f"{page}/sprawdz", {"kind": "wrota", "place": "/urzad"})
    town.run()
    assert "Jeszcze nic nie zmieniliśmy" in admin.get(page).text


def test_what_nobody_put_right_for_a_day_is_deleted(town: Town, app: Flask, admin: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    place = folder(town.folder)
    other = client_of(app, add_person(town.database, "elsewhere", "E", "site_admin", "/inny"))
    lost = {"kind": "wrota", "place": "/urzad", "file": (io.BytesIO(b"x"), "a.zip")}
    answer = other.post(f"{HOME}/import{door(other)}", data=lost)
    assert (answer.status_code, "jest już na serwerze" in answer.text) == (403, True)
    town.sweep()
    [left] = place.iterdir()
    os.utime(left, (0, 0))
    town.sweep()
    assert list(place.iterdir()) == []


def test_the_pass_of_another_person_brings_nothing_in(town: Town, app: Flask, admin: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    other = client_of(app, add_person(town.database, "druga", "Druga", "site_admin"))
    answer = other.post(f"{HOME}/import{door(admin)}", data={"kind": "wrota", "place": "/urzad", "name": "a.zip"})
    assert (answer.status_code, "otworzyła go inna osoba" in answer.text) == (422, True)
    assert list(folder(town.folder).iterdir()) == []


def test_who_gets_the_roles_of_an_archive_is_chosen_on_the_page_and_is_nobody_by_default(
    town: Town, admin: FlaskClient
) -> None:
    people = [add_person(town.database, name, name.title(), "editor", "/urzad") for name in ("anna", "inna", "nowa")]
    data = exported(town, admin)
    page = sent(admin, data)
    town.run()
    assert "Konto „anna”" in admin.get(page).text
    at = admin.get(page).text.partition("Konto „anna”")[0].rpartition('for="')[2].partition('"')[0]
    post(admin, page, f"{page}/wykonaj", {at: f"user:{people[2].user_id}"})
    town.run()
    with town.database.reading() as session:
        found = [(one.name, one.role) for one in ties.roles_at(session, "/urzad/urzad")]
    assert found == [("nowa", "editor")]
    assert "Uprawnień nadanych w tym miejscu nie przeniesiono" in admin.get(page).text
