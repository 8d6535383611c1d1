"""Letters taken out of a page's content stream, the rest of it as it was. Whatever is not certain is refused.

PDFium's runs of text and the stream's showing operators are counted against each other: only where every code is
known to be one character of the page is a code taken out, and a move as wide as it put in its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from portal.content.personal.hands.pdfpage import PdfPage, TextObject
from portal.content.personal.hands.pieces import squeezed

_SHOWS = ("Tj", "TJ", "'", '"')
Instruction = tuple[list[Any], pikepdf.Operator]


class Uncertain(Exception):
    """This page cannot safely be edited: it is made a picture instead."""


@dataclass
class _State:
    """What the width of a letter depends on."""

    font: str = ""
    size: float = 1.0
    letter: float = 0.0
    word: float = 0.0
    saved: list[tuple[str, float, float, float]] = field(default_factory=list)

    def follow(self, operands: list[Any], operator: str) -> None:
        if operator == "q":
            self.saved.append((self.font, self.size, self.letter, self.word))
        elif operator == "Q" and self.saved:
            self.font, self.size, self.letter, self.word = self.saved.pop()
        elif operator == "Tf":
            self.font, self.size = str(operands[0]), float(operands[1])
        elif operator in ("Tc", "Tw"):
            setattr(self, "letter" if operator == "Tc" else "word", float(operands[0]))
        elif operator == '"':
            self.word, self.letter = float(operands[0]), float(operands[1])
        elif operator == "gs":
            self.font = ""  # it may set a font: then the page is not edited


def without(page: pikepdf.Page, seen: PdfPage, places: set[int], gone: Iterable[str]) -> list[Instruction]:
    """The page's instructions without the characters at ``places``. Raises ``Uncertain``."""
    runs = seen.direct_runs
    letters: dict[TextObject, list[int]] = {run: [] for run in runs}
    for place in range(seen.count):
        run = seen.owner(place)
        if run is not None and not seen.generated(place):
            if run in letters:
                letters[run].append(place)
            elif place in places:
                raise Uncertain
    secrets = [squeezed(one) for one in gone]
    state, shown, made = _State(), 0, []
    for operands, operator in _instructions(page):
        name = str(operator)
        if name in _SHOWS and _codes(operands[-1]):
            if shown >= len(runs):
                raise Uncertain
            mine = letters[runs[shown]]
            shown += 1
            made += _shown(page, state, operands, operator, mine, places)
        else:
            made.append((_silent(operands, secrets) if name in ("BDC", "DP") else operands, operator))
        state.follow(operands, name)
    if shown != len(runs):
        raise Uncertain
    return made


def _instructions(page: pikepdf.Page) -> Iterable[Instruction]:
    for instruction in pikepdf.parse_content_stream(page):
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            yield [instruction.iimage], instruction.operator
        else:
            yield list(instruction.operands), instruction.operator


def _codes(operand: Any) -> bytes:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))


def _shown(
    page: pikepdf.Page,
    state: _State,
    operands: list[Any],
    operator: pikepdf.Operator,
    mine: list[int],
    places: set[int],
) -> list[Instruction]:
    """The same showing without some codes."""
    if not places.intersection(mine):
        return [(operands, operator)]
    font = _Font(page, state.font)
    kept: list[Any] = []
    at = 0
    for part in operands[-1] if isinstance(operands[-1], pikepdf.Array) else [operands[-1]]:
        if not isinstance(part, pikepdf.String):
            kept.append(part)
            continue
        data = bytes(part)
        for start in range(0, len(data), font.bytes):
            code = data[start : start + font.bytes]
            if at >= len(mine):
                raise Uncertain
            if mine[at] in places:
                extra = state.letter + (state.word if code == b" " else 0.0)
                kept.append(-(font.width(code) + extra * 1000 / (state.size or 1)))
            elif kept and isinstance(kept[-1], bytes):
                kept[-1] += code
            else:
                kept.append(code)
            at += 1
    if at != len(mine):
        raise Uncertain
    parts = [pikepdf.String(one) if isinstance(one, bytes) else one for one in kept]
    before: list[Instruction] = []
    if str(operator) == '"':
        before = [([operands[0]], pikepdf.Operator("Tw")), ([operands[1]], pikepdf.Operator("Tc"))]
    if str(operator) in ("'", '"'):
        before.append(([], pikepdf.Operator("T*")))
    return [*before, ([pikepdf.Array(parts)], pikepdf.Operator("TJ"))]


def _silent(operands: list[Any], secrets: list[str]) -> list[Any]:
    """Marked content that says a secret aloud says nothing any more."""
    for operand in operands:
        if isinstance(operand, pikepdf.Dictionary):
            for key in ("/ActualText", "/Alt", "/E"):
                if key in operand and any(one in squeezed(str(operand[key])) for one in secrets):
                    del operand[key]
    return operands


class _Font:
    """How a font's codes are written and how wide they are, in thousandths."""

    def __init__(self, page: pikepdf.Page, name: str) -> None:
        try:
            self._font: Any = page.resources["/Font"][name]
            self._composite = self._font.get("/Subtype") == "/Type0"
            if self._composite and str(self._font.get("/Encoding")) != "/Identity-H":
                raise Uncertain
            self.bytes = 2 if self._composite else 1
            self._widths = self._composite_widths() if self._composite else self._simple_widths()
        except (KeyError, AttributeError, TypeError, ValueError) as unusual:
            raise Uncertain from unusual
        if self._font.get("/Subtype") == "/Type3":
            raise Uncertain

    def width(self, code: bytes) -> float:
        value = self._widths.get(int.from_bytes(code, "big"), self._default)
        if value is None:
            raise Uncertain
        return value

    def _simple_widths(self) -> dict[int, float]:
        self._default: float | None = None
        first = int(self._font["/FirstChar"])
        return {first + place: float(width) for place, width in enumerate(self._font["/Widths"])}

    def _composite_widths(self) -> dict[int, float]:
        inner = self._font["/DescendantFonts"][0]
        self._default = float(inner.get("/DW", 1000))
        found: dict[int, float] = {}
        rows = list(inner.get("/W", []))
        while rows:
            first = int(rows.pop(0))
            second = rows.pop(0)
            if isinstance(second, pikepdf.Array):
                found |= {first + place: float(width) for place, width in enumerate(second)}
            else:
                width = float(rows.pop(0))
                found |= dict.fromkeys(range(first, int(second) + 1), width)
        return found
