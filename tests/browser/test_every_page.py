"""Every type of page as it is: valid for the Nu checker, clean for axe-core, whole at 1280 and at 375 px and at 400 %
zoom; in the dark, in high contrast, in colours the system forces, and still where stillness is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.pages import PAGES
from tests.browser.people import Person, numbered


@pytest.mark.parametrize("login", PAGES, ids=lambda login: login or "visitor")
def test_pages_are_valid_accessible_and_whole(person: Callable[..., Person], login: str) -> None:
    somebody = person(login)
    wrong = []
    for name, address in PAGES[login].items():
        somebody.go(numbered(somebody, address))
        try:
            somebody.look(f"strona-{name}")
            somebody.look_otherwise(f"strona-{name}")
        except AssertionError as problem:
            wrong.append(str(problem))
    assert wrong == []
