"""What assistive technology must be told about a field: its hint, its error, that it is required.

The macros in ``templates/macros/forms.html`` ask here; the fields themselves stay plain WTForms.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from markupsafe import Markup, escape
from wtforms import BooleanField, Field, FieldList, FileField, FormField, SelectFieldBase

from portal.web import forms

_INPUT_MODES = {"IntegerField": "numeric", "DecimalField": "decimal", "EmailField": "email", "TelField": "tel"}


def kind(field: Field) -> str:
    """How a field is laid out: ``hidden``, ``check`` (one box), ``group`` (choices), ``parts``, ``plain``."""
    if field.type in ("HiddenField", "CSRFTokenField"):
        return "hidden"
    if isinstance(field, (FormField, FieldList)):
        return "parts"
    if isinstance(field, SelectFieldBase) and "List" in type(field.widget).__name__:
        return "group"
    return "check" if isinstance(field, BooleanField) else "plain"


def _class(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "form-check-input"
    if isinstance(field, SelectFieldBase):
        return "form-select"
    return "form-control"


def _described_by(field: Field, hint: str) -> str:
    notes = []
    if hint or field.description:
        notes.append(f"{field.id}-hint")
    if field.errors:
        notes.append(f"{field.id}-error")
    return " ".join(notes)


def attributes(field: Field, hint: str = "", more: dict[str, Any] | None = None) -> dict[str, Any]:
    """The attributes of one input: Bootstrap's class, hint and error by id, whether it is wrong or required."""
    given = {**(field.render_kw or {}), **(more or {})}
    given["class"] = " ".join(filter(None, (_class(field), given.pop("class", ""), given.pop("class_", ""))))
    if field.errors:
        given["class"] += " is-invalid"
        given["aria-invalid"] = "true"
    if notes := _described_by(field, hint):
        given["aria-describedby"] = notes
    if mode := _INPUT_MODES.get(field.type):
        given.setdefault("inputmode", mode)
    if field.flags.required:
        # The browser's own bubble would hide our sentence: the rule is told, not enforced, on this side.
        given["required"] = False
        given["aria-required"] = "true"
    if isinstance(field, FileField):
        given.setdefault("data-files", True)
    return given


def option_attributes() -> dict[str, Any]:
    """The attributes of one radio button or box of a group."""
    return {"class": "form-check-input", "required": False}


def described(field: Field, hint: str = "") -> Markup:
    """``aria-describedby`` of a fieldset, and whether the group is wrong."""
    notes = _described_by(field, hint)
    return Markup(' aria-describedby="{}"').format(escape(notes)) if notes else Markup("")


def init(app: Flask) -> None:
    """Give the helpers to the macros."""
    app.jinja_env.globals.update(
        field_kind=kind,
        field_attributes=attributes,
        field_described=described,
        option_attributes=option_attributes,
        field_error=forms.first_error,
        form_problems=forms.problems,
    )
