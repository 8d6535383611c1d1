"""Stories of the editors' room: from writing to publication and back, two people at once, a visitor with a link."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Person

Come = Callable[..., Person]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
WORD = (
    "<p class=MsoNormal>Zapraszamy.</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
    "<span style='mso-list:Ignore'>·</span>Koncert</p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
    "<span style='mso-list:Ignore'>·</span>Kiermasz</p>"
)


def paste(page: Page, markup: str) -> None:
    """Paste as a browser does, with the clipboard's HTML."""
    page.locator("[contenteditable=true]").first.evaluate(
        """(element, markup) => {
            element.focus();
            const data = new DataTransfer();
            data.setData("text/html", markup);
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            element.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        markup,
    )


def new_page(who: Person, title: str, text: str) -> str:
    """Write a page in /o-gminie; its address in the editors' room."""
    who.go("/redakcja/nowa?typ=page&w=/o-gminie")
    who.fill("Tytuł", title)
    who.page.locator("[contenteditable=true]").first.fill(text)
    who.press(re.compile("^Utwórz"))
    return who.page.url


def test_a_page_is_written_illustrated_returned_corrected_published_compared_and_restored(person: Come) -> None:
    editor, head = person("redaktor"), person("administrator")
    page = editor.page
    _an_image_is_in_the_tree(editor)
    editor.go("/redakcja/nowa?typ=page&w=/o-gminie")
    editor.fill("Tytuł", "Dożynki gminne")
    editor.fill("Wprowadzenie", "Program święta plonów.")
    page.locator("[contenteditable=true]").first.click()
    paste(page, WORD)
    expect(page.locator(".ProseMirror ul li")).to_have_text(["Koncert", "Kiermasz"])
    _illustrate(page)
    expect(page.locator("[data-autosave-said]")).to_contain_text("Zachowano na serwerze")
    editor.look("red-01-pisanie")
    editor.press(re.compile("^Utwórz"))
    address = page.url
    editor.look("red-02-strona")
    page.get_by_text("Wyślij do akceptacji").first.click()
    page.get_by_label("Na kiedy").fill("2030-01-15")
    page.get_by_label("Wiadomość").fill("Proszę o szybką akceptację.")
    editor.press(re.compile("^Wyślij do akceptacji$"))

    head.go("/redakcja/do-akceptacji")
    head.sees("Proszę o szybką akceptację.")
    head.look("red-03-kolejka")
    head.go(address)
    head.page.get_by_text("Zwróć do poprawy").click()
    head.page.get_by_label("Co trzeba poprawić").fill("Dodaj godzinę.")
    head.press(re.compile("^Zwróć$"))

    editor.go(address)
    editor.sees("Dodaj godzinę.")
    editor.look("red-04-zwrocone")
    editor.go(f"{address}/edycja")
    page.locator("[contenteditable=true]").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Początek o 15.00.")
    editor.press(re.compile("^Zapisz i zobacz podgląd"))
    editor.sees("Podgląd, to nie jest opublikowane.")
    editor.look("red-05-podglad")
    editor.follow("Wróć do redakcji")
    editor.press(re.compile("^Opublikuj"))
    editor.go(f"{address}/porownanie/1/2")
    editor.sees("Początek o 15.00.")
    editor.look("red-06-porownanie")
    editor.go(f"{address}/historia")
    editor.look("red-07-historia")
    editor.press(re.compile("^Przywróć wersję 1$"))
    editor.sees("Przywrócono jako nową wersję roboczą")
    visitor = person()
    visitor.go("/o-gminie/dozynki-gminne")
    visitor.sees("Początek o 15.00.")


def _an_image_is_in_the_tree(editor: Person) -> None:
    editor.go("/redakcja/nowa?typ=image&w=/o-gminie")
    editor.fill("Tytuł", "Herb gminy")
    editor.page.get_by_label("Dodaj pliki").set_input_files(
        {"name": "herb.png", "mimeType": "image/png", "buffer": PNG}
    )
    editor.press(re.compile("^Utwórz"))


def _illustrate(page: Page) -> None:
    """An image from the tree by keyboard: refused without a description, taken with one."""
    page.get_by_role("button", name="Obraz", exact=True).click()
    page.get_by_label("Znajdź obraz po nazwie").fill("herb")
    page.locator(".e-rich-found").get_by_role("button", name="Herb gminy").first.click()
    box = page.locator(".e-rich-link:visible")
    box.get_by_role("button", name="Wstaw").click()
    expect(box.get_by_role("alert")).to_have_text("Opisz obraz albo zaznacz, że jest ozdobą.")
    box.get_by_label("Opis obrazu dla osób").fill("Herb gminy Wrotkowo")
    box.get_by_role("button", name="Wstaw").click()
    expect(page.locator(".ProseMirror img[alt='Herb gminy Wrotkowo']")).to_have_count(1)


def test_what_was_typed_survives_a_closed_tab(person: Come) -> None:
    editor = person("redaktor")
    address = new_page(editor, "Zebranie sołeckie", "Pierwsza wersja.")
    editor.go(f"{address}/edycja")
    editor.page.locator("[contenteditable=true]").first.fill("Zdanie, którego nikt nie zapisał.")
    expect(editor.page.locator("[data-autosave-said]")).to_contain_text("Zachowano na serwerze")
    editor.page.goto("about:blank")
    editor.go("/redakcja/")
    editor.sees("Niezapisana praca")
    editor.look("red-08-biurko")
    editor.go(f"{address}/edycja")
    expect(editor.page.locator("[contenteditable=true]").first).to_contain_text("którego nikt nie zapisał")
    editor.look("red-09-niezapisane")
    editor.press(re.compile("^Wyrzuć ją"))
    editor.go(f"{address}/edycja")
    expect(editor.page.locator("[contenteditable=true]").first).to_contain_text("Pierwsza wersja.")


def test_a_second_editor_takes_over_and_both_texts_meet(person: Come) -> None:
    first, second = person("redaktor"), person("administrator")
    address = new_page(first, "Harmonogram odbioru", "Wspólny akapit.")
    first.go(f"{address}/edycja")
    answer = second.page.goto(f"{address}/edycja")
    assert answer is not None
    assert answer.status == 409
    second.look("red-10-zablokowane")
    second.press("Przejmij edycję")
    second.page.locator("[contenteditable=true]").first.fill("Tekst drugiej osoby.")
    second.press(re.compile("^Zapisz wersję roboczą"))
    first.page.locator("[contenteditable=true]").first.fill("Tekst pierwszej osoby.")
    with first.page.expect_response(lambda answer: answer.request.method == "POST" and "edycja" in answer.url):
        first.page.get_by_role("button", name=re.compile("^Zapisz wersję roboczą")).click()
    first.sees("Ktoś zapisał tę stronę, gdy pisano")
    expect(first.page.locator(".e-clash")).to_contain_text("drugiej")
    first.look("red-11-zderzenie")
    first.press("Połącz oba teksty")
    expect(first.page.locator("[contenteditable=true]").first).to_contain_text("Tekst drugiej osoby.")
    first.press(re.compile("^Zapisz wersję roboczą"))
    first.sees("Zapisano wersję roboczą.")


def test_a_visitor_reviews_by_link_until_it_is_revoked(person: Come) -> None:
    editor, reviewer = person("redaktor"), person()
    address = new_page(editor, "Projekt regulaminu", "Do przejrzenia przez radę.")
    editor.go(f"{address}/linki")
    editor.press("Utwórz link")
    editor.look("red-12-linki")
    link = editor.page.locator(".e-address").first.input_value()
    reviewer.go(link)
    reviewer.sees("Do przejrzenia przez radę.")
    reviewer.look("red-13-podglad-recenzenta")
    editor.press(re.compile("^Odwołaj"))
    answer = reviewer.page.goto(link)
    assert answer is not None
    assert answer.status == 410
    reviewer.look("red-14-podglad-odwolany")


def test_a_page_is_written_and_published_by_keyboard_alone(person: Come) -> None:
    editor = person("redaktor")
    page = editor.page
    editor.go("/redakcja/nowa?typ=page&w=/o-gminie")
    _tab_to(page, "#title")
    page.keyboard.type("Napisane z klawiatury")
    _tab_to(page, ".e-rich-bar button")
    page.keyboard.press("Tab")
    page.keyboard.type("Akapit bez myszy.")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+B")
    expect(page.locator(".ProseMirror strong")).to_have_text("Akapit bez myszy.")
    _tab_to(page, ".e-save button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    _tab_to(page, ".e-publish button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    editor.sees("Opublikowano.")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until something that fits ``selector`` has the focus; it must be reached within 120 presses."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the Tab key")


def test_everything_works_without_scripts(person: Come) -> None:
    editor = person("redaktor", javascript=False)
    editor.go("/redakcja/wybierz?q=kontakt")
    assert editor.page.locator(".e-address").first.input_value().startswith("/")
    editor.go("/redakcja/nowa?typ=page&w=/o-gminie")
    editor.fill("Tytuł", "Bez skryptów")
    editor.fill("Treść", '<h4>Za nisko</h4><p><a href="/kontakt">tutaj</a></p>')
    editor.press("Sprawdź tekst")
    editor.sees("Nagłówek przeskakuje poziom")
    editor.sees("Odnośnik nie mówi, dokąd prowadzi")
    editor.press(re.compile("^Utwórz"))
    editor.press(re.compile("^Opublikuj"))
    editor.sees("Opublikowano.")
