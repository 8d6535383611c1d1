"""Walking through an old Bulletin once, politely, and keeping what was found: stopped and begun again, it goes on.

The folder holds each page and file under its sum and ``log.jsonl``, a line per address as it was fetched, with the
links it had; what is still to be fetched follows from it. ``robots.txt`` and ``Retry-After`` are obeyed.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from lxml import etree

from portal.content.exchange.fetching import Fetched, Fetcher
from portal.content.exchange.mapping import Mapping
from portal.core import xml
from portal.core.blobs import sha256

LOG = "log.jsonl"
_LONGEST_WAIT = 120
_HTML = ("text/html", "application/xhtml+xml")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One address as it was fetched. ``file`` names what is kept; ``way``: other addresses of the same page."""

    url: str
    asked: str
    file: str = ""
    kind: str = ""
    problem: str = ""
    links: tuple[str, ...] = ()
    way: tuple[str, ...] = ()
    charset: str = ""
    """What the answer said the page is written in."""

    @property
    def is_page(self) -> bool:
        return self.kind == "html"


def lines(folder: Path) -> Iterator[Line]:
    """What has been fetched so far; a half-written last line, of a walk that was killed, is left out."""
    log = folder / LOG
    if not log.exists():
        return
    for text in log.read_text("utf-8").splitlines():
        try:
            row = json.loads(text)
        except ValueError:
            continue
        yield Line(**{**row, "links": tuple(row["links"]), "way": tuple(row["way"])})


class Crawl:
    """One walk. ``pause`` waits between two requests; tests give one that does not."""

    def __init__(
        self, mapping: Mapping, fetcher: Fetcher, folder: Path, *, pause: Callable[[float], object] = time.sleep
    ) -> None:
        self._mapping, self._fetcher, self._folder, self._wait = mapping, fetcher, folder, pause
        self._robots: dict[str, RobotFileParser] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, progress: Progress = lambda _done, _known: None) -> int:
        """Fetch what is still to be fetched; how many addresses there are in all."""
        known = list(lines(self._folder))
        done = {address for line in known for address in (line.asked, line.url, *line.way)}
        heard = [*self._mapping.start, *(link for line in known for link in line.links)]
        queue = deque(url for url in dict.fromkeys(heard) if url not in done)
        count = len(known)
        with (self._folder / LOG).open("a", encoding="utf-8") as log:
            while queue and count < self._mapping.most_pages:
                url = queue.popleft()
                if url in done:
                    continue
                line = self._take(url)
                done |= {url, line.url, *line.way}
                queue.extend(link for link in line.links if link not in done)
                log.write(json.dumps(_row(line), ensure_ascii=False) + "\n")
                log.flush()
                count += 1
                progress(count, count + len(queue))
        return count

    def _take(self, url: str) -> Line:
        if not self._may(url):
            return Line(url, url, problem="robots")
        self._wait(self._mapping.pause)
        found = self._fetcher.get(url)
        if found.retry_after:
            self._wait(min(found.retry_after, _LONGEST_WAIT))
            found = self._fetcher.get(url)
        if found.problem:
            return Line(found.url, url, problem=f"{found.problem} {found.status or ''}".strip(), way=found.way)
        kind = "html" if found.content_type.partition(";")[0].strip().lower() in _HTML else "file"
        links = tuple(self._links(found)) if kind == "html" else ()
        return Line(found.url, url, self._keep(found.body), kind, "", links, found.way, _charset(found.content_type))

    def _may(self, url: str) -> bool:
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._robots:
            rules = RobotFileParser()
            found = self._fetcher.get(f"{place}/robots.txt")
            rules.parse(_rules(found))
            self._robots[place] = rules
        return self._robots[place].can_fetch(self._mapping.agent, url)

    def _keep(self, body: bytes) -> str:
        name = sha256(body)
        path = self._folder / name
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(body)
            part.replace(path)
        return name

    def _links(self, found: Fetched) -> Iterator[str]:
        page = tree(found.body, self._mapping.encoding or _charset(found.content_type))
        attached = set(self._mapping.select["attachments"](page)) if "attachments" in self._mapping.select else set()
        for element in page.iter("a", "area"):
            url = absolute(found.url, element.get("href"))
            if url and (self._mapping.wanted(url) or (element in attached and self._mapping.inside(url))):
                yield url


def _rules(found: Fetched) -> list[str]:
    """The lines of ``robots.txt``. None there: everything may be read; a host that cannot say is left alone
    (RFC 9309 §2.3.1).
    """
    if not found.problem:
        return found.body.decode("utf-8", "replace").splitlines()
    return [] if 400 <= found.status < 500 else ["User-agent: *", "Disallow: /"]


def absolute(base: str, href: str | None) -> str:
    """A link as a whole address without its fragment; empty for what leads nowhere (``mailto:``, ``javascript:``)."""
    try:
        url = urljoin(base, (href or "").strip()).partition("#")[0]
    except ValueError:
        return ""
    return url if href and len(url) < 1000 and url.startswith(("http://", "https://")) else ""


def tree(body: bytes, encoding: str) -> etree._Element:
    """The page as a tree, in the encoding that is known; else UTF-8 if it can be, else what the page says itself."""
    return xml.parse_html(body, encoding or ("utf-8" if _is_utf8(body) else ""))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _charset(content_type: str) -> str:
    return content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")[:40]


def _row(line: Line) -> dict[str, object]:
    return {
        "url": line.url, "asked": line.asked, "file": line.file, "kind": line.kind, "problem": line.problem,
        "links": list(line.links), "way": list(line.way), "charset": line.charset,
    }  # fmt: skip
