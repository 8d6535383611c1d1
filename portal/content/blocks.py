"""A shown text as a list of blocks (headings, paragraphs, list items, tables), for media other than the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from portal.web.texts import message

_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_OPENING = _HEADINGS | {"p", "li", "dt", "blockquote", "pre", "figcaption", "summary", "caption"}
_LEAVING = _OPENING | {"div", "section", "figure", "details", "dl", "dd", "ul", "ol", "table", "hr", "header", "main"}
_MOST_SPAN = 50


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style; ``href`` makes them a link."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


@dataclass(slots=True)
class Block:
    """A heading (``h1`` to ``h4``), paragraph (``p``), list item (``li``, after its ``mark``), a ``bar``, a ``rule``.

    ``depth``: how many lists and quotations it stands in.
    """

    kind: str
    runs: list[Run] = field(default_factory=list)
    depth: int = 0
    mark: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs).strip()


@dataclass(slots=True)
class Grid:
    """A table: rows of cells' words, all as long as the longest; ``headed``: the first row heads the columns."""

    rows: list[list[str]] = field(default_factory=list)
    headed: bool = False


class _Reader(HTMLParser):
    def __init__(self, bar: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block | Grid] = []
        self._bar = bar
        self._open: Block | None = None
        self._lists: list[int] = []  # the next number of each open list; 0: without numbers
        self._quotes = self._bold = self._italic = self._strict = 0
        self._href = ""
        self._grid: Grid | None = None
        self._cell: list[str] | None = None
        self._spans: dict[tuple[int, int], None] = {}
        self._pending: tuple[int, int] = (1, 1)

    def close(self) -> None:
        super().close()
        self._close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._grid is not None:
            return self._inside_table(self._grid, tag, given)
        if tag == "dd" and self._open is not None and self._open.kind == "dt":
            self._open.runs.append(Run(": "))
            self._open.kind = "p"
            return None
        if tag in _LEAVING:
            self._close()
        if tag in ("ul", "ol"):
            self._lists.append(_number(given.get("start")) if tag == "ol" else 0)
        elif tag == "blockquote":
            self._quotes += 1
        elif tag == "table":
            self._grid, self._spans = Grid(), {}
        elif tag == "hr":
            self.found.append(Block("rule"))
        if tag in _OPENING:
            self._begin(tag, given)
        self._style(tag, given, 1)
        return None

    def handle_endtag(self, tag: str) -> None:
        if self._grid is not None:
            return self._leaving_table(self._grid, tag)
        # A paragraph inside a list item ends, but the item goes on.
        if tag in _LEAVING and tag != "dt":
            self._close()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "li" and self.found and self._empty_item():
            self.found.pop()
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        self._style(tag, {}, -1)
        return None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
            return
        if self._grid is not None:
            return
        if not self._strict:
            data = _single(data)
        if self._open is None and not data.strip():
            return
        block = self._open or self._begin("p", {})
        bold = bool(self._bold) or block.kind == "dt"
        block.runs.append(Run(data, bold, bool(self._italic), self._href))

    def _style(self, tag: str, given: dict[str, str], step: int) -> None:
        if tag in ("strong", "b"):
            self._bold = max(0, self._bold + step)
        elif tag in ("em", "i", "cite"):
            self._italic = max(0, self._italic + step)
        elif tag == "pre":
            self._strict = max(0, self._strict + step)
        elif tag == "a":
            self._href = given.get("href", "") if step > 0 else ""
        elif tag == "br" and step > 0 and self._open is not None:
            self._open.runs.append(Run("\n"))
        elif tag == "img" and step > 0 and given.get("alt"):
            self.handle_data(message("content.picture_on_paper", alt=given["alt"]))

    def _begin(self, tag: str, given: dict[str, str]) -> Block:
        depth = len(self._lists) + self._quotes
        kind = tag if tag in _HEADINGS or tag in ("li", "dt") else "p"
        if self._bar and self._bar in given.get("class", "").split():
            kind = "bar"
        mark = ""
        if tag == "li":
            mark = "•"
            if self._lists and self._lists[-1]:
                mark = f"{self._lists[-1]}."
                self._lists[-1] += 1
        elif self.found and self._empty_item():
            # ``<li><p>``: the paragraph is the item's own.
            kind, mark = "li", self._take_mark()
        self._open = Block(kind, [], depth, mark)
        return self._open

    def _empty_item(self) -> bool:
        last = self.found[-1]
        return isinstance(last, Block) and last.kind == "li" and not last.text

    def _take_mark(self) -> str:
        last = self.found.pop()
        return last.mark if isinstance(last, Block) else ""

    def _close(self) -> None:
        block, self._open = self._open, None
        if block is not None and (block.text or block.kind == "li"):
            block.kind = "p" if block.kind == "dt" else block.kind
            self.found.append(block)

    def _inside_table(self, grid: Grid, tag: str, given: dict[str, str]) -> None:
        if tag == "caption":
            self._cell = []
        elif tag == "tr":
            grid.rows.append([])
        elif tag in ("td", "th"):
            if not grid.rows:
                grid.rows.append([])
            if tag == "th" and len(grid.rows) == 1 and given.get("scope", "col") == "col":
                grid.headed = True
            self._pending = (_number(given.get("colspan"), _MOST_SPAN), _number(given.get("rowspan"), _MOST_SPAN))
            self._cell = []
        elif tag == "img" and self._cell is not None and given.get("alt"):
            self._cell.append(given["alt"])
        elif tag in ("br", "p", "li") and self._cell:
            self._cell.append("\n")

    def _leaving_table(self, grid: Grid, tag: str) -> None:
        words = "\n".join(filter(None, (_single(line).strip() for line in "".join(self._cell or []).split("\n"))))
        if tag == "caption":
            self.found.append(Block("p", [Run(words, bold=True)]))
            self._cell = None
        elif tag in ("td", "th") and self._cell is not None:
            self._place(grid, words)
            self._cell = None
        elif tag == "table":
            width = max((len(row) for row in grid.rows), default=0)
            grid.rows = [row + [""] * (width - len(row)) for row in grid.rows if any(row)]
            if grid.rows:
                self.found.append(grid)
            self._grid = self._cell = None

    def _place(self, grid: Grid, words: str) -> None:
        """Put a cell where it stands; those it covers are empty."""
        row, number = grid.rows[-1], len(grid.rows) - 1
        while (number, len(row)) in self._spans:
            row.append("")
        wide, high = self._pending
        for down in range(1, high):
            for right in range(wide):
                self._spans[(number + down, len(row) + right)] = None
        row.extend([words, *[""] * (wide - 1)])


def _single(text: str) -> str:
    """White space as browsers draw it; a space that must not break stays."""
    kept = " ".join(text.replace("\u00a0", "\ue000").split()).replace("\ue000", "\u00a0")
    return f"{' ' if text[:1].isspace() else ''}{kept}{' ' if kept and text[-1:].isspace() else ''}"


def _number(text: str | None, most: int = 9999) -> int:
    return min(max(int(text), 1), most) if text and text.isdecimal() else 1


def read(markup: str, *, bar: str = "") -> list[Block | Grid]:
    """The blocks of a (sanitised) text in order; paragraphs of the class ``bar`` are bars."""
    reader = _Reader(bar)
    reader.feed(markup)
    reader.close()
    return reader.found
