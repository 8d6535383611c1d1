"""Pages that go out before the program is entered are the pages the program would have made."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from portal.content import actions
from portal.core.actors import SYSTEM
from portal.core.blobs import FolderBlobStore
from portal.core.db import Database
from tests.content.conftest import People
from tests.content.web import log_in, make_app

OWN = {"Date"}


@pytest.fixture
def client(site: Database, blobs: FolderBlobStore, tmp_path: Path) -> FlaskClient:
    client = make_app(site, blobs, tmp_path).test_client(use_cookies=False)
    client.get("/urzad")
    return client


def rename(site: Database, title: str) -> None:
    with site.transaction() as session:
        folder = actions.create_item(session, SYSTEM, "/urzad", "page", title)
        actions.publish(session, SYSTEM, folder.id)


def entered(client: FlaskClient, path: str, **headers: str) -> bool:
    """Whether the program itself was asked: the gate alone writes a line without a thread of its own."""
    with client.application.app_context():
        seen: list[str] = []
        client.application.before_request_funcs.setdefault(None, []).append(lambda: seen.append(path))
        client.get(path, headers=headers)
        client.application.before_request_funcs[None].pop()
        return bool(seen)


def test_a_kept_page_goes_out_with_the_same_headers_and_text(client: FlaskClient) -> None:
    inside = client.get("/urzad?x=1")
    outside = client.get("/urzad?x=1")
    assert not entered(client, "/urzad?x=1")
    assert outside.data == inside.data
    assert {n: v for n, v in outside.headers if n not in OWN} == {n: v for n, v in inside.headers if n not in OWN}


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/urzad").headers["ETag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        answer = client.get("/urzad", headers={"If-None-Match": asked})
        assert (answer.status_code, answer.data) == (304, b""), asked
        assert answer.headers["ETag"] == tag
        assert "Content-Type" not in answer.headers
    assert client.get("/urzad", headers={"If-None-Match": '"other"'}).status_code == 200


def test_whoever_sends_any_other_cookie_enters(client: FlaskClient) -> None:
    assert not entered(client, "/urzad")
    assert entered(client, "/urzad", Cookie="wrota=abc")
    assert entered(client, "/urzad", Cookie="wyglad=ciemny; other=1")
    assert entered(client, "/urzad", Cookie="wyglad=ciemny")
    assert not entered(client, "/urzad", Cookie="wyglad=ciemny")
    assert 'data-scheme="ciemny"' in client.get("/urzad", headers={"Cookie": "wyglad=ciemny"}).text
    assert 'data-scheme="ciemny"' not in client.get("/urzad").text


def test_a_change_is_seen_at_the_next_request(client: FlaskClient, site: Database) -> None:
    rename(site, "Nowa strona")
    assert "Nowa strona" in client.get("/urzad").text


def test_home_and_pages_do_not_push_each_other_out(client: FlaskClient) -> None:
    client.get("/")
    assert not entered(client, "/urzad")
    assert not entered(client, "/")


def test_a_page_of_somebody_known_is_never_kept(
    site: Database, blobs: FolderBlobStore, tmp_path: Path, people: People
) -> None:
    app = make_app(site, blobs, tmp_path)
    person = log_in(app.test_client(), people.editor)
    assert "Ewa Redaktor" in person.get("/urzad").text
    visitor = app.test_client(use_cookies=False)
    assert "Ewa Redaktor" not in visitor.get("/urzad").text
    assert entered(visitor, "/urzad?y=1")


def test_a_host_that_is_not_ours_is_refused_though_the_page_is_kept(client: FlaskClient) -> None:
    assert client.get("/urzad", headers={"Host": "evil.example"}).status_code == 400


def test_what_goes_out_at_the_gate_is_logged_and_measured(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.get("/urzad")
    assert [(line["route"], line["status"]) for line in lines if line["event"] == "request"] == [("/<path:path>", 200)]
    figures = client.get("/metrics").text
    assert 'wrota_requests_total{method="GET",route="/<path:path>",status="200"} 2.0' in figures


def test_a_database_that_does_not_answer_is_said_as_ever(client: FlaskClient, site: Database) -> None:
    with site.write.begin() as connection:
        connection.exec_driver_sql("alter table site_version rename to elsewhere")
    assert client.get("/urzad").status_code in (500, 503)
