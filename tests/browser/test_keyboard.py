"""The editors' whole day by keyboard alone: write, illustrate, submit, return, correct, publish, compare, restore."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.keys import Keyboard, without_mouse
from tests.browser.people import Person

Come = Callable[..., Person]


def hands(person: Person) -> Keyboard:
    without_mouse(person.page)
    return Keyboard(person)


def test_a_page_lives_its_whole_life_by_keyboard_alone(person: Come) -> None:
    editor, head = hands(person("redaktor")), hands(person("administrator"))
    address = _written(editor)
    editor.press("details.e-send > summary")
    editor.type("#slowa", "Proszę o akceptację.")
    editor.open(".e-send button")
    editor.person.sees("Czeka na akceptację")

    head.person.go("/redakcja/do-akceptacji?kto=wszyscy")
    head.open("table a[href^='/redakcja/strona/']")
    head.press("details:has(#uwaga) > summary")
    head.type("#uwaga", "Dodaj godzinę.")
    head.open("details:has(#uwaga) button")

    editor.person.go(address)
    editor.person.sees("Dodaj godzinę.")
    _added(editor, " Początek o 15.00.")
    editor.open("button[value=publish]")
    editor.person.sees("Opublikowano.")
    _corrected_compared_restored(editor)


def _written(editor: Keyboard) -> str:
    """A page with a heading, a list, a link from the tree, a table and an image; its address in the editors' room."""
    page = editor.page
    editor.person.go("/redakcja/nowa?typ=page&w=/o-gminie")
    editor.type("#title", "Dożynki z klawiatury")
    editor.reach(".ProseMirror")
    editor.tool("Nagłówek 2")
    page.keyboard.type("Program")
    page.keyboard.press("Enter")
    editor.tool("Lista")
    page.keyboard.type("Koncert")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    _linked(editor)
    page.keyboard.press("Enter")
    _tabled(editor)
    _illustrated(editor)
    expect(page.locator(".ProseMirror h2")).to_have_text("Program")
    expect(page.locator(".ProseMirror li")).to_have_text(["Koncert"])
    _out_of_the_text(editor)
    editor.open(".e-save button[type=submit]")
    return page.url


def _linked(editor: Keyboard) -> None:
    """A link picked from the tree; words that are no address are explained and send nothing."""
    page = editor.page
    editor.tool("Odnośnik")
    page.keyboard.type("kontakt")
    page.keyboard.press("Enter")
    expect(page.locator("#rich-adres ~ [role=alert]")).to_contain_text("Wybierz stronę z listy")
    expect(page.locator(".e-rich-found:visible li").first).to_contain_text("/kontakt")
    editor.press(".e-rich-found button")
    expect(page.locator(".ProseMirror a[href='/kontakt']")).to_be_visible()


def _tabled(editor: Keyboard) -> None:
    """A table with words in its first cells; Escape and Tab lead out of it."""
    editor.tool("Tabela")
    editor.page.keyboard.type("Godzina")
    editor.page.keyboard.press("Tab")
    editor.page.keyboard.type("Co")
    expect(editor.page.locator(".ProseMirror th").nth(1)).to_have_text("Co")
    editor.page.keyboard.press("Control+End")


def _illustrated(editor: Keyboard) -> None:
    """An image from the tree: refused without a description, taken with one."""
    page = editor.page
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    editor.tool("Obraz")
    page.keyboard.type("most")
    page.keyboard.press("Enter")
    expect(page.locator(".e-rich-found:visible button").first).to_contain_text("ost")
    editor.press(".e-rich-found button")
    page.keyboard.press("Enter")
    expect(page.locator(".e-rich-link:visible [role=alert]")).to_contain_text("Opisz obraz")
    page.keyboard.type("Most nad Wrotą")
    page.keyboard.press("Enter")
    expect(page.locator(".ProseMirror img[alt='Most nad Wrotą']")).to_have_count(1)


def _out_of_the_text(editor: Keyboard) -> None:
    editor.page.keyboard.press("Escape")
    editor.page.keyboard.press("Tab")
    expect(editor.page.locator(".ProseMirror")).not_to_be_focused()


def _added(editor: Keyboard, words: str) -> None:
    """Write ``words`` at the end of the page that is shown."""
    editor.open("a[href$='/edycja']")
    editor.reach(".ProseMirror")
    editor.page.keyboard.press("Control+End")
    editor.page.keyboard.type(words)
    _out_of_the_text(editor)


def _corrected_compared_restored(editor: Keyboard) -> None:
    _added(editor, " Zapraszamy dzieci.")
    editor.open(".e-save button[type=submit]")
    editor.open(".e-publish button")
    editor.person.sees("Opublikowano.")
    editor.open("a[href$='/historia']")
    editor.open("a[href$='/porownanie/2/3']")
    editor.person.sees("Zapraszamy dzieci.")
    editor.open("a[href$='/historia']")
    editor.open("form[action$='/przywroc/2'] button")
    editor.person.sees("Przywrócono jako nową wersję roboczą")
    editor.open(".e-publish button")
    editor.person.sees("Opublikowano.")
