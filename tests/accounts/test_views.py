"""Logging in and out, as a browser meets it."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts import actions, demo
from portal.core import actors, clock
from portal.core.actors import SYSTEM
from portal.core.db import Database
from tests.web.program import PASSWORD, add_user, log_in, make_app, token


def _is_in(client: FlaskClient) -> bool:
    return client.get("/moje/").status_code == 200


def _codes(client: FlaskClient) -> pyotp.TOTP:
    """Set the second factor up as a person would: the key from the page, the code from the telephone."""
    page = client.get("/konto/drugi-skladnik").text
    secret = page.split("przepisz klucz:")[1].split('w-number">')[1].split("<")[0].replace(" ", "")
    codes = pyotp.TOTP(secret)
    data = {"csrf_token": token(client, "/konto"), "code": codes.at(clock.now()), "password": PASSWORD}
    assert client.post("/konto/drugi-skladnik", data=data).status_code == 303
    return codes


@pytest.mark.parametrize(
    ("kind", "grants", "start"),
    [
        ("citizen", {}, "/moje/"), ("staff", {"clerk": "/biuro/OR"}, "/biuro/"),
        ("staff", {"editor": "/"}, "/redakcja/"), ("staff", {}, "/"),
    ],
)  # fmt: skip
def test_everybody_starts_where_their_work_is(
    client: FlaskClient, database: Database, kind: str, grants: dict[str, str], start: str
) -> None:
    add_user(database, "jan", kind, **grants)
    data = {"csrf_token": token(client), "login": "jan", "password": PASSWORD}
    assert client.post("/logowanie", data=data).location == start
    assert client.get("/logowanie").location == start


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    pages = []
    for login in ("jan", "inn"):
        data = {"csrf_token": token(client), "login": login, "password": "zle-haslo-zupelnie"}
        answer = client.post("/logowanie", data=data)
        assert answer.status_code == 422
        pages.append(answer.text.replace(f'value="{login}"', ""))
    assert _without_tokens(pages[0]) == _without_tokens(pages[1])
    assert 'value="zle' not in pages[0]


def _without_tokens(page: str) -> str:
    return "".join(line for line in page.splitlines() if "csrf_token" not in line)


def test_an_empty_form_says_what_to_type_and_links_to_the_fields(client: FlaskClient) -> None:
    page = client.post("/logowanie", data={"csrf_token": token(client)}).text
    assert '<a href="#login">Wpisz login.</a>' in page
    assert 'aria-describedby="password-error"' in page
    assert "<title>Błąd: Logowanie" in page


def test_ten_wrong_tries_close_the_door_for_the_account_from_anywhere(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    for n in range(10):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        assert log_in(client, "jan", "zle-haslo-zupelnie") == 422
    client.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    assert log_in(client, "jan") == 429
    assert log_in(client, "JAN ") == 429
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert log_in(client, "jan") == 303


def test_ten_wrong_tries_close_the_door_for_the_address(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    for n in range(10):
        assert log_in(client, f"nikt{n}", "zle-haslo-zupelnie") == 422
    assert log_in(client, "jan") == 429


def test_an_office_behind_one_address_logs_in_freely(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    assert [log_in(app.test_client(), "jan") for _ in range(12)] == [303] * 12


def test_unknown_names_cost_the_same_time(database: Database, tmp_path: Path) -> None:
    client = make_app(database, tmp_path, login_limit="1000 per minute").test_client()
    add_user(database, "jan")
    key = token(client)
    taken: dict[str, list[float]] = {"jan": [], "nikt": []}
    for _ in range(15):
        for login, times in taken.items():
            begun = time.perf_counter()
            client.post("/logowanie", data={"csrf_token": key, "login": login, "password": "zle-haslo-zupelnie"})
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.4 * max(known, unknown)


def test_a_session_begun_by_somebody_else_is_not_taken_over(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    planted = token(client)
    with client.session_transaction() as session:
        session["planted"] = "by an attacker"
    log_in(client, "jan")
    with client.session_transaction() as session:
        assert "planted" not in session
    assert client.post("/echo", data={"csrf_token": planted}).status_code == 400


def test_logging_out_ends_the_session_even_for_a_copy_of_its_cookie(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    client, thief = app.test_client(), app.test_client()
    log_in(client, "jan")
    cookie = client.get_cookie("wrota")
    assert cookie is not None
    thief.set_cookie("wrota", cookie.value)
    assert _is_in(thief)
    assert client.get("/wylogowanie").status_code == 405
    assert client.post("/wylogowanie").status_code == 400
    assert _is_in(client)
    answer = client.post("/wylogowanie", data={"csrf_token": token(client, "/konto")}, follow_redirects=True)
    assert "Wylogowano." in answer.text
    assert not _is_in(client)
    assert not _is_in(thief)


def test_logging_out_everywhere_takes_effect_at_once(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        log_in(client, "jan")
    here.post("/konto/wyloguj-wszedzie", data={"csrf_token": token(here, "/konto")})
    assert not _is_in(here)
    assert not _is_in(there)


def test_a_role_taken_away_and_an_account_closed_take_effect_at_once(client: FlaskClient, database: Database) -> None:
    ewa = add_user(database, "ewa", "staff", clerk="/biuro/OR")
    log_in(client, "ewa")
    assert client.get("/biuro/").status_code == 200
    with database.transaction() as session:
        actions.revoke(session, SYSTEM, path="/biuro/OR", principal=f"user:{ewa.id}", role="clerk")
    assert client.get("/biuro/").status_code == 403
    with database.transaction() as session:
        actions.set_active(session, SYSTEM, ewa.id, active=False)
    assert client.get("/biuro/").location.startswith("/logowanie")


def test_a_session_ends_after_twelve_hours_however_busy(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    log_in(client, "jan")
    now = clock.now()
    with clock.frozen(now + timedelta(hours=11)):
        assert _is_in(client)
    with clock.frozen(now + timedelta(hours=13)):
        assert not _is_in(client)


def test_a_forged_session_is_nobody(client: FlaskClient, database: Database) -> None:
    jan = add_user(database, "jan")
    for key in (f"{jan.id}:2", f"{jan.id}", "x:1", "999:1", "1:1:1", ""):
        with client.session_transaction() as session:
            session["_user_id"], session["since"] = key, int(clock.now().timestamp())
        assert not _is_in(client)


def test_changing_the_password_keeps_this_session_and_ends_the_others(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        log_in(client, "jan")
    new = "mech-na-polnocnej-scianie"
    data = {"csrf_token": token(here, "/konto/haslo"), "current": "zle", "new": new, "again": new}
    assert "Obecne hasło jest nieprawidłowe." in here.post("/konto/haslo", data=data).text
    answer = here.post("/konto/haslo", data={**data, "current": PASSWORD, "again": "inne"})
    assert "Hasła różnią się." in answer.text
    assert (
        "co najmniej 12 znaków"
        in here.post("/konto/haslo", data={**data, "current": PASSWORD, "new": "x", "again": "x"}).text
    )
    assert here.post("/konto/haslo", data={**data, "current": PASSWORD}).status_code == 303
    assert _is_in(here)
    assert not _is_in(there)
    assert log_in(there, "jan", new) == 303


def test_the_second_factor_is_asked_for_and_each_code_works_once(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    client = app.test_client()
    log_in(client, "jan")
    codes = _codes(client)
    newcomer = app.test_client()
    assert log_in(newcomer, "jan", next="/konto") == 303
    assert not _is_in(newcomer)
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        code = codes.at(clock.now())
        data = {"csrf_token": token(newcomer, "/logowanie/kod"), "code": code}
        wrong = newcomer.post("/logowanie/kod", data={**data, "code": "abc"})
        assert (wrong.status_code, "Kod jest nieprawidłowy" in wrong.text) == (422, True)
        assert newcomer.post("/logowanie/kod", data=data).location == "/konto"
        assert _is_in(newcomer)
        again = app.test_client()
        log_in(again, "jan")
        data = {"csrf_token": token(again, "/logowanie/kod"), "code": code}
        assert again.post("/logowanie/kod", data=data).status_code == 422
        assert not _is_in(again)


def test_codes_are_not_guessed(app: Flask, database: Database) -> None:
    add_user(database, "jan")
    client = app.test_client()
    log_in(client, "jan")
    _codes(client)
    guesser = app.test_client()
    log_in(guesser, "jan")
    key = token(guesser, "/logowanie/kod")
    tries = [guesser.post("/logowanie/kod", data={"csrf_token": key, "code": f"{n:06}"}).status_code for n in range(11)]
    assert tries[-1] == 429


def test_a_password_proven_before_all_sessions_ended_does_not_open_one(app: Flask, database: Database) -> None:
    jan = add_user(database, "jan")
    client = app.test_client()
    log_in(client, "jan")
    codes = _codes(client)
    waiting = app.test_client()
    log_in(waiting, "jan")
    with database.transaction() as session:
        actions.end_sessions(session, actors.user(jan.id), jan.id)
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        data = {"csrf_token": token(waiting, "/logowanie/kod"), "code": codes.at(clock.now())}
        assert waiting.post("/logowanie/kod", data=data).status_code == 422
    assert not _is_in(waiting)


def test_the_code_page_waits_five_minutes_for_whoever_proved_the_password(client: FlaskClient) -> None:
    assert client.get("/logowanie/kod").location == "/logowanie"
    with client.session_transaction() as session:
        past = int(clock.now().timestamp()) - 301
        session["pending"] = {"identity": 1, "user": 1, "version": 1, "at": past, "next": ""}
    assert client.get("/logowanie/kod").location == "/logowanie"


def test_the_second_factor_is_switched_off_with_the_password_only(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    log_in(client, "jan")
    _codes(client)
    data = {"csrf_token": token(client, "/konto"), "password": "zle"}
    answer = client.post("/konto/drugi-skladnik/wylacz", data=data, follow_redirects=True)
    assert "Obecne hasło jest nieprawidłowe." in answer.text
    answer = client.post("/konto/drugi-skladnik/wylacz", data={**data, "password": PASSWORD}, follow_redirects=True)
    assert "Drugi składnik jest wyłączony." in answer.text


def test_demo_log_ins_are_shown_in_a_demonstration_only(database: Database, tmp_path: Path) -> None:
    logins = [demo.DemoLogin("jan", PASSWORD, "menu.mine")]
    for shown in (True, False):
        app = make_app(database, tmp_path, demo=shown)
        demo.install(app, logins)
        assert ("Konta pokazowe" in app.test_client().get("/logowanie").text) is shown


def test_a_visitor_logging_out_is_simply_home(client: FlaskClient) -> None:
    assert client.post("/wylogowanie", data={"csrf_token": token(client)}).location == "/"
