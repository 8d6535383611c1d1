"""What is proposed to be hidden before publication."""

from __future__ import annotations

import itertools

import pytest

from portal.content.personal import detect
from portal.content.personal.detect import MARK, Known, known_of

ANNA = known_of("Anna Nowak-Wróbel", ["85021412345"], ["ul. Długa 4/2\n11-222 Wrotkowo"], is_person=True)
JAN = known_of("Jan Kowalski", [], [], is_person=True)
MAREK = known_of("Marek Zając", [], [], is_person=True)
FIRM = known_of("Tartak Dębowy sp. z o.o.", ["5252248481"], [], is_person=False)


def hidden(text: str, *known: Known) -> str:
    return detect.apply(text, detect.find(text, known))


@pytest.mark.parametrize(
    "name",
    ["Jan Kowalski", "Jana Kowalskiego", "Janowi Kowalskiemu", "Janem Kowalskim", "JAN KOWALSKI", "Kowalscy"],
)
def test_a_persons_name_is_found_in_every_grammatical_case(name: str) -> None:
    assert hidden(f"Wniosek: {name}.", JAN) == f"Wniosek: {MARK}."


@pytest.mark.parametrize(
    "name",
    ["Anny Nowak-Wróbel", "Annie Nowak-Wróbel", "Annę Nowak-Wróbel", "Anna Nowak", "Państwo Nowakowie"],
)
def test_double_barrelled_and_other_names_are_found_too(name: str) -> None:
    assert not any(part in hidden(name, ANNA) for part in ("Ann", "Nowak", "Wrób"))


def test_a_fleeting_vowel_does_not_save_a_name() -> None:
    assert hidden("Marka Zająca i Markowi Zającowi", MAREK) == f"{MARK} i {MARK}"


def test_the_same_letters_as_a_common_word_stay() -> None:
    assert hidden("Pod drzewem siedział zając, a obok nowy słup.", MAREK, ANNA).count(MARK) == 0


@pytest.mark.parametrize(
    "data",
    ["85021412345", "anna.nowak+dom@poczta.example.pl", "525-22-48-481", "5252248481", "NIP: 111 111 11 11",
     "REGON 123456785", "ABC 123456", "600 100 200", "+48 600-100-200", "22 123 45 67", "tel. 600100200",
     "/anowak/domyslna",
     "AE:PL-12345-67890-ABCDE-12", "WA1M/00012345/6", "61 1090 1014 0000 0712 1981 2874", "ul. Długa 4/2",
     "ul. Długiej 12 m. 3",
     "al. Jana Pawła II 5", "11-222 Wrotkowo", "ur. 14.02.1985", "urodzona dnia 14 lutego 1985"],
)  # fmt: skip
def test_the_shapes_of_personal_data_are_found_without_knowing_anybody(data: str) -> None:
    left = hidden(f"W sprawie ({data}) orzeka się, co następuje.")
    assert MARK in left
    assert not any(word in left for word in data.replace("(", "").split() if word[:1].isdigit() and len(word) > 2)


@pytest.mark.parametrize(
    "text",
    [
        "Na podstawie art. 83a ust. 1 ustawy z dnia 16 kwietnia 2004 r. o ochronie przyrody (Dz. U. poz. 1478)",
        "znak sprawy OSR.6131.12.2026.2 z dnia 23 listopada 2026 r.",
        "opłata 1 234,50 zł, termin 14 dni, działka nr 123/4, obwód pnia 256 cm, RPW/12/2026",
        "Decyzja jest ostateczna od 04.05.2026.",
    ],
)
def test_the_words_of_a_decision_stay(text: str) -> None:
    assert hidden(text) == text


def test_what_the_case_knows_is_hidden_however_it_is_spaced() -> None:
    text = "Tartak  Dębowy sp. z o.o., adres ul. Długa\n4/2, 11-222  Wrotkowo"
    left = hidden(text, FIRM, ANNA)
    assert "Tartak" not in left
    assert "Długa" not in left


def test_a_towns_name_alone_is_nobodys_secret() -> None:
    known = known_of("Jan Kowalski", [], ["ul. Lipowa 7\n00-001 Wrotkowo\nWrotkowo\nPolska"], is_person=True)
    left = hidden("Pan Jan Kowalski, zamieszkały przy ul. Lipowej 7 we Wrotkowie; gmina Wrotkowo, Polska", known)
    assert left == "Pan (…), zamieszkały przy (…) we Wrotkowie; gmina Wrotkowo, Polska"


def test_hiding_twice_changes_nothing_more() -> None:
    once = hidden("Anna Nowak-Wróbel, PESEL 85021412345, ul. Długa 4/2", ANNA)
    assert hidden(once, ANNA) == once


def test_a_proposal_names_places_in_order_without_overlap() -> None:
    found = detect.find("Anna Nowak, 85021412345, ul. Długa 4/2, 11-222 Wrotkowo, Jan Kowalski", [ANNA, JAN])
    assert all(one.end < two.start for one, two in itertools.pairwise(found))
