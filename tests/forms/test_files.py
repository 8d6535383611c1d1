"""Files people attach: judged by what is in them."""

from __future__ import annotations

import io
import zipfile

import pytest

from forms import files
from portal.core.errors import Invalid
from portal.web import texts
from tests.forms.samples import PDF, PNG


def archive(*names: str, first: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        if first:
            made.writestr("mimetype", first)
        for name in names:
            made.writestr(name, b"x")
    return out.getvalue()


DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
ODT = archive("content.xml", first="application/vnd.oasis.opendocument.text")
MACROS = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("umowa.pdf", PDF, "application/pdf"),
        ("UMOWA.PDF", PDF, "application/pdf"),
        ("zdjęcie.png", PNG, "image/png"),
        ("pismo.txt", "zażółć".encode(), "text/plain"),
        ("pismo.txt", "zażółć".encode("cp1250"), "text/plain"),
        ("pismo.txt", "zażółć".encode("utf-16"), "text/plain"),
        ("dane.csv", b"a;b\n1;2\n", "text/csv"),
        ("pismo.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("arkusz.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pismo.odt", ODT, "application/vnd.oasis.opendocument.text"),
        ("stare.doc", OLE, "application/msword"),
        ("stare.xls", OLE, "application/vnd.ms-excel"),
        ("paczka.zip", archive("a.pdf"), "application/zip"),
        ("pismo.xml", b"<a/>", "application/xml"),
        ("list.rtf", rb"{\rtf1 x}", "application/rtf"),
    ],
)
def test_a_file_that_is_what_its_name_says_is_taken(name: str, data: bytes, content_type: str) -> None:
    assert files.check(name, data) == content_type


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("umowa.pdf", b"", "attachment.empty"),
        ("umowa.pdf", PNG, "attachment.mislabelled"),
        ("zdjęcie.png", PDF, "attachment.mislabelled"),
        ("arkusz.xlsx", DOCX, "attachment.mislabelled"),
        ("umowa.pdf", b"\x01\x02\x03\x04" * 50, "attachment.unknown"),
        ("pismo.xml", b"<a><b></a>", "attachment.mislabelled"),
        ("gra.exe", b"MZ" + b"\x00" * 100, "attachment.dangerous"),
        ("umowa.pdf", b"MZ" + b"\x00" * 100, "attachment.dangerous"),
        ("umowa.pdf.exe", PDF, "attachment.dangerous"),
        ("umowa\u202efdp.exe", PDF, "attachment.dangerous"),
        ("C:\\temp\\..\\x.bat", b"dir", "attachment.dangerous"),
        ("skrypt.txt", b"#!/bin/sh\nrm -rf /\n", "attachment.dangerous"),
        ("strona.txt", b"<html><script>alert(1)</script></html>", "attachment.dangerous"),
        ("strona.txt", b"tekst <script>alert(1)</script>", "attachment.dangerous"),
        ("obraz.xml", SVG, "attachment.dangerous"),
        ("obraz.svg", SVG, "attachment.dangerous"),
        ("pismo.docm", MACROS, "attachment.dangerous"),
        ("pismo.docx", MACROS, "attachment.macros"),
        ("paczka.zip", archive("a/b/gra.EXE"), "attachment.dangerous"),
        ("paczka.zip", archive("a.pdf")[:-10], "attachment.damaged"),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40, "attachment.not_accepted"),
        ("bez zakończenia", PDF, "attachment.not_accepted"),
    ],
)
def test_a_file_we_do_not_take_is_refused_with_the_sentence_that_says_why(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        files.check(name, data)

    assert refused.value.code == code
    sentence = texts.message(code, **refused.value.details)
    assert "…" not in sentence
    assert "\u202e" not in sentence


def test_attachments_are_limited_together() -> None:
    files.check_total([1_000_000, 2_500_000], 3.5)

    with pytest.raises(Invalid) as refused:
        files.check_total([1_000_000, 2_500_001], 3.5)

    assert refused.value.code == "attachment.too_large"
    assert refused.value.details == {"total": "3,5", "limit": "3,5"}


def test_at_most_twenty_files_are_taken() -> None:
    files.check_total([1] * 20, 3.5)

    with pytest.raises(Invalid, match="too_many"):
        files.check_total([1] * 21, 3.5)
