"""An old Bulletin, walked through by ``crawl``, as a source: sections from the way to each page, pages, files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from portal.content import paths
from portal.content.exchange import crawl
from portal.content.exchange.crawl import Line
from portal.content.exchange.entries import Beside, Broken, Entry, Note, State
from portal.content.exchange.mapping import Mapping
from portal.core import clock, xml

SECTION, PAGE = "bip_folder", "bip_page"


def key_of(address: str) -> str:
    """A short key of an address or a section: links in texts name entries by it."""
    return hashlib.sha256(address.encode()).hexdigest()[:24]


class OldBip:
    """The pages in a crawl's folder as entries, sections first."""

    kind = "bip"

    def __init__(self, mapping: Mapping, folder: Path, *, options: dict[str, Any]) -> None:
        self._mapping, self._folder = mapping, folder
        self._publisher = str(options.get("publisher", ""))
        self.origin = urlsplit(mapping.start[0]).netloc
        self._fetched = list(crawl.lines(folder))
        if not self._fetched:
            raise Broken("import.bip.empty")
        self._by_url = {address: line for line in self._fetched for address in (line.asked, line.url, *line.way)}
        self._lost: list[Entry] = []
        self._pages: list[tuple[Line, tuple[str, ...]]] = []
        for line in self._fetched:
            self._look(line)
        self._sections = list(dict.fromkeys(way[: n + 1] for _, way in self._pages for n in range(len(way))))
        self._taken = {line.url for line, _ in self._pages}

    def _look(self, line: Line) -> None:
        """Sort a fetched address: a page to take, a file beside one, or something to name in the report."""
        if line.problem:
            self._lost.append(_lost(line.asked, Note("import.bip.problem", {"why": line.problem})))
            return
        if not line.is_page:
            return
        try:
            page = self._tree(line)
        except xml.UnsafeXml:
            self._lost.append(_lost(line.url, Note("import.bip.no_page")))
            return
        if not self._text(page, "title") or self._first(page, "body") is None:
            self._lost.append(_lost(line.url, Note("import.bip.no_page")))
            return
        self._pages.append((line, tuple(self._way(page))))

    def count(self) -> int:
        return len(self._sections) + len(self._pages)

    def lost(self) -> list[Entry]:
        return self._lost

    def close(self) -> None:
        """Nothing is held open."""

    def file(self, key: str) -> bytes:
        name = key.partition("/")[0]
        path = self._folder / name
        if not name.isalnum() or not path.is_file():
            raise KeyError(key)
        return path.read_bytes()

    def entry(self, number: int) -> Entry:
        if number < len(self._sections):
            return self._section(self._sections[number])
        return self._page(*self._pages[number - len(self._sections)])

    def _section(self, way: tuple[str, ...]) -> Entry:
        live = State(title=way[-1][:300], published_at=clock.now())
        return Entry(
            key=key_of("/".join(way)), parent=key_of("/".join(way[:-1])) if len(way) > 1 else "",
            name=paths.slug(way[-1]), type=SECTION, states=(live,), address="/".join(way),
        )  # fmt: skip

    def _page(self, line: Line, way: tuple[str, ...]) -> Entry:
        page = self._tree(line)
        notes: list[Note] = []
        files = tuple(self._files(page, line, notes))
        published = self._when(page, "published_at")
        if published is None:
            notes.append(Note("import.bip.no_date"))
        produced = self._when(page, "produced_on") or published
        fields = {
            "publisher": self._publisher,
            "produced_by": self._text(page, "produced_by") or self._mapping.defaults.get("produced_by", ""),
            "responsible": self._text(page, "responsible") or self._mapping.defaults.get("responsible", ""),
            "produced_on": produced.date().isoformat() if produced else "",
        }
        author = self._text(page, "entered_by")
        state = State(
            title=self._text(page, "title")[:300], summary=self._text(page, "summary")[:600],
            body=self._body(page, line, files), fields=fields, author=author, created_at=published,
            published_at=published, published_by=author, files=files,
        )  # fmt: skip
        return Entry(
            key=key_of(line.url), parent=key_of("/".join(way)) if way else "", name=paths.slug(state.title),
            type=next((kind for name, kind in self._mapping.types.items() if name in way), PAGE), states=(state,),
            state="published" if published else "unpublished", review="none" if published else "draft",
            redirects=tuple(dict.fromkeys(_old(address) for address in (line.asked, *line.way, line.url))),
            address=line.url, notes=tuple(notes),
        )  # fmt: skip

    def _files(self, page: etree._Element, line: Line, notes: list[Note]) -> Iterable[Beside]:
        if "attachments" not in self._mapping.select:
            return
        for element in self._mapping.select["attachments"](page):
            url = crawl.absolute(line.url, element.get("href"))
            found = self._by_url.get(url)
            title = " ".join("".join(element.itertext()).split())[:300]
            if found is None or not found.file or found.is_page:
                notes.append(Note("import.bip.file_gone", {"name": title or url}))
                continue
            name = unquote(urlsplit(found.url).path.rpartition("/")[2]) or "plik"
            yield Beside(key=found.file, name=name[:200], title=title or name)

    def _body(self, page: etree._Element, line: Line, files: tuple[Beside, ...]) -> str:
        element = self._first(page, "body")
        if element is None:
            return ""
        for rule in ("title", "attachments"):
            for inner in self._mapping.select[rule](element) if rule in self._mapping.select else ():
                if inner is not element and (rule == "title" or inner.tag == "a"):
                    _take_out(inner)
        known = {file.key for file in files}
        for link in element.iter("a"):
            url = crawl.absolute(line.url, link.get("href"))
            found = self._by_url.get(url)
            if found is not None and found.url in self._taken:
                link.set("href", f"archive:{key_of(found.url)}")
            elif found is not None and found.file in known:
                link.set("href", f"attachment:{key_of(line.url)}/{found.file}")
            elif url:
                link.set("href", url)
        return _inner(element)

    def _tree(self, line: Line) -> etree._Element:
        return crawl.tree((self._folder / line.file).read_bytes(), self._mapping.encoding or line.charset)

    def _first(self, page: etree._Element, part: str) -> Any:
        rule = self._mapping.select.get(part)
        found = rule(page) if rule else []
        return found[0] if found else None

    def _text(self, page: etree._Element, part: str) -> str:
        element = self._first(page, part)
        return " ".join("".join(element.itertext()).split()) if element is not None else ""

    def _when(self, page: etree._Element, part: str) -> Any:
        return self._mapping.moment(self._text(page, part))

    def _way(self, page: etree._Element) -> list[str]:
        rule = self._mapping.select.get("section")
        found = [" ".join("".join(element.itertext()).split()) for element in rule(page)] if rule else []
        return [title[:300] for title in found if title][:6]


def _old(address: str) -> str:
    """The path of an old address with its query: what people have bookmarked, on our host."""
    parts = urlsplit(address)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _take_out(element: Any) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _inner(element: Any) -> str:
    made = element.text or ""
    return made + "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)


def _lost(address: str, note: Note) -> Entry:
    return Entry(
        key=key_of(address), parent="", name=address[:80], type=PAGE, states=(), address=address, notes=(note,)
    )
