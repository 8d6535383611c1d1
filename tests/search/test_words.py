"""Cutting, folding and the guard, without any dictionary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import words


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        ("Uchwała nr XLV/312/2021 Rady", ["Uchwała", "nr", "XLV/312/2021", "Rady"]),
        ("GK.6220.4.2026, społeczno-gospodarczy.", ["GK.6220.4.2026", "społeczno-gospodarczy"]),
        ("§ 5 ust. 1; (a) – b", ["5", "ust", "1", "a", "b"]),
        ("zalacznik_nr_1.pdf", ["zalacznik_nr_1.pdf"]),
        ("...///---", []),
    ],
)
def test_text_is_cut_into_chunks(text: str, chunks: list[str]) -> None:
    assert words.chunks(text) == chunks


@pytest.mark.parametrize(
    ("word", "folded"), [("ŻÓŁĆ", "zolc"), ("Łódź", "lodz"), ("ẞ", "ß"), ("𝔘", "u"), ("ﬁ", "fi"), ("２０２６", "2026")]
)
def test_folding_takes_case_and_marks_away(word: str, folded: str) -> None:
    assert words.fold(word) == folded


def test_a_signature_is_found_whole_and_by_its_beginning() -> None:
    assert words.wholes("GK.6220.4.2026", 4) == ["gk.6220", "gk.6220.4", "gk.6220.4.2026"]
    assert words.wholes("społeczno-gospodarczy", 2) == ["spoleczno-gospodarczy"]
    assert words.wholes("uchwała", 1) == []


@pytest.mark.parametrize("typed", ["XLV/312/2021", "xlv/312/2021", " XLV / 312 / 2021 "])
def test_signatures_compare_without_spaces_and_case(typed: str) -> None:
    assert words.signature(typed) == "xlv/312/2021"


def test_dashes_of_every_kind_join_alike() -> None:
    assert {words.whole(f"2021{dash}2026") for dash in "-‐‑–—"} == {"2021-2026"}


@pytest.mark.parametrize(
    ("word", "roman"), [("XLV", True), ("MCMXC", True), ("IIII", False), ("DOM", False), ("", False), ("xlv", False)]
)
def test_roman_numerals_are_well_formed(word: str, roman: bool) -> None:
    assert words.is_roman(word) is roman


@given(st.text(max_size=300))
def test_no_text_breaks_the_cutting_and_no_term_has_a_space(text: str) -> None:
    for chunk in words.chunks(words.normal(text)):
        parts = words.parts(chunk)
        assert all(parts)
        for term in (*map(words.fold, parts), *words.wholes(chunk, len(parts))):
            assert term
            assert not any(c.isspace() for c in term)
            assert len(term) <= 2 * words.MAX_TERM
