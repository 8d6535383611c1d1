"""The Bulletin through the API: each kind of withdrawal with its reason, the status of acts from their relations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.content.models import Item
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.bip.conftest import People
from tests.bip.test_relations import act, relate
from tests.content.api.conftest import Api, give_token
from tests.content.api.conftest import api as made_api
from tests.content.web import make_app

OTHER = "/bip/ogloszenia/nowa"


@pytest.fixture
def app(bulletin: Database, blobs: FolderBlobStore, tmp_path: Path) -> Flask:
    return make_app(bulletin, blobs, tmp_path)


api = made_api


@pytest.fixture
def program(api: Api, bulletin: Database, people: People) -> Api:
    return api.with_token(give_token(bulletin, people.publisher, "read", "write", "publish"))


@pytest.fixture
def pair(bulletin: Database) -> tuple[int, int]:
    return act(bulletin, "nowa"), act(bulletin, "stara")


def do(program: Api, database: Database, number: int, act: str, data: dict[str, Any], method: str = "POST") -> Any:
    with database.reading() as session:
        etag = f"{session.get_one(Item, number).version}.1"
    return program.act(f"/api/v1/items/{number}/{act}", data, etag=etag, method=method)


@pytest.mark.parametrize(
    ("asked", "state", "text", "into"),
    [
        ({}, "withdrawn", False, None),
        ({"kind": "error"}, "withdrawn", False, None),
        (
            {"kind": "merged", "into": f"http://gmina.example{OTHER}?x=1"},
            "withdrawn",
            False,
            f"http://localhost{OTHER}",
        ),
        ({"kind": "kept"}, "retired", True, None),
    ],
)
def test_an_item_is_withdrawn_in_each_way_and_everyone_reads_why(
    api: Api, program: Api, bulletin: Database, pair: tuple[int, int],
    asked: dict[str, str], state: str, text: bool, into: str | None,
) -> None:  # fmt: skip
    assert do(program, bulletin, pair[1], "withdraw", asked | {"reason": "Pomyłka"}).status_code == 200
    said = api.get(f"/api/v1/items/{pair[1]}").json or {}
    assert (said["state"], said["version"] is not None) == (state, text)
    how = said["withdrawal"]
    assert (how["kind"], how["reason"], how["into"]) == (asked.get("kind", "error"), "Pomyłka", into)
    assert how["by"]


def test_a_withdrawal_that_says_half_is_refused_and_nothing_happens(
    api: Api, program: Api, bulletin: Database, pair: tuple[int, int]
) -> None:
    wrong = (
        {"kind": "merged", "reason": "x"}, {"kind": "kept", "into": OTHER, "reason": "x"}, {"kind": "kept"},
        {"kind": "erased", "reason": "x"}, {"kind": "merged", "into": "/nie-ma", "reason": "x"},
    )  # fmt: skip
    assert [do(program, bulletin, pair[1], "withdraw", data).status_code for data in wrong] == [422] * 5
    said = api.get(f"/api/v1/items/{pair[1]}").json or {}
    assert (said["state"], said["withdrawal"]) == ("published", None)


def test_the_status_follows_from_relations_and_cannot_be_written_against_them(
    api: Api, program: Api, bulletin: Database, pair: tuple[int, int]
) -> None:
    relate(bulletin, *pair, kind="repeals")
    said = api.get("/api/v1/paths/bip/ogloszenia/stara").json or {}
    assert said["version"]["fields"]["in_force"] == "repealed"
    draft = {"title": "Uchwała", "fields": {"in_force": "in_force"}}
    refused = do(program, bulletin, pair[1], "draft", draft, "PUT")
    assert "uchylona" in refused.json["errors"][0]["detail"]
    assert (
        do(program, bulletin, pair[1], "draft", draft | {"fields": {"in_force": "repealed"}}, "PUT").status_code == 200
    )
    assert do(program, bulletin, pair[0], "draft", draft, "PUT").status_code == 200
