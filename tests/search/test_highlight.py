"""Fragments: every form is marked, the densest place is shown, nothing is invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import words
from search.highlight import WIDTH, Fragment, Marker
from search.plan import Planner
from search.polish import analyser

PLANNER = Planner(analyser())


def marker(question: str) -> Marker:
    return Marker(analyser(), PLANNER.plan(question).marks)


def marked(fragment: Fragment) -> list[str]:
    return [piece.text for piece in fragment.pieces if piece.hit]


def shown(fragment: Fragment) -> str:
    return "".join(piece.text for piece in fragment.pieces)


@pytest.mark.parametrize(
    ("question", "text", "hits"),
    [
        ("podatek", "O podatkach i podatku.", ["podatkach", "podatku"]),
        ("sciezka", "Ścieżką i ŚCIEŻKI", ["Ścieżką", "ŚCIEŻKI"]),
        ('"od psów"', "Opłata od psów", ["od", "psów"]),
        ("312", "uchwała XLV/312/2021", ["XLV/312/2021"]),
        ("gospodarczy", "rozwój społeczno-gospodarczy", ["społeczno-gospodarczy"]),
        ("kot", "O psach", []),
    ],
)
def test_every_form_of_a_word_is_marked(question: str, text: str, hits: list[str]) -> None:
    assert marked(marker(question).best(text, [])) == hits


def test_the_place_with_most_different_words_is_shown() -> None:
    text = "Podatek podatek podatek. " + "Coś innego. " * 60 + "Stawka podatku od psa. " + "Znów coś. " * 60
    fragment = marker("stawka podatek pies").best(text, [])
    assert set(marked(fragment)) >= {"Stawka", "podatku", "psa"}
    assert shown(fragment).startswith("… ")
    assert shown(fragment).endswith(" …")


def test_a_fragment_may_come_from_a_page_of_an_attachment() -> None:
    fragment = marker("cmentarz").best("O niczym.", [("a.pdf", ["nic"]), ("b.pdf", ["nic", "cmentarza"])])
    assert (fragment.attachment, fragment.page, marked(fragment)) == ("b.pdf", 2, ["cmentarza"])


def test_a_word_on_the_two_hundredth_page_is_shown_with_its_page() -> None:
    pages = ["Zwykła strona. " * 150] * 199 + ["Tu stoi cmentarz."]
    fragment = marker("cmentarz").best("O niczym.", [("budżet.pdf", pages)])
    assert (marked(fragment), fragment.page) == (["cmentarz"], 200)


def test_parts_of_a_file_are_named_as_what_they_are() -> None:
    files = [("list.docx", ["Kot"], ""), ("stawki.xlsx", ["", "Pies"], "sheet"), ("plan.pdf", ["Koń"])]
    found = [marker(word).best("", files) for word in ("kot", "pies", "koń")]
    assert [(f.attachment, f.page, f.unit) for f in found] == [
        ("list.docx", 0, ""), ("stawki.xlsx", 2, "sheet"), ("plan.pdf", 1, "page"),
    ]  # fmt: skip


def test_without_a_match_the_beginning_is_shown() -> None:
    fragment = marker("kot").best("Pierwsze zdanie. " * 50, [])
    assert shown(fragment).startswith("Pierwsze zdanie.")
    assert len(shown(fragment)) <= WIDTH + 2
    assert marker("kot").best("", []).pieces == ()


@given(st.text(max_size=2000), st.text(max_size=40))
def test_a_fragment_is_always_a_piece_of_the_text(text: str, question: str) -> None:
    text = words.normal(text)
    plain = " ".join(text.split())
    piece = shown(marker(question).best(text, [])).removeprefix("… ").removesuffix(" …")
    assert " ".join(piece.split()) in plain
