"""Errors are pages in plain Polish with a number, and never show what went wrong inside."""

from __future__ import annotations

import re

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.core.db import Database
from portal.web.texts import message
from tests.web.program import token

INCIDENT = re.compile(r"Numer zdarzenia: <span class=\"w-number\">([2-9A-Z]{4}-[2-9A-Z]{4})</span>")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_error_is_a_polish_page_with_an_incident_number(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/kod/{status}")
    assert answer.status_code == status
    assert INCIDENT.search(answer.text)
    assert f"<h1>{message(f'error.{status}.title')}</h1>" in answer.text


def test_a_status_nobody_foresaw_still_has_a_page(client: FlaskClient) -> None:
    assert "Coś poszło nie tak" in client.get("/kod/418").text


@pytest.mark.parametrize(
    ("kind", "status"),
    [("forbidden", 303), ("not-found", 404), ("conflict", 409), ("invalid", 422), ("outside", 503)],
)
def test_refusals_and_failures_of_others_have_their_status(client: FlaskClient, kind: str, status: int) -> None:
    assert client.get(f"/szczera/{kind}").status_code == status


def test_a_refusal_is_explained_by_its_sentence(client: FlaskClient) -> None:
    assert "Ktoś był szybszy" in client.get("/szczera/conflict").text


def test_the_api_gets_json(client: FlaskClient) -> None:
    answer = client.get("/api/kod/404")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (404, "http.404")
    assert client.get("/api/kod/401").status_code == 401
    assert client.get("/api/nic").json["title"] == "Nie ma takiej strony"  # type: ignore[index]


def test_a_defect_shows_nothing_and_logs_where_but_not_what(client: FlaskClient) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = client.get("/zepsuta")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "44051401359" not in answer.text + str(logs)
    defect = next(line for line in logs if line["event"] == "defect")
    assert defect["error"] == "RuntimeError"
    assert defect["places"][-1].endswith("broken")
    shown = INCIDENT.search(answer.text)
    assert shown is not None
    assert any(line.get("incident") == shown[1] and line["route"] == "/zepsuta" for line in logs)


def test_log_lines_name_the_route_and_not_the_address(client: FlaskClient) -> None:
    with structlog.testing.capture_logs() as logs:
        client.get("/kod/404?pesel=44051401359")
    assert "44051401359" not in str(logs)
    assert [line["route"] for line in logs if line["event"] == "request"] == ["/kod/<int:status>"]


def test_pages_of_our_own_failures_need_no_database(client: FlaskClient, database: Database) -> None:
    with database.write.begin() as connection:
        connection.execute(text("drop table event_head"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Serwis chwilowo niedostępny" in answer.text


def test_a_lost_or_forged_form_token_is_explained(client: FlaskClient) -> None:
    assert "Formularz był otwarty zbyt długo" in client.post("/echo", data={"a": "b"}).text
    assert client.post("/echo", data={"a": "b", "csrf_token": "forged"}).status_code == 400


def test_a_method_that_is_not_taken_says_which_are(client: FlaskClient) -> None:
    assert "POST" in client.get("/echo").headers["Allow"]


def test_a_nul_in_a_field_is_a_bad_request(client: FlaskClient) -> None:
    key = token(client)
    assert client.post("/echo", data={"a": "b\0c", "csrf_token": key}).status_code == 400
    assert client.get("/?q=%00").status_code == 400


def test_a_number_too_large_for_the_database_names_nothing(client: FlaskClient) -> None:
    assert client.get(f"/kod/{2**31}").status_code == 404
    assert client.get(f"/kod/{10**40}").status_code == 404


def test_a_body_that_is_too_large_is_refused_in_words(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 2000
    client = app.test_client()
    answer = client.post("/echo", data={"csrf_token": token(client), "a": "x" * 3000})
    assert answer.status_code == 413
    assert "Za duży plik" in answer.text


def test_too_many_fields_are_refused(client: FlaskClient) -> None:
    fields = {f"f{n}": (None, "x") for n in range(2100)}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\nx\r\n' for n in fields) + "--b--\r\n"
    answer = client.post("/echo", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 413
