"""An administrator moves an old Bulletin in: a trial, the report, the whole, and finds it in the Bulletin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.content.exchange.old_site import FIRST_VENDOR, old

__all__ = ["old"]
LONG = 30_000


def test_an_old_bulletin_is_moved_in(person: Callable[..., Person], old: str, tmp_path: Path) -> None:
    admin = person("administrator")
    (tmp_path / "mapa.toml").write_text(FIRST_VENDOR, "utf-8")
    admin.go("/redakcja/przenoszenie")
    page = admin.page
    page.get_by_label("Adres starego Biuletynu").fill(f"{old}/")
    page.get_by_label("Albo własny plik odwzorowania").set_input_files(tmp_path / "mapa.toml")
    page.locator("#bip-place").fill("/bip/organizacje-pozarzadowe")
    admin.look("przenoszenie-formularz")
    page.get_by_role("button", name="Pobierz na próbę").click()
    expect(page.get_by_text("Jeszcze nic nie zmieniliśmy")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Właściciel strony nie pozwala")).to_be_visible()
    admin.look("przenoszenie-proba")
    page.get_by_role("button", name="Przenieś", exact=True).click()
    expect(page.get_by_role("heading", name="Sprawozdanie")).to_be_visible(timeout=LONG)
    admin.look("przenoszenie-gotowe")
    page.get_by_role("link", name="Uchwała nr 1").click()
    page.get_by_role("link", name="Zobacz na stronie").click()
    expect(page.get_by_text("Jan Dawny").first).to_be_visible()
    admin.look("przenoszenie-w-biuletynie")
