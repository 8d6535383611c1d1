"""A shown text drawn on pages of PDF: headings (with bookmarks), lists, tables, links with their addresses, bars."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import cast

from fpdf.enums import MethodReturnValue
from fpdf.fonts import FontFace

from portal.content import blocks
from portal.content.blocks import Block, Grid
from portal.web.paper import FAMILY, Page

_LINE = 5.6
"""Height of a line in millimetres at the body's 11 points."""
_SIZES = {"h1": 18, "h2": 14, "h3": 12.5, "h4": 11.5}
_INDENT, _MARK = 6.0, 6.0
_NARROWEST = 14.0
"""Millimetres of a column below which a table is written row by row instead of drawn."""
_LINK = (0, 60, 140)


def pdf(markup: str, *, title: str, source: str, site: str, made_at: datetime, bar: str = "") -> bytes:
    """``markup`` as a PDF document with ``source`` at the foot of each page; its links lead to ``site``.

    ``bar``: the class of paragraphs drawn white on black. ``made_at`` becomes the document's date.
    """
    page = Page(source, slanted=True)
    page.set_title(title)
    page.set_creation_date(made_at)
    page.add_page()
    for block in blocks.read(markup, bar=bar):
        if isinstance(block, Grid):
            _table(page, block)
        else:
            _block(page, block, site)
    return bytes(page.output())


def _block(page: Page, block: Block, site: str) -> None:
    if block.kind == "rule":
        page.ln(2)
        page.line(page.l_margin, page.y, page.w - page.r_margin, page.y)
        page.ln(2)
    elif block.kind == "bar":
        _bar(page, block.text)
    elif block.kind in _SIZES:
        _heading(page, block)
    else:
        _paragraph(page, block, site)


def _heading(page: Page, block: Block) -> None:
    height = _SIZES[block.kind] * 0.45
    page.ln(3 if page.y > page.t_margin else 0)
    page.set_font(FAMILY, "B", _SIZES[block.kind])
    # A heading never stands alone at the foot of a page.
    if page.will_page_break(height + 3 * _LINE):
        page.add_page()
    page.start_section(block.text, level=int(block.kind[1]) - 1, strict=False)
    page.multi_cell(0, height, block.text, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(1.5)


def _bar(page: Page, text: str) -> None:
    page.ln(1)
    page.set_font(FAMILY, "B", 11)
    page.set_fill_color(0)
    page.set_text_color(255)
    page.multi_cell(0, 8, f" {text}", fill=True, align="L", new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(0)
    page.ln(1)


def _paragraph(page: Page, block: Block, site: str) -> None:
    left = page.l_margin
    inner = min(left + _INDENT * block.depth, page.w / 2)
    page.set_left_margin(inner)
    page.set_x(inner)
    if block.kind == "li":
        page.set_font(FAMILY, size=11)
        page.set_x(inner - (_MARK if block.depth else 0))
        page.cell(_MARK, _LINE, block.mark, align="R" if block.mark != "•" else "L")
        page.set_left_margin(inner + 1)
        page.set_x(inner + 1)
    for run in block.runs:
        page.set_font(FAMILY, ("B" if run.bold else "") + ("I" if run.italic else ""), 11)
        # A place on the page itself is none on paper.
        if not run.href or run.href.startswith("#"):
            page.write(_LINE, run.text)
            continue
        whole = f"{site}{run.href}" if run.href.startswith("/") else run.href
        page.set_text_color(*_LINK)
        page.write(_LINE, run.text, whole)
        page.set_text_color(0)
        bare = whole.removeprefix("mailto:").removeprefix("tel:")
        if bare not in run.text and bare.startswith("http"):
            page.write(_LINE, f" ({bare})")
    page.set_left_margin(left)
    page.ln(_LINE + (0.6 if block.kind == "li" else 2))


def _table(page: Page, grid: Grid) -> None:
    widths = _widths(page, grid)
    page.set_font(FAMILY, size=10)
    if min(widths) < _NARROWEST or any(_height(page, row, widths) > page.eph / 2 for row in grid.rows):
        return _row_by_row(page, grid)
    headings = FontFace(emphasis="BOLD", fill_color=(235, 235, 235))
    with page.table(
        col_widths=tuple(widths), first_row_as_headings=grid.headed, headings_style=headings, line_height=5,
        text_align="LEFT", padding=1, width=page.epw,
    ) as drawn:  # fmt: skip
        for row in grid.rows:
            drawn.row(row)
    page.ln(3)
    return None


def _widths(page: Page, grid: Grid) -> list[float]:
    """Widths of columns by how much stands in them, so that a column of numbers leaves room for one of words."""
    longest = [max(len(row[n]) for row in grid.rows) for n in range(len(grid.rows[0]))]
    shares = [min(max(number, 6), 60) for number in longest]
    return [page.epw * share / sum(shares) for share in shares]


def _height(page: Page, row: list[str], widths: list[float]) -> float:
    """The height a row needs at this font, without drawing it."""
    cells = zip(row, widths, strict=True)
    asked = (
        page.multi_cell(width - 2, 5, text, dry_run=True, output=MethodReturnValue.HEIGHT) for text, width in cells
    )
    return max(cast(float, height) for height in asked)


def _row_by_row(page: Page, grid: Grid) -> None:
    """A table too wide or too tall for paper: each row as a paragraph that names its columns."""
    names = grid.rows[0] if grid.headed else [""] * len(grid.rows[0])
    for row in islice(grid.rows, int(grid.headed), None):
        told = (f"{name}: {text}" if name else text for name, text in zip(names, row, strict=True) if text)
        page.multi_cell(0, 5, "; ".join(told), align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(1.5)
    page.ln(2)
