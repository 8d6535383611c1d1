"""The editors' tools that need a hand or a key: the point of an image, the order of a folder, many files at once."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
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


def bomb() -> bytes:
    """A DOCX of some kilobytes that would unpack to sixty megabytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 60_000_000)
    return buffer.getvalue()


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """A file of 200 MB."""
    path = tmp_path / "nagranie.mp4"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    return path


def test_each_of_many_files_has_its_own_result_and_a_clear_word(person: Come, tmp_path: Path, heavy: Path) -> None:
    files = {
        "plan.txt": b"Plan",
        "umowa.pdf": b"MZ\x90\x00 program",
        "bomba.docx": bomb(),
        "herb.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    editor = person("redaktor")
    editor.go("/redakcja/strona/2/wgraj")
    editor.page.get_by_label("Pliki").set_input_files([*(tmp_path / name for name in files), heavy])
    editor.page.get_by_role("button", name=re.compile("^Wgraj")).click()
    expect(editor.page.locator("[data-bulk-said]")).to_have_text("Wgrano 1 z 5.")
    lines = editor.page.locator("[data-bulk-list] li")
    words = ("wgrany Opisz: plan.txt", "umowa.pdf", "bomba.docx", "skrypt", "plik jest za duży. Najwyżej 25 MB")
    for number, said in enumerate(words):
        expect(lines.nth(number)).to_contain_text(said)
        expect(lines.nth(number).get_by_text("odrzucony")).to_have_count(int(number > 0))
    editor.look("red-23-wgrywanie")
    expect(lines.nth(0).get_by_role("link")).to_have_attribute("href", re.compile(r"^/redakcja/strona/\d+/edycja$"))


def test_a_file_whose_sending_was_cut_short_waits_and_is_sent_again(person: Come, tmp_path: Path) -> None:
    (tmp_path / "raport.txt").write_bytes(b"Raport\n" * 200_000)
    editor = person("redaktor")
    editor.go("/redakcja/strona/2/wgraj")
    editor.page.route("**/wgraj", lambda route: route.abort("connectionreset"), times=1)
    editor.page.get_by_label("Pliki").set_input_files(tmp_path / "raport.txt")
    editor.page.get_by_role("button", name=re.compile("^Wgraj")).click()
    line = editor.page.locator("[data-bulk-list] li")
    expect(line).to_contain_text("przerwało się połączenie")
    editor.look("red-24-przerwane")
    editor.page.get_by_role("button", name="Wyślij ponownie").click()
    expect(line).to_contain_text("wgrany Opisz: raport.txt")


def test_a_file_too_large_sent_without_scripts_is_refused_in_words(person: Come, heavy: Path) -> None:
    editor = person("redaktor", javascript=False)
    editor.go("/redakcja/strona/2/wgraj")
    editor.page.get_by_label("Pliki").set_input_files(heavy)
    editor.press(re.compile("^Wgraj"))
    editor.sees("To, co wysyłasz, jest za duże.")
