"""An old Bulletin, walked through by ``crawl``, as a source: sections from the way to each page, pages, files."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from portal.content import paths, types
from portal.content.exchange import crawl, old_page
from portal.content.exchange.crawl import Line
from portal.content.exchange.entries import Beside, Broken, Entry, Note, State
from portal.content.exchange.mapping import PARTS, Mapping
from portal.content.exchange.old_page import Page
from portal.core import clock

SECTION, PAGE = "bip_folder", "bip_page"
_ADDRESS = re.compile(r'\b(href|src)="(https?://[^"]*)"')
PROBLEMS = frozenset({
    "robots", "private", "redirects", "too_large", "too_slow", "outside", "status", "certificate", "wire",
})  # fmt: skip
"""What can keep an address from being taken; each has its sentence."""


def key_of(address: str) -> str:
    """A short key of an address or a section: links in texts name entries by it."""
    return hashlib.sha256(address.encode()).hexdigest()[:24]


class OldBip:
    """The pages in a crawl's folder as entries, sections first. Each page was read once, when it was fetched."""

    kind = "bip"

    def __init__(self, mapping: Mapping, folder: Path, *, options: dict[str, Any]) -> None:
        self._mapping, self._folder = mapping, folder
        self._publisher = str(options.get("publisher", ""))
        self.origin = urlsplit(mapping.start[0]).netloc
        fetched = list(crawl.lines(folder))
        if not fetched:
            raise Broken("import.bip.empty")
        self._by_url = {address: line for line in fetched for address in (line.asked, line.url, *line.way)}
        self._lines = {line.url: line for line in fetched}
        self._lost = [_lost(line.asked, _problem(line.problem)) for line in fetched if line.problem]
        ways: dict[tuple[str, ...], None] = {}
        self._items: list[str] = []
        self._where: dict[str, int] = {}
        for page in crawl.read_pages(mapping, folder):
            if not page.is_item:
                self._lost.append(_lost(page.url, Note("import.bip.no_page")))
                continue
            self._items.append(page.url)
            ways |= dict.fromkeys(page.way[: n + 1] for n in range(len(page.way)))
        self._sections = list(ways)
        self._taken = set(self._items)
        self._index()

    def _index(self) -> None:
        """Where in the file of pages each one stands, so that none but the one asked for is held."""
        kept = crawl.pages_file(self._mapping, self._folder)
        if not kept.exists():
            return
        with kept.open("rb") as file:
            at = 0
            for row in file:
                url = re.match(rb'\{"url": ("(?:[^"\\]|\\.)*")', row)
                if url:
                    self._where.setdefault(str(json.loads(url.group(1))), at)
                at += len(row)

    def count(self) -> int:
        return len(self._sections) + len(self._items)

    def identity(self, key: str) -> str:
        return key

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
        url = self._items[number - len(self._sections)]
        with crawl.pages_file(self._mapping, self._folder).open("rb") as file:
            file.seek(self._where[url])
            return self._page(old_page.of_row(json.loads(file.readline())), self._lines[url])

    def _section(self, way: tuple[str, ...]) -> Entry:
        live = State(title=way[-1], published_at=clock.now())
        return Entry(
            key=key_of("/".join(way)), parent=key_of("/".join(way[:-1])) if len(way) > 1 else "",
            name=paths.slug(way[-1]), type=SECTION, states=(live,), address="/".join(way),
        )  # fmt: skip

    def _page(self, page: Page, line: Line) -> Entry:
        notes: list[Note] = []
        files = {file.key: file for file in self._files(page, notes)}
        body = self._body(page, files, notes)
        author, entered = self._person(page, "entered_by")
        published = self._mapping.moment(page.texts.get("published_at", "")) or entered
        if published is None:
            notes.append(Note("import.bip.no_date"))
        maker, made = self._person(page, "produced_by")
        produced = self._mapping.moment(page.texts.get("produced_on", "")) or made or published
        marks = {
            "publisher": self._publisher, "produced_on": produced.date().isoformat() if produced else "",
            "produced_by": maker, "responsible": self._person(page, "responsible")[0],
        }  # fmt: skip
        kind, more = self._kind(page, notes)
        state = State(
            title=page.texts["title"], summary=page.texts.get("summary", ""), body=body, fields=marks | more,
            author=author[:200], created_at=published, published_at=published, published_by=author[:200],
            files=tuple(files.values()),
        )  # fmt: skip
        return Entry(
            key=key_of(line.url), parent=key_of("/".join(page.way)) if page.way else "", name=paths.slug(state.title),
            type=kind, states=(state,),
            state="published" if published else "unpublished", review="none" if published else "draft",
            redirects=tuple(dict.fromkeys(_old(address) for address in (line.asked, *line.way, line.url))),
            address=line.url, notes=tuple(notes),
        )  # fmt: skip

    def _person(self, page: Page, part: str) -> tuple[str, datetime | None]:
        """Who a mark names, without the day some Bulletins write behind the name, and that day."""
        text = page.texts.get(part, "")
        name = _DAY_BEHIND.sub("", text).strip(" ,;–-")
        day = self._mapping.moment(text[len(name) :]) if name != text else None
        return name or self._mapping.defaults.get(part, ""), day

    def _kind(self, page: Page, notes: list[Note]) -> tuple[str, dict[str, str]]:
        """The type its section says, with its fields; a plain page where those the law asks for are not found."""
        name = next((kind for section, kind in self._mapping.types.items() if section in page.way), PAGE)
        if name == PAGE or name not in types.TYPES:
            return name, {}
        kind, found = types.of(name), dict[str, str]()
        for field in kind.fields:
            if field.name in PARTS or field.name in ("publisher", "produced_on"):
                continue
            text = page.texts.get(field.name) or self._by_pattern(field.name, page)
            text = text or self._mapping.defaults.get(field.name, "")
            if field.type == "date" and text:
                moment = self._mapping.moment(text)
                text = moment.date().isoformat() if moment else ""
            found |= {field.name: text} if text else {}
        ours = {"publisher", "produced_on", *PARTS}
        missing = [one.label for one in kind.fields if one.required and one.name not in found and one.name not in ours]
        if missing:
            notes.append(Note("import.bip.as_page", {"type": kind.title, "fields": ", ".join(missing)}))
            return PAGE, {}
        return name, found

    def _by_pattern(self, name: str, page: Page) -> str:
        pattern = self._mapping.patterns.get(name)
        if pattern is None:
            return ""
        found = (pattern.first(html.unescape(text)) for text in (page.texts["title"], _WORDS.sub(" ", page.body)))
        return " ".join(next((one for one in found if one), "").split())

    def _files(self, page: Page, notes: list[Note]) -> Iterator[Beside]:
        for url, title in page.files:
            file = self._beside(url, title)
            if file is None:
                notes.append(Note("import.bip.file_gone", {"name": title or url}))
            else:
                yield file

    def _beside(self, url: str, title: str = "") -> Beside | None:
        """The file fetched from ``url``, if one was."""
        found = self._by_url.get(url)
        if found is None or not found.file or found.is_page:
            return None
        name = unquote(urlsplit(found.url).path.rpartition("/")[2]) or "plik"
        return Beside(key=found.file, name=name[:200], title=title or name)

    def _body(self, page: Page, files: dict[str, Beside], notes: list[Note]) -> str:
        """The text with links to what comes along; files and images it names come along with it."""
        here = key_of(page.url)

        def replace(match: re.Match[str]) -> str:
            url = html.unescape(match.group(2))
            found = self._by_url.get(url)
            if found is not None and found.url in self._taken:
                return f'{match.group(1)}="archive:{key_of(found.url)}"'
            file = self._beside(url)
            if file is not None:
                files.setdefault(file.key, file)
                return f'{match.group(1)}="attachment:{here}/{file.key}"'
            if match.group(1) == "src":
                notes.append(Note("import.bip.image_gone", {"address": url[:200]}))
            return match.group()

        return _ADDRESS.sub(replace, page.body)


_DAY_BEHIND = re.compile(
    r"\s*[,(;]?\s*(?:w dniu|dnia|data)?:?\s*\(?\d{1,4}[.\-\u2011/ ]+(?:\d{1,2}|\w{4,12})[.\-\u2011/ ]+\d{1,4}.*$", re.I
)
"""«…, w dniu: 04-04-2013 12:42», «… (7 grudnia 2018)»."""
_WORDS = re.compile(r"<[^>]*>")


def _old(address: str) -> str:
    """The path of an old address with its query: what people have bookmarked, on our host."""
    parts = urlsplit(address)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _problem(text: str) -> Note:
    """Why an address was not taken, as a sentence of its own."""
    why, _, status = text.partition(" ")
    return Note(f"import.bip.problem.{why if why in PROBLEMS else 'wire'}", {"status": status})


def _lost(address: str, note: Note) -> Entry:
    return Entry(
        key=key_of(address), parent="", name=address[:80], type=PAGE, states=(), address=address, notes=(note,)
    )
