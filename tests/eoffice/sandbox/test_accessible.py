"""In a real browser: axe-core finds nothing, and nothing sticks out at the width of a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.eoffice.sandbox.client import SIGNED_LETTER, b64
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

WIDTHS = (1280, 375)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def _is_fine(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (page.url, width)


def test_a_person_sends_a_letter_signs_a_receipt_and_orders_a_misbehaviour(world: World, page: Page) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "hand"})
    world.office.dorecz((SIGNED_LETTER % 1).encode(), CITIZEN_BOX, OFFICE_BOX, "gminaWrotkowo")
    page.goto(f"{world.url}/")
    _is_fine(page)

    page.get_by_role("link", name="Nowe pismo").click()
    page.get_by_role("button", name="Wyślij pismo").click()
    _is_fine(page)
    page.get_by_label("Tytuł").fill("Prośba o informację")
    page.get_by_label("Treść").fill("Dzień dobry")
    page.get_by_role("button", name="Wyślij pismo").click()
    assert page.get_by_role("heading", name="Pismo zostało wysłane").is_visible()
    _is_fine(page)
    page.get_by_role("link", name="Zobacz kolejkę skrytki").click()
    _is_fine(page)
    page.get_by_role("link", name="Pismo ogólne.xml").first.click()
    assert page.get_by_text("Prośba o informację").is_visible()
    _is_fine(page)

    page.get_by_role("link", name="Doręczenia").click()
    _is_fine(page)
    page.get_by_role("button", name="Podpisz UPD").click()
    page.get_by_role("link", name="Podpisane UPD").click()
    _is_fine(page)

    page.get_by_role("link", name="Zakłócenia").click()
    page.get_by_label("Zakłócenie", exact=True).select_option("lose")
    page.get_by_role("button", name="Ustaw zakłócenie").click()
    assert world.api("faults")[0]["kind"] == "lose"
    _is_fine(page)
    page.get_by_role("link", name="Połączenie").click()
    _is_fine(page)


def test_a_person_signs_with_the_simulated_profil_zaufany(world: World, page: Page) -> None:
    inner = (
        f"<doc>{b64(b'<a/>')}</doc><successURL>{world.url}/?tak</successURL><failureURL>{world.url}/?nie</failureURL>"
    )
    body = f'<s:addDocumentToSigning xmlns:s="http://signing.ws.comarch.gov">{inner}</s:addDocumentToSigning>'
    page.goto(world.office.call("tpSigning5", body).findtext("addDocumentToSigningReturn") or "")
    _is_fine(page)

    page.get_by_role("button", name="Podpisz").click()
    page.wait_for_url("**/?tak")
