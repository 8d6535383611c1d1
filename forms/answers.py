"""Answers: how they are kept, which count, what is wrong with them, what is known beforehand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from forms import clean, validators
from forms.letter import Contact
from forms.schema import Condition, Field, FormDefinition, Step
from forms.validators import Problem

Answers = dict[str, str | bool]
"""Field name → text (dates in ISO form, a choice's or department's value) or, for boxes, whether ticked."""

_BOXES = ("checkbox", "statement")


def normal(field: Field, value: object) -> str | bool:
    """An answer as it is kept: one form for equal answers, nothing XML could not carry."""
    if field.type in _BOXES:
        return value in (True, "y", "yes", "on", "true", "1")
    text = str(value) if isinstance(value, str) else ""
    if field.type == "multiline":
        return clean.block(text)
    text = clean.line(text)
    if field.type in ("pesel", "nip", "regon"):
        return validators.digits(text)
    return text


def holds(condition: Condition | None, answers: Mapping[str, object]) -> bool:
    """Whether ``condition`` holds; none always does."""
    if condition is None:
        return True
    value = answers.get(condition.field, "")
    word = ("no", "yes")[value] if isinstance(value, bool) else str(value)
    return word in condition.equals


def visible_fields(step: Step, answers: Mapping[str, object]) -> tuple[Field, ...]:
    """The questions of a step that are asked, given the answers of earlier steps."""
    return tuple(field for field in step.fields if holds(field.show_when, answers))


def visible_steps(form: FormDefinition, answers: Mapping[str, object]) -> tuple[Step, ...]:
    """The steps that are asked: their condition holds and at least one of their questions is asked."""
    return tuple(step for step in form.steps if holds(step.show_when, answers) and visible_fields(step, answers))


def asked(form: FormDefinition, answers: Mapping[str, object]) -> Iterator[Field]:
    """All questions that are asked, in order."""
    for step in visible_steps(form, answers):
        yield from visible_fields(step, answers)


def cleaned(form: FormDefinition, answers: Mapping[str, object]) -> Answers:
    """Every question's answer as it is kept; an unticked box is ``False``, an unanswered question empty."""
    return {field.name: normal(field, answers.get(field.name, "")) for field in form.fields}


def effective(form: FormDefinition, answers: Mapping[str, object]) -> Answers:
    """The answers that count: to questions that are asked, cleaned, without empty ones."""
    kept = cleaned(form, answers)
    return {
        field.name: kept[field.name]
        for field in asked(form, kept)
        if field.type != "files" and kept[field.name] not in ("", False)
    }


def problems(
    form: FormDefinition,
    answers: Mapping[str, object],
    *,
    departments: Collection[str] = (),
    files: Collection[str] = (),
) -> dict[str, Problem]:
    """What keeps the answers from being sent, by field. ``files`` names the fields that have a file."""
    kept = cleaned(form, answers)
    found = {}
    for field in asked(form, kept):
        value = ("x" if field.name in files else "") if field.type == "files" else kept[field.name]
        problem = validators.check(field, value, departments)
        if problem:
            found[field.name] = problem
    return found


def known(form: FormDefinition, sender: Contact, earlier: Mapping[str, object] | None = None) -> Answers:
    """Answers known beforehand: from the account, else from what the same person answered before."""
    found: Answers = {}
    for field in form.fields:
        if field.prefill:
            value = getattr(sender, field.prefill) or (earlier or {}).get(field.prefill, "")
            if value:
                found[field.name] = normal(field, value)
    return found


def sender_facts(form: FormDefinition, answers: Mapping[str, object]) -> dict[str, str]:
    """What these answers tell about their sender, for prefilling the next form: ``prefill`` name → answer."""
    kept = effective(form, answers)
    return {field.prefill: str(kept[field.name]) for field in form.fields if field.prefill and field.name in kept}
