"""Reading files: every format, page by page; what cannot be read is said; nothing gets out of its process."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from search.extract import MAX_FILE, Extracted, extract, reading_environment
from tests.search import files
from tests.search.files import FIRST, SECOND


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (files.pdf(FIRST, SECOND), "pdf"),
        (files.docx(), "docx"),
        (files.odt(), "odt"),
        (files.xlsx(), "xlsx"),
        (files.rtf(), "rtf"),
    ],
    ids=["pdf", "docx", "odt", "xlsx", "rtf"],
)
def test_text_is_read_with_its_pages_and_polish_letters(data: bytes, kind: str) -> None:
    found = extract(data)
    assert (found.note, found.kind) == ("ok", kind)
    assert len(found.pages) == 2
    assert FIRST in " ".join(found.pages[0].split())
    assert SECOND in " ".join(found.pages[1].split())


def test_what_was_struck_out_or_is_not_text_is_left_out() -> None:
    text = extract(files.docx()).text + extract(files.odt()).text + extract(files.rtf()).text
    assert "skreślone" not in text
    assert "usunięte" not in text
    assert "Zbedne" not in text
    assert "Arial" not in text
    assert "Stopka dokumentu" in text


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-2", "windows-1250"])
def test_pages_of_the_web_are_read_without_scripts(charset: str) -> None:
    found = extract(files.html(charset))
    assert (found.note, found.kind) == ("ok", "html")
    assert FIRST in found.text
    assert "Opłata\u00a0za psa" in found.text
    assert "zły" not in found.text


def test_xml_and_plain_text_are_read() -> None:
    assert extract(f"<pismo><tresc>{FIRST}</tresc></pismo>".encode()).pages == (FIRST,)
    assert extract(FIRST.encode("cp1250")).pages == (FIRST,)
    assert extract(b"podpis\xc5\x82 si\xc4\x99").kind == "text"


def test_words_divided_at_the_end_of_a_line_are_joined() -> None:
    assert (
        extract("nierucho-\nmości i społeczno-\nGospodarczy".encode()).text == "nieruchomości i społeczno-\nGospodarczy"
    )


def test_a_polish_scan_is_read_by_tesseract_page_by_page() -> None:
    read = extract(files.scan("Uchwała w sprawie żłobka", "Gęś łąkowa, § 12"))
    assert (read.note, len(read.pages)) == ("ocr", 2)
    assert "Uchwała w sprawie żłobka" in read.pages[0]
    assert "łąkowa" in read.pages[1]


def test_a_scan_and_a_picture_without_tesseract_are_said_to_have_no_text() -> None:
    assert extract(files.scan("Uchwała"), ocr=False) == Extracted((), "no_text", "pdf")
    assert extract(files.png("Uchwała"), ocr=False) == Extracted((), "no_text", "picture")


def test_a_book_of_scans_keeps_what_was_read_until_its_time_was_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_tesseract(tmp_path, monkeypatch, f'case "$*" in *list-langs*) exit 0;; esac; sleep 0.4; {READS}')
    read = extract(files.scan(*("x" for _ in range(12))), timeout=7)
    assert read.note == "ocr"
    assert 0 < sum(1 for page in read.pages if page.strip()) < 12 == len(read.pages)


READS = 'case "$*" in *list-langs*) echo pol;; *) cat > /dev/null; echo "Uchwała budżetowa, $*";; esac'


def install_tesseract(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program called as Tesseract is, found first on the path."""
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_scans_and_pictures_are_given_to_tesseract_in_polish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_tesseract(tmp_path, monkeypatch, READS)
    for data in (files.scan("x"), files.png("x")):
        found = extract(data)
        assert (found.note, found.text.strip()) == ("ocr", "Uchwała budżetowa, stdin stdout -l pol")


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$"])
def test_a_tesseract_that_fails_leaves_a_scan_without_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    install_tesseract(tmp_path, monkeypatch, script)
    assert extract(files.scan("x")) == Extracted((), "no_text", "pdf")


def test_a_tesseract_that_hangs_is_ended_with_the_reading_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "pid"
    # Without --list-langs, which is asked first: the picture itself is what takes for ever.
    script = f'case "$*" in *list-langs*) echo pol;; *) echo $$ > {said}; exec sleep 600;; esac'
    install_tesseract(tmp_path, monkeypatch, script)
    assert extract(files.png("x"), timeout=8).note == "timeout"
    state = Path(f"/proc/{said.read_text().strip()}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z", (
        "killed, at most not yet reaped"
    )


def bomb(size: int) -> bytes:
    """A small archive with one part of ``size`` zero bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * size)
    return out.getvalue()


def crowd() -> bytes:
    return files.package(**{f"part{n}": b"" for n in range(6000)})


LAUGHS = (
    "<!DOCTYPE a [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><a>&j;</a>"
)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (b"", {"no_text"}),
        (b"%PDF-1.7 nothing follows", {"failed"}),
        (b"PK\x03\x04 broken", {"failed"}),
        (files.pdf(FIRST)[:-300], {"ok", "failed"}),
        (bytes(range(256)) * 50, {"unsupported"}),
        (bomb(200 * 1024 * 1024), {"too_large"}),
        (crowd(), {"too_large"}),
        (LAUGHS.encode(), {"failed"}),
        (files.package(word__document_xml=LAUGHS), {"failed"}),
        (files.docx("<w:p>" * 100_000), {"failed"}),
        (b"{\\rtf1" + b"{" * 500_000, {"no_text"}),
        (b"{\\rtf1 \\u99999999999 \\'zz}", {"no_text", "failed", "ok"}),
        (b"<html>" + b"<div>" * 200_000 + b"dno", {"ok", "failed", "no_text"}),
    ],
    ids=["empty", "pdf", "zip", "cut", "bytes", "bomb", "crowd", "laughs", "docx", "deep", "braces", "rtf", "html"],
)
def test_a_hostile_or_broken_file_only_is_not_read(data: bytes, notes: set[str]) -> None:
    assert extract(data, timeout=30).note in notes


def test_a_file_that_takes_too_long_is_given_up() -> None:
    assert extract(files.pdf(*[FIRST] * 50), timeout=0.05).note == "timeout"


def test_a_file_beyond_the_limit_is_not_even_opened() -> None:
    assert extract(b"\0" * (MAX_FILE + 1)).note == "too_large"


def test_the_reading_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WROTA_SECRET_KEY", "tajne")
    assert "WROTA_SECRET_KEY" not in reading_environment()
