"""Answers → XML → answers: always valid by the description of the template, never anything lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from stdnum.pl import pesel as stdnum_pesel

from forms import answers as kept
from forms import document, structure
from forms.letter import Contact, Enclosure
from forms.schema import Field, FormDefinition
from portal.core.documents import clean_name
from tests.forms.samples import ANSWERS, DEPARTMENTS, NIP, PDF, PESEL, PISMO, PNG, REGON, rich

OFFICE = Contact(kind="organisation", name="Urząd Gminy Wrotkowo", city="Wrotkowo")
RICH = FormDefinition.from_data(rich())


def made(form: FormDefinition, answers: dict[str, Any], *files: Enclosure) -> bytes:
    return document.to_xml(
        form, answers, sender=Contact(kind="person", other_ids=(("konto", "7"),)), recipient=OFFICE,
        reference="WR-2026-7K4Q9D", attachments=files, created=date(2026, 11, 23), form_id="proba/1",
        departments=DEPARTMENTS,
    )  # fmt: skip


def test_a_letter_is_valid_and_reads_back_as_the_same_answers() -> None:
    data = made(PISMO, ANSWERS)

    assert structure.faults(data) == ()
    assert document.from_xml(PISMO, data) == kept.effective(PISMO, ANSWERS)


def test_the_same_answers_give_the_same_bytes() -> None:
    assert made(PISMO, ANSWERS) == made(PISMO, dict(reversed(ANSWERS.items())))


def test_the_instruction_for_the_stylesheet_stands_before_the_root() -> None:
    start = made(PISMO, ANSWERS).split(b"<w:Dokument")[0].decode()

    assert start == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<?xml-stylesheet type="text/xsl" href="http://crd.gov.pl/wzor/2013/12/12/1410/styl.xsl"?>\n'
    )


def test_our_marks_come_back_with_the_document() -> None:
    seen = document.view(made(PISMO, ANSWERS))

    assert (seen.correlation, seen.form_id) == ("WR-2026-7K4Q9D", "proba/1")
    assert seen.recipient is not None
    assert (seen.recipient.unit, seen.recipient.unit_symbol) == (DEPARTMENTS["GK"], "GK")
    assert seen.sender is not None
    assert seen.sender.other_ids == (("konto", "7"),)


def test_attachments_come_back_byte_for_byte() -> None:
    files = (Enclosure("umowa „A” & <b>.pdf", "application/pdf", PDF), Enclosure("zdjęcie.png", "image/png", PNG))

    data = made(PISMO, ANSWERS, *files)

    assert structure.faults(data) == ()
    found = document.view(data).attachments
    assert [(f.name, f.content_type, f.data, f.problem) for f in found] == [
        (f.name, f.content_type, f.data, "") for f in files
    ]


def test_an_organisation_writes_under_its_name_and_a_person_signs() -> None:
    answers = {**ANSWERS, "sender_kind": "organisation", "organisation_name": "Łąka S.A.", "nip": NIP}

    data = made(PISMO, answers)

    seen = document.view(data)
    assert structure.faults(data) == ()
    assert seen.sender is not None
    assert (seen.sender.display_name, seen.sender.identifiers) == ("Łąka S.A.", {"nip": NIP})
    assert seen.signatory is not None
    assert seen.signatory.last_name == ANSWERS["last_name"]
    assert document.from_xml(PISMO, data) == kept.effective(PISMO, answers)


def test_a_document_that_departs_from_the_template_is_found() -> None:
    data = made(PISMO, ANSWERS)

    assert structure.faults(data.replace(b"<w:Tytul>", b"<w:Tytul>").replace(b"44051401359", b"4405140135"))
    assert structure.faults(data.replace(b"w:MiejscowoscDokumentu", b"w:Miejscowosc"))


def test_a_signature_appended_to_the_root_keeps_the_document_valid() -> None:
    root = etree.fromstring(made(PISMO, ANSWERS))
    etree.SubElement(root, "{http://www.w3.org/2000/09/xmldsig#}Signature")

    assert structure.faults(etree.tostring(root)) == ()


TEXT = st.text(max_size=60)
PESELS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).flatmap(
    lambda day: st.integers(0, 9999).map(lambda serial: _pesel(day, serial))
)
NIPS = st.integers(10**9, 10**10 - 1).map(str)


def _pesel(day: date, serial: int) -> str:
    month = day.month + (20 if day.year >= 2000 else 0)
    body = f"{day.year % 100:02d}{month:02d}{day.day:02d}{serial:04d}"
    return body + stdnum_pesel.calc_check_digit(body)


def _strategy(field: Field) -> st.SearchStrategy[Any]:
    fixed = {
        "pesel": st.sampled_from(["", PESEL]) | PESELS,
        "nip": st.sampled_from(["", NIP]) | NIPS,
        "regon": st.sampled_from(["", REGON]),
        "date": st.dates(max_value=date(2030, 1, 1)).map(date.isoformat),
        "checkbox": st.booleans(),
        "statement": st.booleans(),
        "department": st.sampled_from(["", *DEPARTMENTS]),
        "multiline": st.text(max_size=300),
        "email": st.sampled_from(["", "a@b.pl"]),
    }
    if field.type == "choice":
        return st.sampled_from(["", *(choice.value for choice in field.choices)])
    return fixed.get(field.type, TEXT)


def _answers(form: FormDefinition) -> st.SearchStrategy[dict[str, Any]]:
    title = form.document.title
    some = {field.name: _strategy(field) for field in form.fields if field.type != "files"}
    some[title] = TEXT.filter(lambda text: bool(kept.normal(form.field(title), text)))
    return st.fixed_dictionaries(some)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=_answers(RICH))
def test_any_answers_make_a_valid_document_that_reads_back_the_same(answers: dict[str, Any]) -> None:
    data = made(RICH, answers)

    assert structure.faults(data) == ()
    expected = kept.effective(RICH, answers)
    # Who is writing is always told by the document, even when the question was left open.
    assert document.from_xml(RICH, data) == {"who": "person", **expected}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.text(min_size=1, max_size=80), data=st.binary(min_size=1, max_size=200))
def test_any_file_comes_back_as_it_was(name: str, data: bytes) -> None:
    name = clean_name(name)
    seen = document.view(made(PISMO, ANSWERS, Enclosure(name, "application/octet-stream", data)))

    assert seen.attachments[0].data == data
