"""The road of one request, walked in a browser by everybody it concerns: citizen, clerk, head, editor, visitor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.town import Town

TITLE = "Wniosek o naprawę chodnika przy ulicy Młyńskiej"
BODY = "Proszę o naprawę chodnika przed domem przy ulicy Młyńskiej 3. Płyty są zapadnięte i po deszczu stoi woda."
NOTICE = "Obwieszczenie o wszczęciu postępowania w sprawie farmy fotowoltaicznej w Podlesiu"
DECISION = (
    "Na podstawie art. 104 Kodeksu postępowania administracyjnego, po rozpatrzeniu wniosku Pana Jana Kowalskiego, "
    "zamieszkałego przy ul. Lipowej 7 we Wrotkowie, orzekam o naprawie chodnika przy ulicy Młyńskiej do końca maja."
)
SEEN_WITHIN = 5.0
"""Seconds after an act within which the people it concerns see it."""

Come = Callable[..., Person]


def eventually(who: Person, address: str, text: str | re.Pattern[str], *, seconds: float = 30.0) -> float:
    """Look at a page again until it says ``text``; how long it took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        who.go(address)
        if who.page.get_by_text(text).count():
            return time.monotonic() - start
        who.page.wait_for_timeout(200)
    raise AssertionError(f"{address} does not say {text!r} after {seconds} s")


def test_the_road_of_one_request(person: Come, tmp_path: Path) -> None:
    editor, visitor = person("redaktor"), person()
    _a_page_and_a_notice_are_published(editor, visitor)

    citizen = person("jan.kowalski")
    reference = _the_citizen_writes(citizen, tmp_path)
    took = eventually(citizen, f"/moje/wnioski/{reference}", "Urzędowe poświadczenie przedłożenia (UPP)")
    print(f"UPP seen after {took:.1f} s")

    clerk, head = person("referent"), person("kierownik")
    entry = _it_is_on_the_desk(head)
    sign, code = _a_case_is_opened(head, clerk, entry)
    _both_views_show_it(citizen, visitor, sign, code)
    _an_answer_is_approved_and_sent(clerk, head)
    _the_proof_comes_back(citizen, clerk, sign)
    _it_is_published_and_found(clerk, visitor)


def _a_page_and_a_notice_are_published(editor: Person, visitor: Person) -> None:
    editor.go("/redakcja/")
    editor.look("01-redakcja")
    editor.go("/redakcja/nowa?typ=page&w=/o-gminie")
    editor.fill("Tytuł", "Szlak rowerowy nad Wrotką")
    editor.page.locator("[contenteditable=true]").first.fill("Szlak ma dwanaście kilometrów i prowadzi przez Podlesie.")
    editor.look("02-nowa-strona")
    editor.press(re.compile("^Utwórz"))
    editor.press(re.compile("^Opublikuj"))
    editor.look("03-strona-w-redakcji")
    eventually(visitor, "/o-gminie", "Szlak rowerowy nad Wrotką")

    editor.go("/redakcja/nowa?typ=notice&w=/bip/ogloszenia/obwieszczenia")
    editor.fill("Tytuł", NOTICE)
    editor.page.locator("[contenteditable=true]").first.fill("Zawiadamia się strony o wszczęciu postępowania.")
    editor.fill("Wytworzył(a)", "Anna Zielińska, podinspektor")
    editor.fill("Odpowiada za treść", "Marek Wójcik, kierownik referatu")
    editor.fill("Dzień wytworzenia", "2026-11-20")
    editor.press(re.compile("^Utwórz"))
    editor.press(re.compile("^Opublikuj"))
    visitor.go("/bip/ogloszenia/obwieszczenia")
    visitor.follow(NOTICE)
    for mark in ("Anna Zielińska, podinspektor", "Marek Wójcik, kierownik referatu", "Ewa Maj"):
        visitor.sees(re.compile(mark))
    visitor.look("04-obwieszczenie")
    eventually(visitor, "/szukaj?q=farma+fotowoltaiczna", NOTICE)
    visitor.look("05-wyniki")


def _the_citizen_writes(citizen: Person, tmp_path: Path) -> str:
    attachment = tmp_path / "zdjęcie chodnika.txt"
    attachment.write_text("Opis miejsca: trzecia płyta od bramy.", encoding="utf-8")
    citizen.go("/")
    citizen.look("06-strona-glowna")
    citizen.go("/formularze/pismo-ogolne")
    citizen.look("07-karta-uslugi")
    citizen.follow("Zacznij wypełniać")
    citizen.choose("Referat lub stanowisko", "Gospodarki Komunalnej")
    citizen.look("08-krok")
    citizen.press("Dalej")
    citizen.press("Dalej")
    citizen.sees("Popraw dane w formularzu")
    citizen.look("09-bledy")
    citizen.fill("Tytuł pisma", TITLE)
    citizen.fill("Treść pisma", BODY)
    citizen.press("Dalej")
    citizen.page.get_by_label(re.compile("^Załączniki")).set_input_files(attachment)
    citizen.press(re.compile("^Dodaj wybrane pliki"))
    citizen.sees("zdjęcie chodnika.txt")
    citizen.press("Dalej")
    citizen.page.get_by_label("we własnym imieniu").check()
    citizen.press("Dalej")
    _prefilled(citizen, "Imię", "Jan")
    _prefilled(citizen, "Nazwisko", "Kowalski")
    _prefilled(citizen, "PESEL", "80010112340")
    citizen.fill("PESEL", "80010112341")
    citizen.press("Dalej")
    citizen.look("10-zly-pesel")
    citizen.fill("PESEL", "80010112340")
    citizen.press("Dalej")
    _prefilled(citizen, "Ulica", "Lipowa")
    _prefilled(citizen, "Numer domu", "7")
    _prefilled(citizen, "Kod pocztowy", "00-001")
    _prefilled(citizen, "Miejscowość", "Wrotkowo")
    citizen.press("Dalej")
    citizen.sees(TITLE)
    citizen.look("11-podsumowanie")
    citizen.press("Wyślij pismo")
    reference = re.search(r"WR-\d{4}-[0-9A-Z]+", citizen.page.locator("main").inner_text())
    assert reference is not None
    citizen.look("12-wyslano")
    return reference.group()


def _prefilled(citizen: Person, label: str, value: str) -> None:
    expect(citizen.page.get_by_label(label, exact=False).first).to_have_value(value)


def _it_is_on_the_desk(head: Person) -> str:
    eventually(head, "/biuro/", TITLE)
    head.look("13-biurko")
    head.follow(TITLE)
    head.sees(BODY)
    head.look("14-przesylka")
    return head.page.url


def _a_case_is_opened(head: Person, clerk: Person, entry: str) -> tuple[str, str]:
    head.go(entry)
    head.page.get_by_text("Przydziel (dekretacja)").click()
    head.choose("Komórka", "Referat Gospodarki Komunalnej")
    head.choose("Osoba", "Anna Zielińska")
    head.fill("Polecenie", "Proszę sprawdzić w terenie.")
    head.press(re.compile("^Przydziel$"))
    clerk.go(entry)
    clerk.follow(re.compile("^Załóż sprawę"))
    clerk.choose("Klasa JRWA", "7230")
    clerk.look("15-nowa-sprawa")
    clerk.press(re.compile("^Załóż sprawę$"))
    sign = re.search(r"GK\.7230\.\d+\.\d{4}", clerk.page.locator("main").inner_text())
    assert sign is not None
    clerk.look("16-sprawa")
    return sign.group(), clerk.page.locator(".w-code").first.inner_text()


def _both_views_show_it(citizen: Person, visitor: Person, sign: str, code: str) -> None:
    took = eventually(citizen, "/moje/", sign, seconds=SEEN_WITHIN)
    print(f"case seen by the citizen after {took:.1f} s")
    citizen.look("17-moje-sprawy")
    visitor.go("/sprawa")
    visitor.look("18-sprawdz-sprawe")
    visitor.fill("Znak sprawy", sign)
    visitor.fill("Kod dostępu", code)
    visitor.press(re.compile("Pokaż|Sprawdź"))
    visitor.sees(sign)
    public = visitor.page.locator("main").inner_text()
    for secret in ("Kowalski", "80010112340", "Lipow", TITLE):
        assert secret not in public
    visitor.look("19-stan-sprawy")


def _an_answer_is_approved_and_sent(clerk: Person, head: Person) -> None:
    clerk.follow("Napisz decyzję")
    clerk.fill("Treść", DECISION)
    clerk.look("20-decyzja")
    clerk.press("Zapisz i przekaż do akceptacji")
    letter = clerk.page.url
    head.go("/biuro/")
    head.look("21-do-akceptacji")
    head.go(letter)
    head.look("22-akceptacja")
    head.press("Akceptuj")
    eventually(clerk, letter, re.compile("^Wyślij$"))
    clerk.look("23-gotowe-do-wysylki")
    clerk.press(re.compile("^Wyślij$"))


def _the_proof_comes_back(citizen: Person, clerk: Person, sign: str) -> None:
    letter = clerk.page.url
    took = eventually(clerk, letter, re.compile("^Doręczon"), seconds=60)
    print(f"UPD matched after {took:.1f} s")
    clerk.look("24-doreczone")
    clerk.sees(re.compile(r"RPWY/\d+/\d{4}"))
    citizen.go("/moje/")
    citizen.follow(re.compile(re.escape(sign)))
    citizen.sees(re.compile("UPD"))
    expect(citizen.page.get_by_text("Doręczymy pismo")).to_have_count(0)
    citizen.look("25-przebieg-sprawy")


def _it_is_published_and_found(clerk: Person, visitor: Person) -> None:
    clerk.follow(re.compile("^Opublikuj"))
    text = clerk.page.get_by_label("Tekst bez danych osobowych").input_value()
    assert "Kowalski" not in text
    clerk.page.get_by_label(re.compile("^Przejrzałem")).check()
    clerk.look("26-publikacja")
    clerk.press("Opublikuj w Biuletynie")
    clerk.look("27-opublikowane")
    eventually(visitor, "/szukaj?q=naprawa+chodnika", re.compile("chodnika"))
    visitor.look("28-znalezione")
    visitor.page.locator("main").get_by_role("link", name=re.compile("chodnika", re.IGNORECASE)).first.click()
    assert "/bip/" in visitor.page.url
    assert "Kowalski" not in visitor.page.content()
    visitor.look("29-w-biuletynie")


def test_a_letter_from_anybody_else_on_epuap_reaches_the_desk(person: Come, town: Town) -> None:
    stranger, clerk = person(), person("kancelaria")
    title = "Zapytanie o godziny otwarcia biblioteki"
    stranger.go(town.sandbox)
    stranger.follow("Nowe pismo")
    stranger.fill("Tytuł", title)
    stranger.fill("Treść", "Czy biblioteka jest czynna w soboty?")
    stranger.press("Wyślij pismo")
    stranger.sees("Pismo zostało wysłane")
    eventually(clerk, "/biuro/wplyw", title)
    clerk.follow(title)
    clerk.sees(re.compile(r"RPW/\d+/\d{4}"))
    clerk.look("30-pismo-z-epuap")


@pytest.mark.parametrize("address", ["/", "/bip/", "/formularze/", "/sprawa", "/szukaj?q=podatek", "/logowanie"])
def test_pages_work_without_scripts(person: Come, address: str) -> None:
    visitor = person(javascript=False)
    visitor.go(address)
    expect(visitor.page.locator("main h1")).to_be_visible()
