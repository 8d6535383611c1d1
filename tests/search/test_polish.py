"""The analyser: what each word becomes, with Morfeusz and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lemmas import NoDictionary, spellings
from search.polish import Analyser, analyser

WITHOUT = Analyser(NoDictionary())


def bag(text: str) -> list[str]:
    return analyser().streams(text).bag.split()


@pytest.mark.parametrize(
    ("forms", "lemma"),
    [
        ("uchwała uchwały uchwale uchwałę uchwałą uchwał uchwałom uchwałami uchwałach UCHWAŁA Uchwałami", "uchwala"),
        ("nieruchomość nieruchomości nieruchomościami nieruchomościom", "nieruchomosc"),
        ("gmina gminy gminie gminę gminą gmin gminom gminach GMINY", "gmina"),
        ("rok roku rokiem lata lat latach", "rok"),
        ("marzec marca marcu marcem", "marzec"),
        ("dział działu działem działy działów", "dzial"),
        ("zrobić zrobił zrobiłem zrobilibyśmy zrobi", "zrobic"),
        ("stan stanu stanem stany", "stan"),
        ("mienie mienia mieniu mieniem", "mienie"),
        ("święto święta świętem świąt świętami", "swieto"),
        ("Zborów Zborowa Zborowie Zborowem", "zborow"),
        ("Wysokie Wysokiego Wysokiem", "wysokie"),
    ],
)
def test_all_forms_of_a_word_share_a_term(forms: str, lemma: str) -> None:
    assert all(lemma in bag(form) for form in forms.split())


@pytest.mark.parametrize("number", ["2021", "1", "00-950", "6220", "3a", "2021r"])
def test_numbers_stay_as_they_are(number: str) -> None:
    assert bag(number) == number.split("-")


@pytest.mark.parametrize(("typed", "terms"), [("XII", ["xii"]), ("XLV", ["xlv"]), ("GOPS", ["gops"]), ("xlv", ["xlv"])])
def test_roman_numerals_and_acronyms_are_kept(typed: str, terms: list[str]) -> None:
    assert bag(typed) == terms


def test_an_acronym_is_also_the_word_it_looks_like_in_a_heading() -> None:
    assert bag("RADY") == ["rady", "rada"]
    assert set(analyser().alternatives("PIT", bare=True)) >= {"pit", "pita"}
    assert analyser().alternatives("PIT", bare=True)["pit"] > analyser().alternatives("PIT", bare=True)["pita"]


def test_unknown_words_are_stemmed_and_kept() -> None:
    assert bag("Bródłach") == ["brodl", "brodlach"]


def test_compounds_are_found_in_parts_and_whole() -> None:
    streams = analyser().streams("rozwój społeczno-gospodarczy")
    assert streams.bag == "rozwoj spoleczny gospodarczy"
    assert streams.wholes == "spoleczno-gospodarczy"


def test_the_exact_stream_has_every_part_once_in_order() -> None:
    assert analyser().streams("Uchwała nr XLV/312/2021, (RADY) gminy.").exact == "uchwala nr xlv 312 2021 rady gminy"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("uchwala", "uchwala"), ("zolc", "zolc"), ("srodowisko", "srodowisko"), ("mieszkancow", "mieszkaniec"),
        ("zrodlowego", "zrodlowy"), ("smieci", "smiec"), ("zadania", "zadac"), ("wojta", "wojt"), ("lodz", "lodz"),
    ],
)  # fmt: skip
def test_words_typed_without_diacritics_are_restored(typed: str, meant: str) -> None:
    assert meant in analyser().alternatives(typed, bare=True)


def test_only_spellings_polish_allows_are_tried() -> None:
    assert set(spellings("los")) == {"loś", "łos", "łoś", "lós", "lóś", "łós", "łóś"}
    assert "ąle" not in set(spellings("ale"))
    assert len(list(spellings("konstantynopolitanczykowianeczka" * 3))) <= 1500


def test_offsets_point_at_the_words_of_the_text() -> None:
    text = "Stawki (podatku): XLV/312/2021!"
    assert [text[t.start : t.end] for t in analyser().tokens(text)] == ["Stawki", "podatku", "XLV/312/2021"]


def test_without_morfeusz_it_stems_says_so_and_has_another_fingerprint() -> None:
    assert WITHOUT.degraded
    assert not analyser().degraded
    assert WITHOUT.fingerprint != analyser().fingerprint
    assert WITHOUT.streams("gruntami").bag.split()[0] == WITHOUT.streams("gruntów").bag.split()[0]


def test_the_fingerprint_names_analyser_version_and_dictionary() -> None:
    parts = analyser().fingerprint.split(":")
    assert parts[0].startswith("polish-")
    assert parts[1] == "morfeusz2"
    assert "sgjp" in parts[2]


@given(st.text(max_size=200))
def test_any_text_can_be_analysed_the_same_way_as_document_and_as_chunks(text: str) -> None:
    streams = analyser().streams(text)
    assert "  " not in streams.exact
    assert len(streams.exact.split()) == len(streams.exact.split(" ")) or not streams.exact
    for token in analyser().tokens(text):
        assert token.terms
