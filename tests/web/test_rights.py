"""Nothing is served without a stated right; what is stated is enforced."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.core.db import Database
from portal.web.rights import right, right_of
from tests.web.program import add_user, log_in


def test_a_view_without_a_right_is_refused(client: FlaskClient) -> None:
    assert client.get("/zapomniana").status_code == 403


def test_a_right_without_a_name_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="name"):
        right()


def test_every_view_of_ours_states_its_right(app: Flask) -> None:
    silent = [r.endpoint for r in app.url_map.iter_rules() if right_of(app.view_functions[r.endpoint]) is None]
    assert silent == ["pages.silent"]


def test_a_stranger_is_led_to_the_log_in_and_back(client: FlaskClient, database: Database) -> None:
    answer = client.get("/moje/?strona=2")
    assert (answer.status_code, answer.location) == (303, "/logowanie?next=/moje/%3Fstrona%3D2")
    add_user(database, "jan")
    assert log_in(client, "jan", next="/moje/?strona=2") == 303
    assert client.get("/moje/").text == "mine"


def test_a_citizen_may_not_see_the_desk(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    log_in(client, "jan")
    answer = client.get("/biuro/")
    assert answer.status_code == 403
    assert "Jesteś zalogowany jako Jan" in answer.text


def test_a_clerk_of_one_department_sees_the_desk_but_not_another_department(
    client: FlaskClient, database: Database
) -> None:
    add_user(database, "ewa", "staff", clerk="/biuro/OR")
    log_in(client, "ewa")
    assert [client.get(p).status_code for p in ("/biuro/", "/biuro/OR/", "/biuro/FN/")] == [200, 200, 403]


def test_a_right_is_asked_before_a_form_is_looked_at(client: FlaskClient) -> None:
    answer = client.post("/biuro/", data={"x": "1"}, headers={"Referer": "http://localhost/biuro/?filtr=nowe"})
    assert answer.location == "/logowanie?next=/biuro/%3Ffiltr%3Dnowe"
