"""How much of the marked personal data is found, and how often clean sentences raise an alarm: the Bulletin's bars."""

from __future__ import annotations

import time

import pytest

from portal.content.personal import detect
from tests.content.personal import figures, heldout
from tests.content.personal.marked import Inventor, Passage, clean, parse


def found_in(passage: Passage, start: int, end: int) -> bool:
    """Is every letter and digit of the marked stretch inside findings?"""
    covered = {place for one in detect.find(passage.text) for place in range(one.start, one.end)}
    return all(place in covered for place in range(start, end) if passage.text[place].isalnum())


@pytest.mark.parametrize("name", figures.SETS)
def test_marked_sets_are_found(name: str) -> None:
    made = figures.of(figures.SETS[name]())
    for kind, count in sorted(made.marked.items()):
        print(f"{kind}: {count - made.missed[kind]}/{count} = {made.recall({kind}):.3f}")
    print(*made.lost, *made.alarms, sep="\n")
    assert made.documents >= 150
    assert made.recall(made.numbers) >= 0.98
    assert made.recall(figures.NAMES) >= 0.9
    assert made.recall(figures.ADDRESSES) >= 0.9
    assert made.alarms_in_thousand_words <= 3


def test_documents_full_of_streets_patrons_and_numbers_raise_few_alarms() -> None:
    made = figures.of([Passage(text, ()) for text in heldout.clean()])
    print(*made.alarms, sep="\n")
    assert made.alarms_in_thousand_words <= 8


def test_of_a_thousand_planted_numbers_none_is_missed() -> None:
    inventor = Inventor(12)
    planted = [
        parse(inventor.fill(f"Wpisano do wykazu pod pozycją {n}: {{{what}}}."))
        for n in range(500)
        for what in ("pesel", "account")
    ]
    missed = [one.text for one in planted if not found_in(one, *one.marks[0][:2])]
    print(f"planted numbers found: {len(planted) - len(missed)}/{len(planted)}")
    assert len(missed) <= 10


def test_clean_sentences_raise_few_alarms() -> None:
    sentences = clean()
    alarms = [(s, [s[f.start : f.end] for f in found]) for s in sentences if (found := detect.find(s))]
    print(f"alarms on clean sentences: {len(alarms)}/{len(sentences)} = {len(alarms) / len(sentences):.4f}")
    print(*alarms, sep="\n")
    assert len(sentences) == 1000
    assert len(alarms) <= 20


def test_people_in_the_marks_of_the_law_are_no_findings_and_public_posts_are_said() -> None:
    text = "Zarządzam: Marek Wójcik, Wójt Gminy. Sprawę prowadzi Anna Zielińska, podinspektor. Stroną jest Jan Kos."
    found = detect.find(text, officials=["Marek Wójcik, wójt"])
    assert [(text[one.start : one.end], one.public) for one in found] == [("Anna Zielińska", True), ("Jan Kos", False)]


def test_all_forms_of_one_persons_name_have_one_subject() -> None:
    text = "Janowi Kowalskiemu odmówiono. Kowalski odwołał się. Sprawa Jana Kowalskiego wróciła."
    assert {one.subject for one in detect.find(text)} == {"kowalski"}
    assert len(detect.find(text)) == 3


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("Oferta Zieleń sp. z o.o., NIP 525-22-48-481.", False),
        ("Oferta Jan Kos, osoba fizyczna prowadząca działalność, NIP 525-22-48-481.", True),
        ("NIP 525-22-48-481", True),
    ],
)
def test_a_companys_tax_number_is_told_from_a_persons(text: str, alarm: bool) -> None:
    assert any(one.kind == "nip" for one in detect.find(text)) is alarm


@pytest.mark.parametrize("word", ["A", "A1", "A.", "1", "ks.", "A-"])
def test_a_word_of_any_length_after_a_street_is_read_at_once(word: str) -> None:
    began = time.thread_time()
    detect.find(f"ul. {word * 50} x")
    assert time.thread_time() - began < 1
