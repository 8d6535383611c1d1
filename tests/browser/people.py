"""The people of the stories: each has a browser, looks at pages at two widths, and minds accessibility."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, expect

from portal.town import PASSWORD
from tests.browser.html import Checker
from tests.town import Town

WIDE, NARROW, ZOOMED = 1280, 375, 320
"""Widths in CSS pixels: a desk, a telephone, and 1280 px at 400 % zoom (WCAG 1.4.10)."""
AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MOVING = """() => [...document.querySelectorAll("body *")].some(one => {
  const style = getComputedStyle(one);
  return style.animationName !== "none" || style.transitionDuration.split(",").some(time => parseFloat(time) > 0);
})"""
COLOUR_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What a change of colours can break; all else axe-core has looked at already."""
LIGHT: dict[str, Any] = {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"}
LOOKS: dict[str, dict[str, Any]] = {
    "ciemny": LIGHT | {"color_scheme": "dark"},
    "kontrast": LIGHT | {"contrast": "more"},
}
"""Looks that the reader's system may ask for, by the name of the picture."""
FORCED = LIGHT | {"forced_colors": "active", "color_scheme": "dark"}
"""Colours of the system's own: it paints the words, whatever a page computes for them, so only people can judge."""


class Person:
    """Somebody with a browser. ``look`` checks and photographs the page in front of them."""

    def __init__(
        self,
        browser: Browser,
        town: Town,
        shots: Path,
        checker: Checker,
        login: str,
        *,
        javascript: bool,
        width: int,
    ) -> None:
        self.town, self.shots, self.login, self._checker = town, shots, login, checker
        self._context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="pl-PL", java_script_enabled=javascript,
            reduced_motion="reduce", accept_downloads=True, timezone_id="Europe/Warsaw",
        )  # fmt: skip
        self.page: Page = self._context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._remember)
        self.errors: list[str] = []
        self._answer: Response | None = None
        if login:
            self.log_in()

    def _remember(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.frame == self.page.main_frame and answer.status != 303:
            self._answer = answer

    def leave(self) -> None:
        self.page.screenshot(path=self.shots / f"last-{self.login or 'visitor'}.png", full_page=True)
        self._context.close()
        assert self.errors == []

    def log_in(self) -> None:
        self.go("/logowanie")
        self.page.get_by_label("Login", exact=False).first.fill(self.login)
        self.page.get_by_label("Hasło", exact=True).fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=re.compile("^Zaloguj")).click()
        expect(self.page).not_to_have_url(re.compile("/logowanie"))

    def go(self, address: str) -> None:
        answer = self.page.goto(self.town.url + address if address.startswith("/") else address)
        assert answer is not None
        assert answer.status < 400, f"{address}: {answer.status}"

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button that sends a form, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def fill(self, label: str | re.Pattern[str], value: str) -> None:
        self.page.get_by_label(label).first.fill(value)

    def choose(self, label: str, part: str) -> None:
        """Pick the option of a list whose text contains ``part``."""
        field = self.page.get_by_label(label, exact=False).first
        option = field.locator("option", has_text=part).first
        field.select_option(option.get_attribute("value"))

    def look(self, name: str) -> None:
        """Photograph the page at both widths. Nothing is cut off sideways; axe and the Nu checker find nothing."""
        self.is_valid(name)
        for width in (WIDE, NARROW):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert not self._overflows(), f"{name} scrolls sideways at {width} px"
            self.page.screenshot(path=self.shots / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": WIDE, "height": 900})
        self.is_accessible(name)

    def look_otherwise(self, name: str) -> None:
        """The page in front of them, as ``look`` left it, in every other look of the reader's system and at 400 % zoom:
        colours stand out, nothing moves, nothing is cut off sideways."""
        wrong = []
        try:
            for look, media in LOOKS.items():
                self.page.emulate_media(**media)
                found = self.page.evaluate("rules => axe.run(document, rules)", COLOUR_RULES)["violations"]
                wrong += [
                    f"{look}: {node['html'][:120]} {node['failureSummary']}" for v in found for node in v["nodes"]
                ]
                self._photograph(f"{name}-{look}")
            self.page.emulate_media(**FORCED)
            self._photograph(f"{name}-wymuszone")
        finally:
            self.page.emulate_media(**LIGHT)
        self.page.set_viewport_size({"width": ZOOMED, "height": 256})
        wrong += [f"scrolls sideways at {ZOOMED} px"] if self._overflows() else []
        wrong += ["moves although stillness was asked"] if self.page.evaluate(MOVING) else []
        self._photograph(f"{name}-{ZOOMED}")
        self.page.set_viewport_size({"width": WIDE, "height": 900})
        assert wrong == [], f"{name} ({self.page.url}):\n" + "\n".join(wrong)

    def _photograph(self, name: str) -> None:
        """Only where somebody will look at the picture: it costs more than the check."""
        if os.environ.get("WROTA_TEST_SHOTS"):
            self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)

    def _overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def is_valid(self, name: str) -> None:
        assert self._answer is not None
        problems = self._checker.problems(self._answer.body())
        assert not problems, f"{name} ({self.page.url}):\n" + "\n".join(problems)

    def is_accessible(self, name: str) -> None:
        found = AXE.run(self.page, options=RULES)
        assert found.violations_count == 0, f"{name} ({self.page.url}):\n{found.generate_report()}"


def numbered(somebody: Person, address: str) -> str:
    """The address with ``{/bip/…}`` replaced by the number of the item that stands there."""
    found = re.search(r"\{(.+?)\}", address)
    if found is None:
        return address
    somebody.go(found.group(1))
    mark = somebody.page.locator("[data-version]").get_attribute("data-version") or ""
    return address.replace(found.group(0), mark.partition(".")[0])
