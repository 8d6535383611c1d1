"""The definitions that come with the program: each can be filled in to the end, and makes a sound document."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms import answers as given
from forms import document, shipped
from forms.letter import Contact
from tests.forms.samples import DEPARTMENTS

OFFICE = Contact(kind="organisation", name="Urząd Gminy Wrotkowo", city="Wrotkowo")
EXAMPLES = Path(__file__).with_name("examples")


def examples(slug: str) -> list[dict[str, Any]]:
    """Plausible answers kept beside the tests; for a question that asks for files, the name of one."""
    found: list[dict[str, Any]] = json.loads((EXAMPLES / f"{slug}.json").read_text(encoding="utf-8"))
    return found


EVERY_EXAMPLE = [
    pytest.param(slug, answers, id=f"{slug}-{number}")
    for slug in shipped.slugs()
    for number, answers in enumerate(examples(slug), start=1)
]


@pytest.mark.parametrize(("slug", "answers"), EVERY_EXAMPLE)
def test_plausible_answers_can_be_sent(slug: str, answers: dict[str, Any]) -> None:
    form = shipped.definition(slug)
    files = {field.name for field in form.fields if field.type == "files" and answers.get(field.name)}

    assert given.problems(form, answers, departments=DEPARTMENTS, files=files) == {}


@pytest.mark.parametrize(("slug", "answers"), EVERY_EXAMPLE)
def test_plausible_answers_make_a_valid_document_that_reads_back_the_same(slug: str, answers: dict[str, Any]) -> None:
    form = shipped.definition(slug)

    data = document.to_xml(
        form, answers, sender=Contact(kind="person"), recipient=OFFICE, reference="WR-2026-7K4Q9D",
        created=date(2026, 11, 23), form_id=f"{slug}/1", departments=DEPARTMENTS,
    )  # fmt: skip

    assert document.faults(data) == ()
    assert document.from_xml(form, data) == given.effective(form, answers)
    title = document.view(data).title
    assert title.startswith(form.document.heading)
    assert title.endswith(answers[form.document.title])


@pytest.mark.parametrize("slug", shipped.slugs())
def test_examples_use_only_questions_of_their_form_and_answer_every_required_one(slug: str) -> None:
    form, kept = shipped.definition(slug), examples(slug)
    used = {name for answers in kept for name in answers}
    asked = {field.name for answers in kept for field in given.asked(form, given.cleaned(form, answers))}

    assert used <= {field.name for field in form.fields}
    assert asked == {field.name for field in form.fields}, "a question that no example is asked"


@pytest.mark.parametrize("slug", shipped.slugs())
def test_a_service_card_says_everything_one_wants_to_know_before_starting(slug: str) -> None:
    form = shipped.definition(slug)

    assert all([form.summary, form.duration, form.fee, form.term, form.basis, form.needed, form.next_steps])
    assert len(form.steps) > 1
    assert any(field.prefill for field in form.fields)


def test_the_same_words_never_stand_for_two_forms() -> None:
    titles = [shipped.definition(slug).title for slug in shipped.slugs()]

    assert len(titles) == len(set(titles)) == 8
