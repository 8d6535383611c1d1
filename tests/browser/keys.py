"""Somebody who has only a keyboard: reaches things with Tab, presses Enter, types. There is no mouse here."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.people import Person

MOST = 200
"""Presses after which a thing counts as unreachable."""
_HERE = "(selector) => document.activeElement.matches(selector)"


class Keyboard:
    """The keys under a person's hands."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page

    def reach(self, selector: str, *, back: bool = False) -> None:
        """Press Tab (with Shift when ``back``) until what fits ``selector`` has the focus; the focus must be seen."""
        for _ in range(MOST):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.page.evaluate(_HERE, selector):
                frame = self.page.locator(":focus").bounding_box()
                assert frame, f"{selector} has the focus and is not seen"
                return
        raise AssertionError(f"{selector} is not reached by the Tab key on {self.page.url}")

    def open(self, selector: str, key: str = "Enter") -> None:
        """Reach a link or a button that leads to another page, and press it."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def press(self, selector: str, key: str = "Enter") -> None:
        """Reach a button that changes this page, and press it."""
        self.reach(selector)
        self.page.keyboard.press(key)

    def type(self, selector: str, words: str) -> None:
        """Reach a field and type over what stands in it."""
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def tool(self, name: str) -> None:
        """From the text to the tool called ``name``, by Alt+F10 and the arrow, and press it."""
        self.page.keyboard.press("Alt+F10")
        for _ in range(40):
            if self.page.evaluate("document.activeElement.textContent") == name:
                self.page.keyboard.press("Enter")
                self.page.wait_for_function("name => document.activeElement.textContent !== name", arg=name)
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"the tool {name} is not reached by the arrow key")


def without_mouse(page: Page) -> None:
    """Fail the story if anything is done with a mouse."""
    page.add_init_script(
        "for (const kind of ['mousedown', 'touchstart'])"
        " addEventListener(kind, () => { throw new Error('a mouse'); }, true)"
    )
