"""What makes a definition sound, beyond its shape. Problems are for the person who writes definitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from forms import clean, structure
from forms.letter import ORGANISATION, PERSON, Contact

if TYPE_CHECKING:
    from forms.schema import Condition, Field, FormDefinition, Step

LIMITS = {"text": 200, "multiline": 20_000, "email": 254, "phone": 20, "url": 2000}
"""Types with a length, and their greatest one in characters."""
TYPES = frozenset({*LIMITS, "pesel", "nip", "regon", "date", "choice", "checkbox", "statement", "department", "files"})
PREFILLS = frozenset(Contact.__slots__) - {"other_ids", "unit", "unit_symbol"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_RESERVED = frozenset({"podsumowanie", "plik", "csrf_token", "back", "remove", "add"})


def problems(form: FormDefinition) -> list[str]:
    """Everything wrong with ``form``; empty when it can be used."""
    found = list(_steps(form))
    found += field_problems(form.fields)
    found += _conditions(form)
    if not found:
        found += _document(form)
    return found


def field_problems(fields: Iterable[Field]) -> list[str]:
    """What is wrong with the fields themselves."""
    fields = tuple(fields)
    found = [f"fields: name {name!r} is used twice" for name in _twice(f.name for f in fields)]
    found += [f"fields: label {label!r} is used twice" for label in _twice(f.label for f in fields)]
    for field in fields:
        found += (f"field {field.name}: {what}" for what in _field(field))
    return found


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _steps(form: FormDefinition) -> Iterator[str]:
    if not form.steps:
        yield "steps: at least one is needed"
    for name in _twice(step.name for step in form.steps):
        yield f"steps: name {name!r} is used twice"
    for step in form.steps:
        if not _SLUG.fullmatch(step.name) or step.name in _RESERVED:
            yield f"step {step.name}: not usable in an address"
        if not step.fields:
            yield f"step {step.name}: has no fields"
    for what in ("title", "summary"):
        if not getattr(form, what).strip():
            yield f"{what}: empty"


def _field(field: Field) -> Iterator[str]:
    if field.type not in TYPES:
        yield f"unknown type {field.type!r}; there are: {', '.join(sorted(TYPES))}"
        return
    if not _NAME.fullmatch(field.name) or field.name in _RESERVED:
        yield "a name is small letters, digits and underscores, and no reserved word"
    if not field.label or field.label != clean.line(field.label):
        yield "the label is empty or holds white space at its ends"
    # "label: answer" in the document must be readable back in one way only.
    if ": " in field.label:
        yield "a label must not hold a colon followed by a space"
    yield from _choices(field)
    yield from _limits(field)
    if field.prefill and field.prefill not in PREFILLS:
        yield f"prefill {field.prefill!r} is not known; there are: {', '.join(sorted(PREFILLS))}"


def _choices(field: Field) -> Iterator[str]:
    if (field.type == "choice") != bool(field.choices):
        yield "choices belong to the type choice, and to it alone"
    for what in ("value", "label"):
        for double in _twice(getattr(choice, what) for choice in field.choices):
            yield f"choice {what} {double!r} is used twice"
    for choice in field.choices:
        if not choice.value or not choice.label or choice.label != clean.line(choice.label):
            yield "a choice needs a value and a label"


def _limits(field: Field) -> Iterator[str]:
    if field.type not in LIMITS and (field.min_length or field.max_length):
        yield f"a {field.type} has no length"
    elif field.max_length < 0 or field.min_length < 0 or field.max_length > LIMITS.get(field.type, 0):
        yield f"lengths lie between 0 and {LIMITS.get(field.type, 0)}"
    elif field.min_length > field.limit:
        yield "min_length is greater than max_length"
    for name in ("not_before", "not_after"):
        value = getattr(field, name)
        if value and field.type != "date":
            yield f"{name} belongs to dates"
        elif value and value != "today" and not _is_date(value):
            yield f"{name}: an ISO date or 'today' is expected"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _conditions(form: FormDefinition) -> list[str]:
    found: list[str] = []
    earlier: dict[str, Field] = {}
    for step in form.steps:
        for where, condition in _conditions_of(step):
            if condition is not None:
                found += (f"{where}: {what}" for what in _condition(condition, earlier))
        earlier |= {field.name: field for field in step.fields}
    return found


def _conditions_of(step: Step) -> Iterator[tuple[str, Condition | None]]:
    yield f"step {step.name}", step.show_when
    yield from ((f"field {field.name}", field.show_when) for field in step.fields)


def _condition(condition: Condition, earlier: dict[str, Field]) -> Iterator[str]:
    asked = earlier.get(condition.field)
    if asked is None:
        # A page works without scripts, so what it shows must be known before it is shown.
        yield f"show_when refers to {condition.field!r}, which no earlier step asks"
        return
    possible = {"choice": {c.value for c in asked.choices}, "checkbox": {"yes", "no"}}.get(asked.type)
    if possible is None:
        yield f"show_when can depend on a choice or a checkbox, {condition.field!r} is neither"
    elif not condition.equals or set(condition.equals) - possible:
        yield f"show_when: {condition.field!r} can only be {', '.join(sorted(possible))}"


def _document(form: FormDefinition) -> Iterator[str]:
    document, fields = form.document, {field.name: field for field in form.fields}
    if not structure.described(document.namespace):
        yield f"document.namespace: no description of {document.namespace!r}"
    if document.heading != clean.line(document.heading):
        yield "document.heading: white space at its ends"
    for name, kind in (("title", "text"), ("body", "multiline")):
        field = fields.get(getattr(document, name))
        if field is None or field.type != kind:
            yield f"document.{name}: a field of type {kind} is expected"
        elif name == "title" and not (field.required and field.show_when is None):
            yield "document.title: the title must always be asked and required"
    for name, kind in (("place", "text"), ("unit", "department")):
        used = getattr(document, name)
        if used and (used not in fields or fields[used].type != kind):
            yield f"document.{name}: a field of type {kind} is expected"
    yield from _sender(form, fields)


_SENDER_TYPES = {
    "kind": ("choice",),
    "pesel": ("pesel",),
    "nip": ("nip",),
    "regon": ("regon",),
    "email": ("email",),
    "phone": ("phone",),
}


def _sender(form: FormDefinition, fields: dict[str, Field]) -> Iterator[str]:
    sender = form.document.sender
    used = {part: getattr(sender, part) for part in sender.__slots__ if getattr(sender, part)}
    for part, name in used.items():
        kinds = _SENDER_TYPES.get(part, ("text",))
        if name not in fields or fields[name].type not in kinds:
            yield f"document.sender.{part}: a field of type {' or '.join(kinds)} is expected"
    own = {form.document.title, form.document.body}
    for name in [*_twice(used.values()), *(name for name in used.values() if name in own)]:
        yield f"document.sender: field {name!r} is used twice"
    if sender.kind in fields:
        values = {choice.value for choice in fields[sender.kind].choices}
        if values != {PERSON, ORGANISATION}:
            yield f"document.sender.kind: the choices must be {PERSON} and {ORGANISATION}"
