"""PDF by PDFium, and pictures by Tesseract where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess

import pypdfium2
import pypdfium2.raw as pdfium

MAX_PAGES = 3000
_SCALE = 200 / 72
"""200 dots an inch: what Tesseract reads well and memory bears."""
_MAX_POINTS = 2500
_OCR_SECONDS = 30
_FEW = 3
"""A page with fewer characters and a picture is a scan."""


def pages(data: bytes, *, ocr: bool) -> list[str]:
    """The text of each page; scanned pages by OCR when asked and possible, else empty."""
    document = pypdfium2.PdfDocument(data)
    found = []
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        if ocr and len(text.strip()) < _FEW and tesseract() and _has_picture(page):
            text = _read_page(page)
        found.append(text)
        page.close()
    return found


def _has_picture(page: pypdfium2.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def tesseract() -> str | None:
    """The path of the Tesseract program, or ``None``."""
    return shutil.which("tesseract")


def _read_page(page: pypdfium2.PdfPage) -> str:
    if max(page.get_size()) > _MAX_POINTS:
        return ""
    picture = io.BytesIO()
    page.render(scale=_SCALE, grayscale=True).to_pil().save(picture, "PNG")
    return _recognise(picture.getvalue())


def picture(data: bytes) -> list[str]:
    """The text in a picture; nothing without Tesseract."""
    return [_recognise(data)] if tesseract() else []


def _recognise(data: bytes) -> str:
    program = tesseract()
    if program is None:
        return ""
    command = [program, "stdin", "stdout", "-l", _language(program)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_OCR_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _language(program: str) -> str:
    done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=10, check=False)  # noqa: S603
    return "pol" if b"pol" in done.stdout.split() else "eng"
