"""One page of a PDF as PDFium sees it: its characters, the objects they belong to, and what covers them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points, from the lower left corner of the page."""
_WHITE = 245
_OPAQUE = 200
_BLACK = 40
"""The lightest grey of a black page: JPEG leaves some noise."""
_TINY = 2.0
"""Points: smaller letters are written for nobody to read."""
_NO_WIDTH = "\u200b"
_WIDE = 0.2
"""Share of a line's height that a gap between words is at least."""
_LARGE = 0.02
"""Share of the page from which a picture may show a document."""


@dataclass(frozen=True)
class Cover:
    """Something opaque drawn at place ``order``."""

    order: int
    box: Box
    picture: bool


@dataclass(frozen=True)
class TextObject:
    """A run of text: its place in the drawing order, whether it is drawn by the page itself, how it is hidden."""

    order: int
    direct: bool
    hidden: str


class PdfPage:
    """Characters are counted as PDFium counts them, so that a place in ``text`` is a place on the page."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.page = page
        self.left, self.bottom, self.right, self.top = page.get_bbox()
        self.width, self.height = self.right - self.left, self.top - self.bottom
        self._text = page.get_textpage()
        self.count = max(0, pdfium.FPDFText_CountChars(self._text.raw))
        codes = (pdfium.FPDFText_GetUnicode(self._text.raw, place) for place in range(self.count))
        made = ["\n" if c == 13 else " " if c in (10, 0) or c > 0x10FFFF else _char(c) for c in codes]
        self.text = "".join(self._spaced(place, char, made) for place, char in enumerate(made))

    def _spaced(self, place: int, char: str, made: list[str]) -> str:
        """The character; a space guessed between letters set wide apart is none (a mark without width keeps count)."""
        around = char == " " and 0 < place < self.count - 1 and made[place - 1].isalpha() and made[place + 1].islower()
        if not around or not self.generated(place):
            return char
        one, two = self.loose_box(place - 1), self.loose_box(place + 1)
        return _NO_WIDTH if two[0] - one[2] < _WIDE * (one[3] - one[1]) else char

    def box(self, place: int) -> Box:
        """The box of a character."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._text.raw, place, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value

    def loose_box(self, place: int) -> Box:
        """The box of a character as high as its font and as wide as its advance."""
        rect = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._text.raw, place, rect)
        return rect.left, rect.bottom, rect.right, rect.top

    def bars(self, places: set[int]) -> list[Box]:
        """What goes black over these characters: whole lines, so that no letter's outline can be read from it."""
        found: list[Box] = []
        last = -2
        for place in sorted(places):
            if place >= self.count or self.text[place].isspace():
                continue
            box = self.loose_box(place)
            height = box[3] - box[1]
            same_line = found and abs(found[-1][1] - box[1]) < height / 2 and -height < box[0] - found[-1][2] < height
            if same_line and all(p in places for p in range(last, place)):
                one = found[-1]
                found[-1] = (min(one[0], box[0]), min(one[1], box[1]), max(one[2], box[2]), max(one[3], box[3]))
            else:
                found.append(box)
            last = place
        return found

    def generated(self, place: int) -> bool:
        """Was this character (a space, a line's end) added by the reader?"""
        return bool(pdfium.FPDFText_IsGenerated(self._text.raw, place) == 1)

    def owner(self, place: int) -> TextObject | None:
        """The run a character belongs to."""
        raw = pdfium.FPDFText_GetTextObject(self._text.raw, place)
        return self._objects.get(_address(raw)) if raw else None

    @cached_property
    def _objects(self) -> dict[int, TextObject]:
        found = {}
        for order, raw, direct in self._walk():
            if pdfium.FPDFPageObj_GetType(raw) == pdfium.FPDF_PAGEOBJ_TEXT:
                found[_address(raw)] = TextObject(order, direct, _hidden(raw))
        return found

    @property
    def direct_runs(self) -> list[TextObject]:
        """The runs the page draws itself, in order."""
        return [run for run in self._objects.values() if run.direct]

    @cached_property
    def covers(self) -> list[Cover]:
        """Pictures and opaque filled shapes."""
        found = []
        for order, raw, _ in self._walk():
            kind = pdfium.FPDFPageObj_GetType(raw)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE or (kind == pdfium.FPDF_PAGEOBJ_PATH and _is_opaque(raw)):
                box = _bounds(raw)
                if box:
                    found.append(Cover(order, box, kind == pdfium.FPDF_PAGEOBJ_IMAGE))
        return found

    @property
    def large_pictures(self) -> list[Box]:
        """Pictures that may show a document."""
        whole = self.width * self.height or 1
        sized = ((c.box, (c.box[2] - c.box[0]) * (c.box[3] - c.box[1])) for c in self.covers if c.picture)
        return [box for box, area in sized if area >= _LARGE * whole]

    @property
    def cropped_pictures(self) -> list[Box]:
        """Pictures that go on beyond the page: what a reader does not see of them is in the file."""
        wide, high = 0.05 * self.width, 0.05 * self.height
        return [
            one
            for one in self.large_pictures
            if one[0] < self.left - wide or one[2] > self.right + wide or one[1] < self.bottom - high
            or one[3] > self.top + high
        ]  # fmt: skip

    @property
    def black(self) -> bool:
        """Is all of the page one picture whose own pixels are black? What only covers another thing proves nothing."""
        drawn = list(self.page.get_objects())
        if len(drawn) != 1 or not isinstance(drawn[0], pypdfium2.PdfImage) or self.cropped_pictures:
            return False
        try:
            both = (drawn[0].get_bitmap(render=False), self.page.render(scale=0.2))
        except pypdfium2.PdfiumError:  # a picture that cannot be opened proves nothing either; a person looks at it
            return False
        return all(one.to_pil().convert("L").getextrema()[1] <= _BLACK for one in both)

    def _walk(self) -> Iterator[tuple[int, Any, bool]]:
        """All objects with the drawing order of their outermost one; those inside forms are not direct."""
        for order in range(pdfium.FPDFPage_CountObjects(self.page.raw)):
            raw = pdfium.FPDFPage_GetObject(self.page.raw, order)
            yield order, raw, True
            yield from ((order, inner, False) for inner in _inside(raw, 0))

    @property
    def garbled(self) -> bool:
        """Do the letters stand for others (a font without its table)? Then nobody can search them."""
        odd = sum(0xE000 <= ord(char) <= 0xF8FF or char == "\ufffd" or ord(char) < 9 for char in self.text)
        return odd > 0.2 * max(1, len(self.text))

    def layers(self) -> list[tuple[int, int, str]]:
        """Which stretches of ``text`` a reader of the page does not see, and how they are hidden."""
        found: list[tuple[int, int, str]] = []
        for place in range(self.count):
            how = self._how_hidden(place)
            if how and found and found[-1][1:] == (place, how):
                found[-1] = (found[-1][0], place + 1, how)
            elif how:
                found.append((place, place + 1, how))
        return found

    def _how_hidden(self, place: int) -> str:
        run = self.owner(place)
        if run is None:
            return ""
        left, bottom, right, top = self.box(place)
        x, y = (left + right) / 2, (bottom + top) / 2
        over = [c for c in self.covers if c.box[0] <= x <= c.box[2] and c.box[1] <= y <= c.box[3]]
        if run.hidden == "invisible" and any(c.picture for c in over):
            return "ocr"
        if any(c.order > run.order for c in over):
            return "under_picture" if any(c.picture and c.order > run.order for c in over) else "under_box"
        if not (self.left <= x <= self.right and self.bottom <= y <= self.top):
            return "outside"
        return "" if run.hidden == "white" and over else run.hidden


def _char(code: int) -> str:
    return " " if 0xD800 <= code <= 0xDFFF else chr(code)


def _address(raw: Any) -> int:
    return ctypes.cast(raw, ctypes.c_void_p).value or 0


def _inside(raw: Any, depth: int) -> Iterator[Any]:
    if depth > 8 or pdfium.FPDFPageObj_GetType(raw) != pdfium.FPDF_PAGEOBJ_FORM:
        return
    for number in range(max(0, pdfium.FPDFFormObj_CountObjects(raw))):
        inner = pdfium.FPDFFormObj_GetObject(raw, number)
        yield inner
        yield from _inside(inner, depth + 1)


def _bounds(raw: Any) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(raw, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _colour(raw: Any) -> tuple[int, int, int, int]:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(raw, red, green, blue, alpha):
        return 0, 0, 0, 255
    return red.value, green.value, blue.value, alpha.value


def _is_opaque(raw: Any) -> bool:
    mode, stroke = ctypes.c_int(), pdfium.FPDF_BOOL()
    if not pdfium.FPDFPath_GetDrawMode(raw, mode, stroke) or mode.value == pdfium.FPDF_FILLMODE_NONE:
        return False
    return _colour(raw)[3] >= _OPAQUE


def _hidden(raw: Any) -> str:
    if pdfium.FPDFTextObj_GetTextRenderMode(raw) in (3, 7):
        return "invisible"
    red, green, blue, alpha = _colour(raw)
    if alpha < 10 or min(red, green, blue) >= _WHITE:
        return "white"
    size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
    if pdfium.FPDFTextObj_GetFontSize(raw, size) and pdfium.FPDFPageObj_GetMatrix(raw, matrix):
        scale = max(abs(matrix.a), abs(matrix.b), abs(matrix.c), abs(matrix.d))
        return "tiny" if 0 < size.value * scale < _TINY else ""
    return ""
