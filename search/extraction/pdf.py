"""PDF by PDFium, and pictures by Tesseract where it is installed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cache

import pypdfium2
import pypdfium2.raw as pdfium

MAX_PAGES = 3000
_SCALE = 200 / 72
"""200 dots an inch: what Tesseract reads well and memory bears."""
_MAX_POINTS = 2500
_OCR_SECONDS = 30
_FEW = 3
"""A page with fewer characters and a picture is a scan."""


@dataclass(frozen=True, slots=True)
class Read:
    """The text of each page, and whether any of it was recognised in a picture rather than being there."""

    pages: list[str]
    recognised: bool = False


def pages(data: bytes, *, until: float) -> Read:
    """The text of each page; scanned pages by OCR where possible until ``until`` (monotonic seconds), else empty.

    A book of scans is therefore found by its first pages at least.
    """
    document = pypdfium2.PdfDocument(data)
    found, recognised = [], False
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        if len(text.strip()) < _FEW and tesseract() and _has_picture(page) and time.monotonic() < until:
            text = _read_page(page)
            recognised = recognised or bool(text.strip())
        found.append(text)
        page.close()
    return Read(found, recognised)


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


def picture(data: bytes, *, until: float) -> Read:
    """The text in a picture; nothing without Tesseract."""
    text = _recognise(data) if tesseract() and time.monotonic() < until else ""
    return Read([text], bool(text.strip()))


def _recognise(data: bytes) -> str:
    program = tesseract()
    if program is None:
        return ""
    command = [program, "stdin", "stdout", "-l", _language(program)]
    # One core: it reads in the background of a machine that serves people.
    alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, timeout=_OCR_SECONDS, check=False, env=alone
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


@cache
def _language(program: str) -> str:
    done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=10, check=False)  # noqa: S603
    return "pol" if b"pol" in done.stdout.split() else "eng"
