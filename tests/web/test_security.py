"""What every answer tells the browser, and what no request achieves."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.core.db import Database
from portal.core.settings import BadSettings
from portal.web.redirects import safe
from tests.web.program import add_user, log_in, make_app, token

PAGES = (
    "/",
    "/logowanie",
    "/nic",
    "/zepsuta",
    "/healthz",
    "/zasoby/wrota.css",
    "/bootstrap/static/css/bootstrap.min.css",
)


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_headers(client: FlaskClient, page: str) -> None:
    with client.get(page) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize(
    "page", ["/", "/logowanie", "/nic", "/czesci/layout", "/czesci/layout_bip", "/czesci/layout_desk"]
)
def test_no_page_has_inline_script_or_style_or_asks_another_host(client: FlaskClient, page: str) -> None:
    text = client.get(page).text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count("<script src=")
    loaded = [part.split('"')[0] for part in text.split('src="')[1:]]
    loaded += [part.split('"')[0] for part in text.split('<link rel="stylesheet" href="')[1:]]
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_over_https_the_cookie_is_secure_and_the_host_is_strict(database: Database, tmp_path: Path) -> None:
    client = make_app(database, tmp_path, base_url="https://wrotkowo.example").test_client()
    answer = client.get("/logowanie", base_url="https://wrotkowo.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-wrota=")
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_another_host_name_is_refused(client: FlaskClient) -> None:
    assert client.get("/", base_url="http://evil.example").status_code == 400


def test_a_visitor_who_only_reads_gets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/").headers


def test_a_program_without_a_key_does_not_start(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="key"):
        make_app(database, tmp_path, secret_key="")


def test_pages_are_not_stored_unless_they_say_so(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    log_in(client, "jan")
    assert client.get("/konto").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "",
        "/\t/evil.example", "/a\\b", "moje", "/\r\nSet-Cookie: a=b", "http:evil.example", None, "/\x7f",
    ],
)  # fmt: skip
def test_going_back_never_leaves_this_site(target: str | None) -> None:
    assert safe(target, "/dom") == "/dom"


@pytest.mark.parametrize("target", ["/", "/moje/", "/szukaj?q=a//b", "/bip/a%2F..%2Fb", "/x?next=https://evil.example"])
def test_going_back_keeps_paths_of_ours(target: str) -> None:
    assert safe(target) == target


def test_no_log_in_and_no_look_leads_elsewhere(client: FlaskClient, database: Database) -> None:
    add_user(database, "jan")
    data = {"csrf_token": token(client), "login": "jan", "password": "kasztan-rower-lampa-7"}
    assert client.post("/logowanie", data={**data, "next": "//evil.example"}).location == "/moje/"
    assert client.get("/wyglad?schemat=ciemny&wroc=https://evil.example").location == "/"


def test_the_look_is_remembered_without_a_session(client: FlaskClient) -> None:
    answer = client.get("/wyglad?schemat=kontrast&wroc=/logowanie")
    assert (answer.status_code, answer.location) == (303, "/logowanie")
    assert "contrast.css" in client.get("/").text
    client.get("/wyglad?schemat=")
    assert '(prefers-color-scheme: dark)"' in client.get("/").text
    assert client.get("/wyglad?schemat=zielony").location == "/"


def test_behind_a_proxy_the_client_address_is_believed_once(database: Database, tmp_path: Path) -> None:
    client = make_app(database, tmp_path, behind_proxy=True).test_client()
    assert client.get("/healthz", headers={"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"}).text == "ok\n"
