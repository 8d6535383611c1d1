"""Which answers count, how they are kept, what is known beforehand."""

from __future__ import annotations

from forms import answers as given
from forms.letter import Contact
from tests.forms.samples import ANSWERS, DEPARTMENTS, PISMO


def test_only_answers_to_questions_that_are_asked_count() -> None:
    kept = given.effective(PISMO, {**ANSWERS, "organisation_name": "Ukryta sp. z o.o."})

    assert "organisation_name" not in kept
    assert kept["pesel"] == ANSWERS["pesel"]


def test_changing_an_earlier_answer_changes_what_is_asked() -> None:
    found = given.problems(PISMO, {**ANSWERS, "sender_kind": "organisation"}, departments=DEPARTMENTS)

    assert {name: problem.code for name, problem in found.items()} == {"organisation_name": "form.required"}


def test_complete_answers_have_no_problems() -> None:
    assert given.problems(PISMO, ANSWERS, departments=DEPARTMENTS) == {}


def test_what_eyes_cannot_see_is_not_kept() -> None:
    field = PISMO.field("title")

    assert given.normal(field, "  Wnio\u200bsek\u202e \x00 o\u00a0 naprawe\u0328 ") == "Wniosek o naprawę"


def test_lines_of_a_text_are_kept_and_line_ends_are_one_character() -> None:
    field = PISMO.field("body")

    assert given.normal(field, "\r\nraz \r\n\r\n  dwa\rtrzy\n\n") == "raz\n\n  dwa\ntrzy"


def test_a_pesel_is_kept_without_the_spaces_people_write() -> None:
    assert given.normal(PISMO.field("pesel"), "440514 01359") == "44051401359"


def test_what_the_account_knows_is_not_asked_again_and_beats_what_was_said_before() -> None:
    account = Contact(kind="person", first_name="Anna", email="anna@nowa.example")

    known = given.known(PISMO, account, {"email": "anna@stara.example", "city": "Wrotkowo"})

    assert known["email"] == "anna@nowa.example"
    assert known["city"] == "Wrotkowo"
    assert known["sender_kind"] == "person"


def test_facts_about_a_sender_are_those_of_the_questions_asked() -> None:
    facts = given.sender_facts(PISMO, {**ANSWERS, "nip": "5260250274"})

    assert facts["pesel"] == ANSWERS["pesel"]
    assert "nip" not in facts
