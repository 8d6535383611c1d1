"""How much of the marked personal data is found, and how often clean sentences raise an alarm: the Bulletin's bars."""

from __future__ import annotations

from collections import Counter

import pytest

from portal.content.personal import detect
from tests.content.personal.marked import Inventor, Passage, clean, parse, passages

NAMES = {"name"}
ADDRESSES = {"address", "birth", "plate"}


def found_in(passage: Passage, start: int, end: int) -> bool:
    """Is every letter and digit of the marked stretch inside findings?"""
    covered = {place for one in detect.find(passage.text) for place in range(one.start, one.end)}
    return all(place in covered for place in range(start, end) if passage.text[place].isalnum())


def test_the_marked_set_is_found() -> None:
    marked, missed = Counter[str](), Counter[str]()
    lost = []
    for passage in passages():
        for start, end, kind in passage.marks:
            marked[kind] += 1
            if not found_in(passage, start, end):
                missed[kind] += 1
                lost.append((kind, passage.text[max(0, start - 40) : end + 10]))
    for kind, count in sorted(marked.items()):
        print(f"{kind}: {count - missed[kind]}/{count} = {1 - missed[kind] / count:.3f}")
    print(*lost, sep="\n")

    def recall(kinds: set[str]) -> float:
        return 1 - sum(missed[kind] for kind in kinds) / sum(marked[kind] for kind in kinds)

    numbers = set(marked) - NAMES - ADDRESSES
    print(f"passages {len(passages())}, numbers and e-mail {recall(numbers):.3f}, names {recall(NAMES):.3f},"
          f" addresses and dates {recall(ADDRESSES):.3f}")  # fmt: skip
    assert len(passages()) >= 300
    assert recall(numbers) >= 0.98
    assert recall(NAMES) >= 0.9
    assert recall(ADDRESSES) >= 0.9


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
