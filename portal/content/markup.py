"""A text's parts as its checks see them: headings, images, links, tables, paragraphs."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "li", "h2", "h3", "h4", "td", "th", "dt", "dd", "caption", "blockquote", "figcaption"})


@dataclass(slots=True)
class Link:
    """A link: where to, and its words (an image's description counts as words)."""

    href: str
    text: str = ""


@dataclass(slots=True)
class Table:
    """A table: its caption, how many rows, whether any cell is a heading."""

    caption: str = ""
    rows: int = 0
    headed: bool = False


@dataclass(slots=True)
class Parts:
    """What a text consists of."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    images: list[dict[str, str | None]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    bold_paragraphs: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts = Parts()
        self._texts: list[tuple[str, list[str]]] = []
        self._tables: list[Table] = []
        self._link: Link | None = None
        self._bold = 0
        self._plain = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BLOCKS:
            self._texts.append((tag, []))
            self._plain = ""
        if tag == "a" and given.get("href"):
            self._link = Link(given["href"] or "")
            self.parts.links.append(self._link)
        elif tag == "img":
            self.parts.images.append(given)
            if self._link:
                self._link.text += given.get("alt") or ""
        elif tag == "table":
            self._tables.append(Table())
            self.parts.tables.append(self._tables[-1])
        elif tag == "tr" and self._tables:
            self._tables[-1].rows += 1
        elif tag == "th" and self._tables:
            self._tables[-1].headed = True
        elif tag in ("strong", "b"):
            self._bold += 1
        elif tag == "br" and self._texts:
            self._texts[-1][1].append(" ")

    def handle_data(self, data: str) -> None:
        if self._texts:
            self._texts[-1][1].append(data)
        if self._link:
            self._link.text += data
        if not self._bold:
            self._plain += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif tag in ("strong", "b"):
            self._bold = max(0, self._bold - 1)
        elif tag == "table" and self._tables:
            self._tables.pop()
        elif tag in _BLOCKS and self._texts:
            name, pieces = self._texts.pop()
            self._close(name, " ".join("".join(pieces).split()))

    def _close(self, tag: str, text: str) -> None:
        if tag == "caption" and self._tables:
            self._tables[-1].caption = text
        elif tag in ("h2", "h3", "h4"):
            self.parts.headings.append((int(tag[1]), text))
        elif text:
            self.parts.paragraphs.append(text)
            if tag == "p" and not self._plain.strip():
                self.parts.bold_paragraphs.append(text)


def read(markup: str) -> Parts:
    """The parts of a (sanitised) text."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.parts
