"""The editor's form, built from the type: title, summary, text, the type's own fields, files, reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField

from forms.build import wtform
from portal.content import sanitise
from portal.content.types import ItemType
from portal.content.versions import MAX_REASON, MAX_SUMMARY, MAX_TITLE
from portal.web.forms import Form
from portal.web.texts import message

PREFIX = "pole"


def page_form(kind: ItemType, **given: Any) -> Form:
    """The part every type has. Labels are sentences of ``templates/content/messages.json``."""

    class PageForm(Form):
        title = StringField(message("content.field.title"), render_kw={"maxlength": MAX_TITLE})
        name = StringField(message("content.field.name"), description=message("content.field.name.hint"))
        summary = TextAreaField(
            message("content.field.summary"),
            description=message("content.field.summary.hint"),
            render_kw={"rows": 2, "maxlength": MAX_SUMMARY},
        )
        body = TextAreaField(message("content.field.body"), render_kw={"rows": 18, "data-rich": "1"})
        reason = StringField(
            message("content.field.reason"),
            description=message("content.field.reason.hint"),
            render_kw={"maxlength": MAX_REASON},
        )
        expected = HiddenField()

    form = PageForm(**given)
    form.title.flags.required = True
    if not kind.body:
        del form.body
    return form


def field_form(kind: ItemType, **given: Any) -> Form:
    """The type's own fields by the builder of the e-forms. What publication requires may wait in a draft."""
    optional = [replace(field, required=False) for field in kind.fields]
    form: Form = wtform(optional)(prefix=PREFIX, **given)
    for name in kind.required:
        form[name].flags.required = True
    return form


def fields_of(kind: ItemType, form: Form) -> dict[str, Any]:
    """The answers as they are kept: texts trimmed, boxes as truth values."""
    found = {}
    for field in kind.fields:
        value = form[field.name].data
        found[field.name] = value if isinstance(value, bool) else (value or "").strip()
    return found


def body_of(form: Form) -> str:
    """The text as HTML: without an editor in the browser people write plain paragraphs."""
    text = form.body.data or "" if "body" in form else ""
    return text if "<" in text else sanitise.from_text(text)
