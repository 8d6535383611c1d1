"""Lists by key: forwards, backwards, and with keys somebody altered."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import BadRequest

from portal.core import clock
from portal.core.db import Database
from portal.web.models import Attempt
from portal.web.paging import Page, page


@pytest.fixture
def rows(database: Database) -> Database:
    now = clock.now()
    with database.transaction() as session:
        session.add_all(Attempt(bucket=str(n), at=now) for n in range(7))
    return database


def _read(app: Flask, rows: Database, address: str) -> Page[Attempt]:
    with app.test_request_context(address), rows.reading() as session:
        columns = (Attempt.at, Attempt.id)
        return page(session, select(Attempt), columns, key=lambda row: (row.at, row.id), size=3)


def _buckets(found: Page[Attempt]) -> str:
    return "".join(row.bucket for row in found.items)


def test_one_walks_to_the_end_and_back(app: Flask, rows: Database) -> None:
    first = _read(app, rows, "/lista?filtr=nowe")
    second = _read(app, rows, first.older)
    third = _read(app, rows, second.older)
    assert [_buckets(p) for p in (first, second, third)] == ["654", "321", "0"]
    assert (first.newer, third.older) == ("", "")
    assert first.older.startswith("/lista?filtr=nowe&dalej=")
    back = _read(app, rows, third.newer)
    assert _buckets(back) == "321"
    assert _buckets(_read(app, rows, back.newer)) == "654"
    assert _read(app, rows, back.newer).newer == ""


def test_an_empty_list_has_no_neighbours(app: Flask, database: Database) -> None:
    assert _read(app, database, "/lista") == Page([])


@pytest.mark.parametrize(
    "key", ["x", "bnVsbA", "WzFd", "W251bGwsbnVsbF0", "%00", "WyIyMDI2LTAxLTAxIiwgInRleHQiXQ", "A" * 5000]
)
def test_an_altered_key_is_a_bad_request(app: Flask, rows: Database, key: str) -> None:
    with pytest.raises(BadRequest):
        _read(app, rows, f"/lista?dalej={key}")
