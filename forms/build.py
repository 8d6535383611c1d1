"""Definition → WTForms: one class per page, with the rules of ``forms.validators`` as its only judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms import Field as WebField
from wtforms import Form as WebForm
from wtforms.fields import choices as web_choices
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput

from forms import answers as given
from forms import validators
from forms.schema import Field
from portal.web.forms import Form
from portal.web.texts import message

_MANY = 6
"""More choices than this are a list to pick from instead of buttons."""
_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}


class _Rule:
    """One question's rules as a WTForms validator."""

    def __init__(self, field: Field, departments: Mapping[str, str]) -> None:
        self.field = field
        self.departments = departments
        self.field_flags = {"required": True} if field.required else {}

    def __call__(self, form: WebForm, web: WebField) -> None:  # noqa: ARG002
        problem = validators.check(self.field, given.normal(self.field, web.data), self.departments)
        if problem:
            raise ValidationError(message(problem.code, **problem.details))


def wtform(fields: Iterable[Field], departments: Mapping[str, str] | None = None) -> type[Form]:
    """A form class asking ``fields``; files are not part of it, they are sent and listed on their own.

    ``departments`` are the symbols and names one may choose from.
    """
    asked = {f.name: _web_field(f, departments or {}) for f in fields if f.type != "files"}
    return type("StepForm", (Form,), asked)


def _web_field(field: Field, departments: Mapping[str, str]) -> Any:
    common: dict[str, Any] = {
        "label": field.label,
        "description": field.hint,
        "validators": [_Rule(field, departments)],
        "render_kw": _attributes(field),
    }
    return _MAKERS.get(field.type, _text)(field, common, departments)


def _attributes(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if field.autocomplete:
        found["autocomplete"] = field.autocomplete
    if field.type in ("pesel", "nip", "regon"):
        found |= _DIGITS
    if field.type == "multiline":
        found["rows"] = 10
    return found


def _text(field: Field, common: dict[str, Any], departments: Mapping[str, str]) -> Any:  # noqa: ARG001
    kinds = {"multiline": TextAreaField, "email": EmailField, "phone": TelField}
    return kinds.get(field.type, StringField)(**common)


def _date(field: Field, common: dict[str, Any], departments: Mapping[str, str]) -> Any:  # noqa: ARG001
    # A text underneath: what was typed stays, even when it is no date.
    return StringField(**common, widget=DateInput())


def _option(value: str, label: str) -> Any:
    return web_choices.SelectChoice(value, label)  # type: ignore[attr-defined]  # newer than its type stubs


def _choice(field: Field, common: dict[str, Any], departments: Mapping[str, str]) -> Any:  # noqa: ARG001
    options = [_option(choice.value, choice.label) for choice in field.choices]
    if len(options) <= _MANY:
        return RadioField(**common, choices=options, validate_choice=False)
    return SelectField(**common, choices=[_option("", message("form.choose_one")), *options], validate_choice=False)


def _department(field: Field, common: dict[str, Any], departments: Mapping[str, str]) -> Any:
    nothing = message("form.choose_one" if field.required else "form.department.unknown")
    options = [_option("", nothing), *(_option(symbol, name) for symbol, name in departments.items())]
    return SelectField(**common, choices=options, validate_choice=False)


def _box(field: Field, common: dict[str, Any], departments: Mapping[str, str]) -> Any:  # noqa: ARG001
    return BooleanField(**common)


_MAKERS: dict[str, Callable[[Field, dict[str, Any], Mapping[str, str]], Any]] = {
    "date": _date,
    "choice": _choice,
    "department": _department,
    "checkbox": _box,
    "statement": _box,
}
