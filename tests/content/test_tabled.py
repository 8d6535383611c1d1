"""Lists for machines: whole however long, public only, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.content import actions, tabled
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.web import make_app


@pytest.fixture
def visitor(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    return make_app(site, blobs, tmp_path).test_client()


def add(database: Database, title: str, parent: str = "/urzad", kind: str = "page", **fields: str) -> str:
    with database.transaction() as session:
        item = actions.create_item(session, SYSTEM, parent, kind, title, fields=dict(fields))
        actions.publish(session, SYSTEM, item.id)
        return item.path


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_place_lists_what_lies_in_it_and_on_request_all_below(visitor: FlaskClient, site: Database) -> None:
    inner = add(site, "Wewnętrzna", parent=add(site, "Zwykła"))
    here = lines(visitor.get("/urzad/lista.csv").text)
    assert [row["title"] for row in here] == ["Zwykła"]
    everything = (visitor.get("/urzad/lista.json?zakres=wszystko").json or {})["rows"]
    assert {row["path"] for row in everything} == {"/urzad/zwykla", inner}


def test_a_cell_that_looks_like_a_formula_is_only_text(visitor: FlaskClient, site: Database) -> None:
    add(site, "=HYPERLINK(1)")
    assert lines(visitor.get("/urzad/lista.csv").text)[0]["title"] == "'=HYPERLINK(1)"


def test_a_list_longer_than_one_part_is_whole(visitor: FlaskClient, site: Database) -> None:
    with site.transaction() as session:
        for number in range(tabled._PART + 3):
            item = actions.create_item(session, SYSTEM, "/urzad", "page", f"S {number}", name=f"s{number}")
            actions.publish(session, SYSTEM, item.id)
    assert len(lines(visitor.get("/urzad/lista.csv").text)) == tabled._PART + 3


def test_what_is_not_public_is_in_no_list(visitor: FlaskClient, site: Database) -> None:
    path = add(site, "Zamknięta")
    with site.transaction() as session:
        item = actions.create_item(session, SYSTEM, "/urzad", "page", "Robocza")
        actions.present(session, SYSTEM, 2, in_menu=True, protected=True)
        assert item.path != path
    assert visitor.get("/urzad/lista.csv").status_code == 404
    assert "Zamknięta" not in visitor.get("/lista.csv?zakres=wszystko").text


def test_a_collection_is_a_table_of_what_it_finds(visitor: FlaskClient, site: Database) -> None:
    path = add(site, "Strona")
    fields = {"collect_type": "page", "collect_under": "/urzad"}
    place = add(site, "Zbiór", parent="/", kind="collection", **fields)
    assert [row["path"] for row in lines(visitor.get(f"{place}/lista.csv").text)] == [path]
    assert visitor.get("/urzad/lista.xml").status_code == 404
