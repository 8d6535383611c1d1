"""The editors' tools that need a hand or a key: the point of an image, the order of a folder, many files at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person

Come = Callable[..., Person]


def image(editor: Person, words: str) -> str:
    """The address of an image in the editors' room."""
    answer = editor.page.request.get(f"{editor.town.url}/redakcja/wybierz.json?co=obrazy&q={words}")
    return str(answer.json()["choices"][0]["address"]).replace("/obraz/", "/redakcja/strona/")


def test_the_point_of_an_image_is_set_by_hand_by_keys_and_in_fields(person: Come) -> None:
    editor = person("redaktor")
    address = image(editor, "most")
    editor.go(f"{address}/edycja")
    picture = editor.page.locator("[data-focus-point] img")
    frame = picture.bounding_box()
    assert frame
    picture.click(position={"x": frame["width"] * 0.2, "y": frame["height"] * 0.7})
    across, down = (
        editor.page.get_by_label("Najważniejszy punkt od lewej (%)"),
        editor.page.get_by_label("Najważniejszy punkt od góry (%)"),
    )
    expect(across).to_have_value("20")
    expect(down).to_have_value("70")
    expect(editor.page.locator("[data-focus-point] button")).to_be_focused()
    for key in ("ArrowLeft", "Shift+ArrowUp", "ArrowUp"):
        editor.page.keyboard.press(key)
    expect(editor.page.locator("[data-focus-said]")).to_have_text("19% od lewej, 59% od góry")
    wide = editor.page.locator(".e-crop-naglowek img")
    before = wide.evaluate("image => image.style.objectPosition")
    down.fill("100")
    assert before != wide.evaluate("image => image.style.objectPosition") == "50% 100%"
    editor.look("red-20-punkt-obrazu")
    editor.press(re.compile("^Zapisz wersję roboczą"))
    expect(editor.page.locator(".e-crop-naglowek img")).to_have_attribute("src", re.compile("naglowek-19-100|/obraz/"))
    editor.look("red-21-kadry")


def test_the_point_of_an_image_needs_no_script(person: Come) -> None:
    editor = person("redaktor", javascript=False)
    editor.go(f"{image(editor, 'most')}/edycja")
    expect(editor.page.locator(".e-crop img")).to_have_count(2)
    editor.fill("Najważniejszy punkt od lewej (%)", "30")
    editor.press(re.compile("^Zapisz wersję roboczą"))
    editor.sees("Zapisano wersję roboczą.")


def titles(editor: Person) -> list[str]:
    return editor.page.locator("tr[data-order-item] td:nth-child(2)").all_inner_texts()


def test_a_folder_is_put_in_order_by_keys_and_by_dragging_and_each_move_is_told(person: Come) -> None:
    editor = person("redaktor")
    editor.go("/redakcja/strona/1/zawartosc")
    first, second, third, *_ = titles(editor)
    button = editor.page.get_by_role("button", name=re.compile(f"Niżej.*{first}"))
    button.focus()
    editor.page.keyboard.press("Enter")
    said = editor.page.locator("[data-order-said]")
    expect(said).to_contain_text(f"„{first}”: teraz na miejscu 2 z")
    expect(button).to_be_focused()
    assert titles(editor)[:3] == [second, first, third]
    handle = editor.page.locator("tr[data-order-item]", has_text=first).locator(".e-handle").first
    frame = editor.page.locator("tr[data-order-item]").nth(0).bounding_box()
    assert frame
    handle.hover()
    editor.page.mouse.down()
    editor.page.mouse.move(frame["x"] + 20, frame["y"] + 4, steps=5)
    editor.page.mouse.up()
    expect(said).to_contain_text(f"„{first}”: teraz na miejscu 1 z")
    editor.page.reload()
    assert titles(editor)[:3] == [first, second, third]
    editor.look("red-22-kolejnosc")
