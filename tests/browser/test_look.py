"""Every part of a page in every look: found in order by axe-core, at 1280 and 375 px and at 400 % zoom; by keyboard;
without scripts. The program under test is the small one of ``tests.web``."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from portal.core.db import Database
from portal.web import folders
from tests.web.program import PASSWORD, add_user, make_app

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LAYOUTS = ("layout", "layout_bip", "layout_desk")
LOOKS = ("jasny", "ciemny", "kontrast")
SIZES = {"desktop": (1280, 800), "telephone": (375, 800), "zoom": (320, 256)}
VISITED = ("/", "/logowanie", "/nic", "/zepsuta", "/konto", "/konto/haslo", "/konto/drugi-skladnik")


@pytest.fixture
def address(database: Database, tmp_path: Path) -> Iterator[str]:
    """The small program, served, with a clerk called ewa."""
    add_user(database, "ewa", "staff", clerk="/biuro/OR")
    server = make_server("127.0.0.1", 0, make_app(database, tmp_path), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Any]:
    """Call it for a fresh browser with a page of the given size and look."""
    contexts = []

    def opened(size: str = "desktop", look: str = "", **options: Any) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(base_url=address, viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        if look:
            context.add_cookies([{"name": "wyglad", "value": look, "url": address}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _log_in(page: Page) -> None:
    page.goto("/logowanie")
    page.fill("#login", "ewa")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/biuro/")


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:100]}" for rule in found for node in rule["nodes"]]


def _watched(page: Page, address: str) -> list[str]:
    """What must not happen while pages are opened: script errors, refusals by the policy, requests elsewhere."""
    seen: list[str] = []
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda line: seen.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("request", lambda request: seen.append(request.url) if address not in request.url else None)
    return seen


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("look", LOOKS)
def test_every_part_in_every_look_is_accessible(open_page: Any, address: str, layout: str, look: str) -> None:
    for size in SIZES:
        page = open_page(size, look)
        seen = _watched(page, address)
        answer = page.goto(f"/czesci/{layout}")
        assert answer is not None
        assert answer.status == 200
        # Zooming changes sizes, not what axe looks at.
        assert size == "zoom" or _violations(page) == [], size
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert [url for url in seen if not url.startswith("data:")] == []


def test_the_system_decides_while_nobody_chose(open_page: Any) -> None:
    dark = open_page(color_scheme="dark")
    dark.goto("/czesci/layout")
    assert _violations(dark) == []
    assert dark.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 25, 28)"


@pytest.mark.parametrize("size", ["desktop", "telephone"])
def test_pages_of_the_portal_itself_are_accessible(open_page: Any, size: str) -> None:
    page = open_page(size)
    _log_in(page)
    assert {path: _violations(page) for path in VISITED if page.goto(path)} == {path: [] for path in VISITED}


def test_a_failed_log_in_is_accessible_and_read_first(open_page: Any) -> None:
    page = open_page()
    page.goto("/logowanie")
    page.click("main form button")
    expect(page.locator("#bledy")).to_be_focused()
    assert _violations(page) == []
    page.click("#bledy a >> nth=0")
    expect(page.locator("#login")).to_be_focused()


def test_the_first_key_leads_to_the_content(open_page: Any) -> None:
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Przejdź do treści")
    page.keyboard.press("Enter")
    expect(page.locator("#tresc")).to_be_focused()


def test_the_desk_is_worked_by_keyboard_unless_switched_off(open_page: Any) -> None:
    page = open_page()
    page.goto("/czesci/layout_desk")
    page.locator("h1").click()
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator("tbody tr").nth(row)).to_have_attribute("data-active", "")
    page.keyboard.press("/")
    expect(page.locator("#szukaj-q")).to_be_focused()
    page.keyboard.type("j")
    expect(page.locator("#szukaj-q")).to_have_value("j")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator(".w-keys")).to_be_visible()
    assert _violations(page) == []
    page.keyboard.press("Escape")
    page.goto("/wyglad?skroty=nie&wroc=/czesci/layout_desk")
    page.keyboard.press("?")
    expect(page.locator(".w-keys")).to_be_hidden()


def test_the_menu_folds_on_a_telephone_with_scripts_and_stands_open_without(open_page: Any) -> None:
    page = open_page("telephone")
    page.goto("/")
    link = page.get_by_role("link", name="Sprawdź swoją sprawę").first
    expect(page.locator("#menu-lista")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#menu-lista")).to_be_visible()
    plain = open_page("telephone", java_script_enabled=False)
    plain.goto("/")
    expect(plain.locator("#menu-lista")).to_be_visible()
    expect(link).to_be_visible()


def test_logging_in_looking_otherwise_and_logging_out_need_no_script(open_page: Any) -> None:
    page = open_page("telephone", java_script_enabled=False)
    _log_in(page)
    page.locator(".w-scheme summary").click()
    page.get_by_role("button", name="Ciemny").click()
    expect(page.locator("html")).to_have_attribute("data-scheme", "ciemny")
    page.locator(".w-person summary").click()
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("status")).to_contain_text("Wylogowano.")


def test_own_styles_and_scripts_are_small() -> None:
    files = [path.read_bytes() for path in folders.STATIC.iterdir() if path.suffix in (".css", ".js")]
    assert sum(len(gzip.compress(data)) for data in files) < 60 * 1024
