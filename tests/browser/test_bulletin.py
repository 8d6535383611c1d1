"""The Bulletin from both sides: what must not be seen is taken out, what is published can be checked by anyone."""

from __future__ import annotations

import io
import re
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
from lxml import etree
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.test_every_page import numbered
from tests.browser.test_road import eventually
from tests.content.personal import hiding
from tests.town import Town

TITLE = "Obwieszczenie o zezwoleniu na budowę wiaty w Borowej"
PESEL = "44051401359"
PLACE = "/bip/ogloszenia/obwieszczenia"
Come = Callable[..., Person]


def fetched(town: Town, address: str) -> bytes:
    with urllib.request.urlopen(town.url + address, timeout=10) as answer:
        return bytes(answer.read())


def written(editor: Person, title: str, text: str, *files: Path) -> None:
    """A notice with the marks of the law, as an editor fills it in."""
    editor.go(f"/redakcja/nowa?typ=notice&w={PLACE}")
    editor.fill("Tytuł", title)
    editor.page.locator("[contenteditable=true]").first.fill(text)
    editor.fill("Wytworzył(a)", "Anna Zielińska, podinspektor")
    editor.fill("Odpowiada za treść", "Marek Wójcik, kierownik referatu")
    editor.fill("Dzień wytworzenia", "2026-11-20")
    if files:
        editor.page.locator("input[type=file]").first.set_input_files(list(files))
    editor.press(re.compile("^Utwórz"))


def tabbed_to(person: Person, name: re.Pattern[str]) -> None:
    """Go on with the Tab key until the thing called ``name`` has the focus."""
    for _ in range(150):
        person.page.keyboard.press("Tab")
        called = person.page.evaluate("(document.activeElement.innerText || '') + (document.activeElement.id || '')")
        if name.search(str(called)):
            return
    raise AssertionError(f"the Tab key does not reach {name.pattern}")


def test_a_notice_with_an_exclusion_and_an_anonymised_file(person: Come, town: Town, tmp_path: Path) -> None:
    editor, visitor = person("redaktor"), person()
    file = tmp_path / "decyzja.pdf"
    lines = [hiding.KEPT, f"Inwestor Jan Kowalski, PESEL {PESEL}, wniósł o zezwolenie."]
    file.write_bytes(bytes(hiding.sheet(lines).output()))
    written(editor, TITLE, f"Na wniosek Jana Kowalskiego, PESEL {PESEL}, wydano zezwolenie na budowę wiaty.", file)
    here = editor.page.url.removeprefix(town.url)
    editor.press(re.compile("^Opublikuj"))
    editor.sees(re.compile("Nie opublikowano"))
    _everything_is_decided(editor, here)
    editor.go(here)
    editor.look("40-po-decyzjach")
    editor.press(re.compile("^Opublikuj"))
    editor.sees("Opublikowano")
    _a_visitor_finds_and_checks_it(visitor, town, tmp_path)


def _everything_is_decided(editor: Person, here: str) -> None:
    eventually(editor, f"{here}/anonimizacja", "sprawdzony")
    editor.sees(re.compile("miejsca czekają na decyzję"))
    editor.look("41-dane-osobowe")
    editor.page.get_by_label("Wszystko, o czym jeszcze nie zdecydowano").select_option("remove")
    editor.page.get_by_label(re.compile("zapisz jako wyłączenie jawności")).check()
    editor.press("Zapisz decyzje")
    editor.sees(re.compile("Zdecydowano o wszystkich miejscach"))
    eventually(editor, f"{here}/anonimizacja", re.compile("kopia bez danych"))
    editor.look("42-zdecydowane")
    editor.follow("Zaczernij na obrazie strony")
    editor.look("43-zaczernianie")


def _a_visitor_finds_and_checks_it(visitor: Person, town: Town, tmp_path: Path) -> None:
    eventually(visitor, "/szukaj?q=zezwolenie+budowa+wiaty+Borowa", TITLE)
    visitor.page.locator("main").get_by_role("link", name=TITLE).first.click()
    visitor.sees(re.compile("art. 5 ust. 2"))
    visitor.look("44-obwieszczenie-z-wylaczeniem")
    assert "Kowalsk" not in visitor.page.content()
    assert PESEL not in visitor.page.content()
    with visitor.page.expect_download() as download:
        visitor.page.locator("main").get_by_role("link", name=re.compile("decyzja")).first.click()
    _nothing_is_left(Path(download.value.path()).read_bytes())
    path = visitor.page.url.removeprefix(town.url)
    _checked_by_the_command(town, path, tmp_path)
    for kind in ("rss", "atom"):
        feed = etree.fromstring(fetched(town, f"{PLACE}/{kind}.xml"))
        assert TITLE in [str(title.text) for title in feed.iter("{*}title")]


def _checked_by_the_command(town: Town, path: str, folder: Path) -> None:
    """What anyone can do on their own computer: the page at its address, the kept bundle offline, a forged one."""
    trusted = town.environment["WROTA_TIMESTAMP_CERTIFICATES"]
    for address in (path, "/bip", "/bip/rejestr-zmian"):
        done = town.wrota("verify-bip", f"{town.url}{address}", "--tsa", trusted)
        assert (done.returncode, "Wszystko się zgadza." in done.stdout) == (0, True), done.stdout
    kept = folder / "paczka"
    with zipfile.ZipFile(io.BytesIO(fetched(town, f"{path}/paczka.zip"))) as package:
        package.extractall(kept)
    assert town.wrota("verify-bip", str(kept)).returncode == 0
    proof = kept / "dowod.json"
    proof.write_text(proof.read_text().replace(TITLE, f"{TITLE}."))
    done = town.wrota("verify-bip", str(kept))
    assert done.returncode == 1
    assert "treść nie jest tą, którą wtedy udostępniono" in done.stdout


def _nothing_is_left(data: bytes) -> None:
    shown = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
    assert hiding.KEPT in shown
    with pikepdf.open(io.BytesIO(data)) as pdf:
        inside = [data, *(one.read_bytes() for one in pdf.objects if isinstance(one, pikepdf.Stream))]
    assert not any(PESEL.encode() in part for part in inside)
    assert "Kowalsk" not in shown
    assert PESEL not in shown


def test_a_notice_is_decided_on_and_published_by_keyboard_alone(person: Come) -> None:
    editor = person("redaktor")
    written(editor, "Obwieszczenie o zebraniu w Podlesiu", "Zebranie prowadzi Pani Halina Mróz.")
    tabbed_to(editor, re.compile("^Dane osobowe"))
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    tabbed_to(editor, re.compile("f-[0-9a-f]{64}"))
    editor.page.keyboard.type("zostaw: jest")
    tabbed_to(editor, re.compile("^Zapisz decyzje"))
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    editor.sees(re.compile("Zdecydowano o wszystkich miejscach"))
    tabbed_to(editor, re.compile("^Wróć do strony"))
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    tabbed_to(editor, re.compile("^Opublikuj"))
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_text("Opublikowano").first).to_be_visible()


def test_decisions_work_without_scripts(person: Come, town: Town) -> None:
    editor, plain = person("redaktor"), person("redaktor", javascript=False)
    written(editor, "Obwieszczenie o naborze do komisji", "Zgłoszenie przyjmuje Adam Sowa, tel. 601 502 503.")
    plain.go(f"{editor.page.url.removeprefix(town.url)}/anonimizacja")
    plain.page.get_by_label("Wszystko, o czym jeszcze nie zdecydowano").select_option("keep:consent")
    plain.press("Zapisz decyzje")
    plain.sees(re.compile("Zdecydowano o wszystkich miejscach"))


def test_an_editor_says_what_a_resolution_changes_and_withdraws_it_with_its_text_kept(person: Come, town: Town) -> None:
    editor, title = person("redaktor"), "Uchwała nr XXIX/230/2026 zmieniająca program opieki"
    editor.go("/redakcja/nowa?typ=resolution&w=/bip/prawo-lokalne/uchwaly")
    editor.fill("Tytuł", title)
    editor.page.locator("[contenteditable=true]").first.fill("Zmienia się § 1 uchwały.")
    for label, value in (
        ("Wytworzył(a)", "Anna Zielińska, podinspektor"), ("Dzień wytworzenia", "2026-11-20"),
        ("Numer", "XXIX/230/2026"), ("Dzień podjęcia", "2026-11-20"),
    ):  # fmt: skip
        editor.fill(label, value)
    editor.press(re.compile("^Utwórz"))
    here = editor.page.url.removeprefix(town.url)
    editor.follow("Powiązania z innymi aktami")
    editor.fill("Słowa z tytułu lub numeru drugiego aktu", "bezdomnymi")
    editor.press("Szukaj aktu")
    editor.page.get_by_label(re.compile("XXVII/202/2026")).check()
    editor.press("Dodaj powiązanie")
    editor.sees("jeszcze niepubliczne")
    editor.look("45-powiazania-aktu")
    editor.go(here)
    editor.press(re.compile("^Opublikuj"))
    editor.go("/bip/prawo-lokalne/uchwaly/xxvii-202-2026")
    editor.sees("zmieniona")
    editor.follow(title)
    editor.go(here)
    editor.page.get_by_text("Wycofaj ze strony").click()
    editor.look("46-rodzaje-wycofania")
    editor.page.get_by_label("Straciła aktualność, treść zostaje").check()
    editor.fill(re.compile("^Powód, widoczny publicznie"), "Zastąpiona nową uchwałą")
    editor.press("Wycofaj")
    editor.sees("Treść można nadal czytać")


def test_an_editor_withholds_what_was_selected_while_writing_and_a_visitor_reads_why(person: Come, town: Town) -> None:
    editor, visitor, title = person("redaktor"), person(), "Obwieszczenie o ofercie na prowadzenie świetlicy"
    written(editor, title, "Cena jednostkowa wynosi 417 zł i jest tajemnicą przedsiębiorcy.")
    here = editor.page.url.removeprefix(town.url)
    editor.go(f"{here}/edycja")
    editor.page.locator("[contenteditable=true]").first.click()
    editor.page.keyboard.press("Control+Home")
    for _ in "Cena jednostkowa wynosi ":
        editor.page.keyboard.press("ArrowRight")
    for _ in "417 zł":
        editor.page.keyboard.press("Shift+ArrowRight")
    editor.press("Zapisz i wyłącz jawność zaznaczonego")
    expect(editor.page.get_by_label("Tylko te słowa")).to_have_value("417 zł")
    editor.page.get_by_label(re.compile("^Tajemnica przedsiębiorcy")).first.check()
    editor.fill("Zakres: co wyłączono", "cena jednostkowa")
    editor.fill(re.compile("^W czyim interesie"), "przedsiębiorca, który złożył ofertę")
    editor.press("Zobacz, jak to będzie wyglądać")
    editor.sees("Tak będzie to wyglądać")
    editor.look("47-wylaczenie-podglad")
    editor.press("Wyłącz jawność")
    editor.sees(re.compile("^Wyłączono"))
    editor.look("48-wylaczenie-zapisane")
    editor.go(here)
    editor.press(re.compile("^Opublikuj"))
    editor.sees("Opublikowano")
    visitor.go("/bip/wylaczenia?podstawa=business_secret")
    visitor.look("49-lista-wylaczen")
    visitor.follow(title)
    visitor.sees("[wyłączenie 1: cena jednostkowa]")
    assert "417" not in visitor.page.content()
    visitor.look("50-slowa-wylaczone")


def test_a_paragraph_is_withheld_by_keyboard_alone(person: Come) -> None:
    editor = person("redaktor", javascript=False)
    editor.go(f"/redakcja/nowa?typ=notice&w={PLACE}")
    editor.fill("Tytuł", "Obwieszczenie o stronach postępowania")
    editor.page.get_by_label("Treść").first.fill("<p>Strony:</p><p>Jan Kowalski z Podlesia</p>")
    editor.fill("Wytworzył(a)", "Anna Zielińska, podinspektor")
    editor.fill("Dzień wytworzenia", "2026-11-20")
    editor.press(re.compile("^Utwórz"))
    tabbed_to(editor, re.compile("^Wyłączenia jawności"))
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    for name in ("unit-2", "ground-nowe-1"):
        tabbed_to(editor, re.compile(f"^{name}$"))
        editor.page.keyboard.press(" ")
    for name, words in (("scope", "imię i nazwisko"), ("made_by", "Wójt Gminy"), ("interest", "strona postępowania")):
        tabbed_to(editor, re.compile(f"^{name}-nowe$"))
        editor.page.keyboard.press("Control+A")
        editor.page.keyboard.type(words)
    tabbed_to(editor, re.compile("^Wyłącz jawność"))
    with editor.page.expect_navigation():
        editor.page.keyboard.press("Enter")
    editor.sees("imię i nazwisko")
    expect(editor.page.get_by_text("Kowalski")).to_have_count(0)


def test_a_notice_is_ticked_off_on_the_board_and_comes_down_early_only_when_that_is_decided(person: Come) -> None:
    editor, visitor, path = person("redaktor"), person(), "/bip/majatek/wykazy-nieruchomosci/dzialka-112-4"
    editor.go(numbered(editor, f"/redakcja/strona/{{{path}}}/obowiazki"))
    editor.press(re.compile("^Zaznacz, że ogłoszono"))
    editor.sees("Cofnij ostatnie zaznaczenie")
    editor.look("47-obowiazki-po-zaznaczeniu")
    visitor.go(path)
    visitor.sees("Ogłoszono także: tablica ogłoszeń urzędu")
    editor.fill(re.compile("^Powód, widoczny publicznie"), "Błędny numer działki")
    editor.press("Zdejmij przed terminem")
    visitor.go(path)
    visitor.sees("Informację zdjęto przed terminem")
