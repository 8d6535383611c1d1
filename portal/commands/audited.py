"""axe-core over pages in a headless Chromium, where both are installed (they come with the developers' libraries)."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Sequence
from typing import Any

from portal.web.texts import message

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


class CannotAudit(Exception):
    """There is no browser or no axe-core here; the text says what to install."""


def audit(base: str, paths: Sequence[str]) -> dict[str, list[str]]:
    """Path → the rules of axe-core that the page there breaks. Raises ``CannotAudit``."""
    program = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    try:
        axe: Any = importlib.import_module("axe_playwright_python.sync_playwright").Axe()
        playwright: Any = importlib.import_module("playwright.sync_api")
    except ImportError as cause:
        raise CannotAudit(message("bip_check.no_axe")) from cause
    if program is None:
        raise CannotAudit(message("bip_check.no_axe"))
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="pl-PL", reduced_motion="reduce", extra_http_headers={"DNT": "1"})
        found = {path: _of_page(axe, page, base.rstrip("/") + path) for path in paths}
        browser.close()
    return found


def _of_page(axe: Any, page: Any, address: str) -> list[str]:
    page.goto(address)
    return sorted({str(one["id"]) for one in axe.run(page, options=_RULES).response["violations"]})
