"""A school with its own header and its own editor: the secretary is given her place, works there and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.town import Town

Come = Callable[..., Person]
SCHOOL = "Szkoła Podstawowa w Zarzeczu"


def test_a_school_secretary_works_in_her_school_and_nowhere_else(person: Come, town: Town) -> None:
    admin, secretary, visitor = person("administrator"), person("organizacja"), person()
    admin.go("/szkola")
    admin.follow("Edytuj tę stronę")
    admin.follow("Kto co może tutaj")
    admin.choose("Komu", "Joanna Dudek")
    admin.choose("Rola", "wydawca")
    admin.press("Nadaj")
    secretary.go("/redakcja/")
    tree = secretary.page.locator(".e-tree")
    expect(tree).to_contain_text(SCHOOL)
    expect(tree).not_to_contain_text(re.compile("Aktualności|O gminie|Biuletyn"))
    secretary.look("red-31-biurko-szkoly")
    secretary.go("/redakcja/nowa?typ=page&w=/szkola")
    secretary.fill("Tytuł", "Dzień otwarty szkoły")
    secretary.page.locator("[contenteditable=true]").first.fill("Zapraszamy w sobotę o 10.00.")
    secretary.press("Utwórz i opublikuj")
    secretary.sees("Opublikowano.")
    visitor.go("/szkola/dzien-otwarty-szkoly")
    expect(visitor.page.locator(".w-brand")).to_contain_text(SCHOOL)
    visitor.look("red-32-strona-szkoly")
    _nothing_elsewhere(secretary, town)


def _nothing_elsewhere(secretary: Person, town: Town) -> None:
    """Her own page offers to be edited; the town's pages do not, and refuse."""
    edit = secretary.page.get_by_role("link", name="Edytuj tę stronę")
    secretary.go("/szkola/dzien-otwarty-szkoly")
    expect(edit).to_be_visible()
    secretary.go("/aktualnosci")
    expect(edit).to_have_count(0)
    secretary.go("/redakcja/znajdz?q=sołectwa")
    secretary.sees("Nie ma takiej strony")
    for address in ("/redakcja/nowa?typ=page&w=/o-gminie", "/redakcja/nowa?typ=page&w=/"):
        answer = secretary.page.goto(town.url + address)
        assert answer is not None
        assert answer.status in (403, 404)
