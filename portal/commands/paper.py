"""What a letter that came on paper looks like once it is scanned, for the demo gmina."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF

FONT = "SourceSansPro"
_LINE = 6.0
"""Height of a line in millimetres at the body's 12 points."""


def sheet(*, head: str = "", day: date, sender: str = "", title: str = "", body: str) -> bytes:
    """One A4 page as PDF: sender on the left, place and date on the right, title, text. Always the same bytes."""
    page = FPDF(format="A4")
    page.add_font(FONT, "", _font())
    page.set_creation_date(datetime.combine(day, time(), UTC))
    page.set_title(title)
    page.set_margins(25, 25, 25)
    page.add_page()
    page.set_font(FONT, size=12)
    _write(page, head, align="R")
    _write(page, sender)
    page.set_font(FONT, size=15)
    _write(page, title, align="C")
    page.set_font(FONT, size=12)
    _write(page, body)
    return bytes(page.output())


def _write(page: FPDF, text: str, align: str = "L") -> None:
    if text:
        page.multi_cell(0, _LINE, text, align=align, new_x="LMARGIN", new_y="NEXT")
        page.ln(_LINE)


def _font() -> Path:
    """The packaged font; asked without importing the package, which loads files of no use here."""
    spec = find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("font-source-sans-pro is not installed")
    return Path(spec.submodule_search_locations[0]) / "files" / "SourceSansPro-Regular.ttf"
