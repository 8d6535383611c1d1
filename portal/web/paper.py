"""Pages of PDF in the office's typeface, with a text layer in Polish: what every document on paper stands on."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF

from portal.web.texts import message

FAMILY = "SourceSansPro"
_STYLES = (("", "Regular"), ("B", "Bold"), ("I", "It"), ("BI", "BoldIt"))


@cache
def _fonts() -> Path:
    """The folder of the packaged font; asked without importing the package, which loads files of no use here."""
    spec = find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("font-source-sans-pro is not installed")
    return Path(spec.submodule_search_locations[0]) / "files"


class Page(FPDF):
    """A4 with margins; every page says ``source`` and its number at the foot. ``slanted``: also with italics."""

    def __init__(self, source: str, *, slanted: bool = False) -> None:
        super().__init__(format="A4")
        self.source = source
        for style, file in _STYLES if slanted else _STYLES[:2]:
            self.add_font(FAMILY, style, _fonts() / f"SourceSansPro-{file}.ttf")
        self.set_margins(22, 20, 22)
        self.set_auto_page_break(auto=True, margin=24)
        self.set_lang("pl")

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font(FAMILY, size=8)
        self.multi_cell(0, 4, self.source, new_x="LMARGIN", new_y="NEXT")
        self.cell(0, 4, message("pdf.page", page=self.page_no(), pages="{nb}"))
