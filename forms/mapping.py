"""Answers ↔ document: how one form's answers stand in its XML, and how they are read back.

What the definition maps goes to its place in the template; every other answer becomes additional information
("question: answer"), statements become statements. Nothing a person answered is left out of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from forms import answers as given
from forms.answers import Answers
from forms.letter import ORGANISATION, PERSON, Contact, Enclosure, Letter
from forms.reader import view
from forms.schema import DocumentMap, Field, FormDefinition, SenderMap
from forms.view import View
from forms.writer import write

_WRITTEN = {
    PERSON: frozenset({"first_name", "last_name", "pesel", "nip"}),
    ORGANISATION: frozenset({"first_name", "last_name", "name", "nip", "regon", "krs"}),
}
"""Which facts of a sender the template has a place for, beside the address and contact."""
_ALWAYS = frozenset({"street", "building", "flat", "postcode", "post", "city", "country", "email", "phone"})
_YES = "tak"
"""An answer in the document itself, which is Polish whatever language the form was filled in."""


def compose(
    form: FormDefinition,
    answers: Mapping[str, object],
    *,
    sender: Contact,
    recipient: Contact,
    reference: str,
    enclosures: Sequence[Enclosure],
    created: date,
    form_id: str,
    departments: Mapping[str, str],
) -> Letter:
    """The letter these answers make. ``departments`` gives names to symbols.

    ``sender`` adds what the form does not ask (identifiers of the account); answers come first.
    """
    kept, document = given.effective(form, answers), form.document
    contact = _sender(document.sender, kept, sender)
    symbol = str(kept.get(document.unit, ""))
    return Letter(
        namespace=document.namespace,
        created=created,
        title=_lead(document) + str(kept[document.title]),
        sender=contact,
        recipient=replace(recipient, unit_symbol=symbol, unit=departments.get(symbol, "")),
        paragraphs=tuple(str(kept.get(document.body, "")).split("\n")),
        place=str(kept.get(document.place, "")),
        kind=document.kind,
        kind_other=document.kind_other,
        statements=tuple(f.label for f in given.asked(form, kept) if f.type == "statement" and f.name in kept),
        additional=tuple(_additional(form, kept, contact.kind, departments)),
        enclosures=tuple(enclosures),
        signatory=contact if contact.kind == ORGANISATION and (contact.first_name or contact.last_name) else None,
        form_id=form_id,
        correlation=reference,
        description=document.description,
    )


def to_xml(
    form: FormDefinition,
    answers: Mapping[str, object],
    *,
    sender: Contact,
    recipient: Contact,
    reference: str,
    attachments: Sequence[Enclosure] = (),
    created: date,
    form_id: str = "",
    departments: Mapping[str, str] | None = None,
) -> bytes:
    """The document of these answers: deterministic UTF-8 XML of the definition's template."""
    letter = compose(
        form, answers, sender=sender, recipient=recipient, reference=reference, enclosures=attachments,
        created=created, form_id=form_id, departments=departments or {},
    )  # fmt: skip
    return write(letter)


def _lead(document: DocumentMap) -> str:
    """What stands in the title before the answer."""
    return f"{document.heading}: " if document.heading else ""


def _kind(sender: SenderMap, kept: Answers) -> str:
    return str(kept.get(sender.kind) or PERSON)


def _sender(sender: SenderMap, kept: Answers, account: Contact) -> Contact:
    facts = {
        part: str(kept.get(getattr(sender, part), ""))
        for part in sender.__slots__
        if part != "kind" and getattr(sender, part)
    }
    return Contact(kind=_kind(sender, kept), other_ids=account.other_ids, **facts)


def _placed(form: FormDefinition, kind: str) -> frozenset[str]:
    """The fields that have a place of their own in a document sent by a sender of this ``kind``."""
    document = form.document
    parts = _WRITTEN[kind] | _ALWAYS | {"kind"}
    sender = {getattr(document.sender, part) for part in parts}
    return frozenset(sender | {document.title, document.body, document.place, document.unit}) - {""}


def _extra(form: FormDefinition, kind: str) -> Iterator[Field]:
    placed = _placed(form, kind)
    return (f for f in form.fields if f.name not in placed and f.type not in ("statement", "files"))


def _additional(form: FormDefinition, kept: Answers, kind: str, departments: Mapping[str, str]) -> Iterator[str]:
    for field in _extra(form, kind):
        if field.name in kept:
            yield f"{field.label}: {_shown(field, kept[field.name], departments)}"


def _shown(field: Field, value: str | bool, departments: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _YES
    if field.type == "choice":
        return next((choice.label for choice in field.choices if choice.value == value), value)
    if field.type == "department":
        return f"{departments.get(value, '')} ({value})".strip()
    return value


def from_xml(form: FormDefinition, data: bytes) -> Answers:
    """The answers in a document made by ``to_xml`` from the same definition.

    Raises ``portal.core.xml.UnsafeXml``.
    """
    return answers_of(form, view(data))


def answers_of(form: FormDefinition, seen: View) -> Answers:
    """The answers a view of such a document shows."""
    document, sender = form.document, seen.sender or Contact(kind=PERSON)
    kind = sender.kind or PERSON
    found: dict[str, str | bool] = {
        document.title: seen.title.removeprefix(_lead(document)),
        document.body: "\n".join(seen.paragraphs),
        document.place: seen.place,
        document.unit: seen.recipient.unit_symbol if seen.recipient else "",
        document.sender.kind: kind,
    }
    named = seen.signatory or Contact() if kind == ORGANISATION else sender
    whole = replace(sender, first_name=named.first_name, last_name=named.last_name)
    for part in _WRITTEN[kind] | _ALWAYS:
        found[getattr(document.sender, part)] = getattr(whole, part)
    for field in _extra(form, kind):
        found[field.name] = _read_back(field, seen.additional)
    for field in form.fields:
        if field.type == "statement":
            found[field.name] = field.label in seen.statements
    return given.effective(form, found)


def _read_back(field: Field, lines: Sequence[str]) -> str | bool:
    mark = f"{field.label}: "
    text = next((line.removeprefix(mark) for line in lines if line.startswith(mark)), "")
    if field.type == "checkbox":
        return text == _YES
    if field.type == "choice":
        return next((choice.value for choice in field.choices if choice.label == text), "")
    if field.type == "department":
        return text.rpartition("(")[2].rstrip(")")
    return text
