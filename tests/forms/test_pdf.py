"""The same document on paper: with Polish letters, every part of it, and the hash of the record."""

from __future__ import annotations

import hashlib

import pypdfium2

from forms.letter import Enclosure
from forms.pdf import pdf
from tests.forms.samples import ANSWERS, PDF, PISMO
from tests.forms.test_mapping import made
from tests.forms.test_reader import letter


def words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_a_letter_on_paper_says_everything_in_polish_letters() -> None:
    data = made(PISMO, ANSWERS, Enclosure("umowa żółć.pdf", "application/pdf", PDF))

    text = words(pdf(data))

    for part in ("Żaneta Wiśniewska-Łęcka", "Wniosek o naprawę latarni", "Nie świeci od tygodnia.", "umowa żółć.pdf"):
        assert part in text
    assert hashlib.sha256(data).hexdigest() in "".join(text.split())


def test_the_same_document_gives_the_same_pdf() -> None:
    data = made(PISMO, ANSWERS)

    assert pdf(data) == pdf(data)


def test_letters_of_others_and_documents_of_no_known_kind_can_be_printed_too() -> None:
    assert "Prośba" in words(pdf(letter()))
    assert "Lipowa" in words(pdf(b"<a><ulica>Lipowa</ulica></a>"))


def test_characters_the_font_lacks_do_not_stop_the_printing() -> None:
    assert words(pdf(made(PISMO, {**ANSWERS, "body": "Emotikony 😀 i pismo 漢字 w treści."})))
