"""The base of every WTForms form here: Polish built-in messages, CSRF, sentences by code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField

from portal.web.texts import known, message


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form whose built-in messages are Polish; validators of ours raise codes of messages.json."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # Flask-WTF has no types
        locales = ("pl",)


def sentence(error: object) -> str:
    """A field's error as people read it: a code becomes its sentence, a sentence stays."""
    text = str(error)
    return message(text) if known(text) else text


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the summary above a form; ``target`` is the id of the element to go to."""

    target: str
    text: str


def first_error(field: Field) -> str:
    """The first error of a field, in words."""
    for error in field.errors:
        return sentence(error)
    return ""


def _target(field: Field) -> str:
    """A group is entered at its first choice; anything else at itself."""
    choices = getattr(field, "choices", None)
    grouped = choices is not None and "List" in type(field.widget).__name__
    return f"{field.id}-0" if grouped else str(field.id)


def _of_field(field: Field) -> Iterator[Problem]:
    if isinstance(field, FormField):
        yield from _of_fields(field.form)
    elif isinstance(field, FieldList) and any(entry.errors for entry in field.entries):
        yield from _of_fields(field.entries)
    elif field.errors:
        yield Problem(_target(field), first_error(field))


def _of_fields(fields: Iterable[Field]) -> Iterator[Problem]:
    for field in fields:
        if field.type != "CSRFTokenField":
            yield from _of_field(field)


def problems(form: Any) -> list[Problem]:
    """Everything wrong with ``form``, in the order of its fields, the form's own errors first."""
    own = [Problem("", sentence(error)) for error in getattr(form, "form_errors", [])]
    return own + list(_of_fields(form))
