"""Walking through an old Bulletin once, politely, and keeping what was found: stopped and begun again, it goes on.

The folder holds each page and file under its sum, ``log.jsonl``, a line per address as it was fetched, and
``pages-….jsonl``, what was read of each page; what is still to be fetched follows from them. ``robots.txt``, its
``Crawl-delay`` and ``Retry-After`` are obeyed. One walk at a time holds the folder.
"""

from __future__ import annotations

import fcntl
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from portal.content.exchange import old_page
from portal.content.exchange.fetching import MOST_BYTES, Fetcher
from portal.content.exchange.mapping import Mapping
from portal.content.exchange.old_page import Page
from portal.core.blobs import sha256
from portal.core.errors import Temporary

LOG, LOCK, ROBOTS, WAITS = "log.jsonl", "lock", "robots.json", "waits.json"
LONGEST_WAIT = 3600
"""Seconds we let the other side ask us to wait; it is asked again ``_TRIES`` times."""
_LONGEST_DELAY = 30
_TRIES = 3
_DAY = 24 * 3600
_HTML = ("text/html", "application/xhtml+xml")
_FILE = re.compile(
    r"\.(pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|zip|7z|xml|jpe?g|png|gif|tiff?|mp3|mp4)($|[?&])", re.I
)
"""Addresses that are files by their name: those beside the old Bulletin's pages may lie outside its scope."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One address as it was fetched. ``file`` names what is kept; ``way``: other addresses of the same page."""

    url: str
    asked: str
    file: str = ""
    kind: str = ""
    problem: str = ""
    way: tuple[str, ...] = ()
    charset: str = ""
    """What the answer said the page is written in."""
    size: int = 0
    """Bytes that came of it, also of one that was too large to be taken."""

    @property
    def is_page(self) -> bool:
        return self.kind == "html"

    @property
    def may_pass(self) -> bool:
        """Whether what kept it from being taken may be over the next time."""
        return self.problem in ("wire", "too_slow") or self.problem.startswith(("status 5", "status 429"))


_NAMES = tuple(one.name for one in fields(Line))


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a walk is. ``more``: addresses known and not asked yet; ``wait``: seconds the other side asked for.

    ``full``: it ended because as much as a walk may fetch has come.
    """

    done: int
    more: int
    finished: bool
    wait: float = 0
    full: bool = False


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """What a file of lines holds; a half-written last line, of a walk that was killed, is left out."""
    if not file.exists():
        return
    # As bytes: a line may have been cut off inside a letter.
    with file.open("rb") as lines_:
        for text in lines_:
            try:
                row = json.loads(text)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def lines(folder: Path) -> Iterator[Line]:
    """What has been fetched so far: of an address that was asked for again, what came last."""
    found: dict[str, Line] = {}
    for row in rows(folder / LOG):
        given = {name: row[name] for name in _NAMES if name in row}
        found[row["asked"]] = Line(**{**given, "way": tuple(row["way"])})
    yield from found.values()


def pages_file(rules: Mapping, folder: Path) -> Path:
    """Where what was read of pages by this mapping is kept."""
    return folder / f"pages-{rules.digest}.jsonl"


def read_pages(rules: Mapping, folder: Path) -> Iterator[Page]:
    """Every page fetched so far as the mapping reads it: as kept, else read now, once."""
    file = pages_file(rules, folder)
    known = set()
    for row in rows(file):
        page = old_page.of_row(row)
        if page.url not in known:
            known.add(page.url)
            yield page
    for line in lines(folder):
        if line.is_page and line.url not in known:
            known.add(line.url)
            page = old_page.read(rules, line.url, (folder / line.file).read_bytes(), line.charset)
            append(file, page.row())
            yield page


def append(file: Path, row: dict[str, Any]) -> None:
    """Add a line. What a killed walk left of a half-written one is cut off first."""
    with file.open("a+b") as out:
        size = out.seek(0, 2)
        if size:
            out.seek(size - 1)
            if out.read(1) != b"\n":
                out.seek(0)
                out.truncate(out.read().rfind(b"\n") + 1)
        out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder. Raises ``Temporary`` while another walk does; the system lets go when that one dies."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise Temporary("another walk holds the folder", code="crawl.busy") from cause
        yield


class Crawl:
    """One walk. ``pause`` waits between two requests; tests give one that does not. ``most``: addresses in all;
    ``most_bytes``: what comes of them in all (the mapping may say less)."""

    def __init__(
        self, mapping: Mapping, fetcher: Fetcher, folder: Path, *, most_bytes: int,
        pause: Callable[[float], object] = time.sleep, most: int = 0,
    ) -> None:  # fmt: skip
        self._mapping, self._fetcher, self._folder, self._wait = mapping, fetcher, folder, pause
        self._most = min(most or mapping.most_pages, mapping.most_pages)
        self._most_bytes = min(mapping.most_bytes or most_bytes, most_bytes)
        self._robots: dict[str, RobotFileParser] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, progress: Progress = lambda _done, _known: None, go_on: Callable[[], bool] = lambda: True) -> Walked:
        """Fetch what is still to be fetched while ``go_on``, until the other side asks us to wait, or to the end.

        Raises ``Temporary`` while another walk holds the folder.
        """
        with alone(self._folder):
            return self._run(progress, go_on)

    def _run(self, progress: Progress, go_on: Callable[[], bool]) -> Walked:
        waits = self._waits()
        known = [line for line in lines(self._folder) if not (line.may_pass and waits.get(line.asked, 0) < _TRIES)]
        done = {address for line in known for address in (line.asked, line.url, *line.way)}
        queue = deque([*self._mapping.start, *(line.asked for line in lines(self._folder) if line.may_pass)])
        for page in read_pages(self._mapping, self._folder):
            queue.extend(self._onwards(page))
        queue = deque(url for url in dict.fromkeys(queue) if url not in done)
        heard, count = done | set(queue), len(known)
        came = sum(int(row.get("size", 0)) for row in rows(self._folder / LOG))
        while queue and count < self._most and came < self._most_bytes:
            if not go_on():
                return Walked(count, len(queue), finished=False)
            url = queue.popleft()
            if url in done:
                continue
            taken = self._take(url)
            if isinstance(taken, float):
                return Walked(count, len(queue) + 1, finished=False, wait=taken)
            line, found = taken
            done |= {url, line.url, *line.way}
            fresh = [link for link in self._onwards(found) if link not in heard] if found else []
            heard |= set(fresh)
            queue.extend(fresh)
            append(self._folder / LOG, asdict(line))
            count, came = count + 1, came + line.size
            progress(count, count + len(queue))
        more = sum(url not in done for url in queue)
        return Walked(count, more, finished=True, full=bool(more) and came >= self._most_bytes)

    def _onwards(self, page: Page) -> Iterator[str]:
        """The addresses to fetch after a page: links that are followed, its files, images in its text."""
        beside = [url for url, _ in page.files] + list(page.images)
        beside += [url for url in page.links if _FILE.search(url) and not self._mapping.skipped(url)]
        found = [url for url in page.links if self._mapping.wanted(url)]
        yield from dict.fromkeys([*found, *(url for url in beside if self._mapping.fetched(url))])

    def _take(self, url: str) -> tuple[Line, Page | None] | float:
        """The address as fetched, or how many seconds to wait before it is asked for again."""
        rules = self._rules_of(url)
        if isinstance(rules, float):
            return rules
        if isinstance(rules, str):
            return Line(url, url, problem=rules), None
        if not rules.can_fetch(self._mapping.agent, url):
            return Line(url, url, problem="robots"), None
        pauses = self._mapping.pause, self._fetcher.least_pause(url), _delay(rules, self._mapping.agent)
        self._wait(max(pauses))
        found = self._fetcher.get(url)
        if found.retry_after and self._may_wait(url):
            return float(min(found.retry_after, LONGEST_WAIT))
        kind = "html" if found.content_type.partition(";")[0].strip().lower() in _HTML else "file"
        problem = found.problem or ("outside" if kind == "html" and not self._mapping.inside(found.url) else "")
        if problem:
            self._may_wait(url)
            size = MOST_BYTES if problem == "too_large" else len(found.body)
            said = f"{problem} {found.status or ''}".strip()
            return Line(found.url, url, problem=said, way=found.way, size=size), None
        charset = _charset(found.content_type)
        line = Line(found.url, url, self._keep(found.body), kind, "", found.way, charset, len(found.body))
        if kind != "html":
            return line, None
        page = old_page.read(self._mapping, found.url, found.body, charset)
        append(pages_file(self._mapping, self._folder), page.row())
        return line, page

    def _may_wait(self, url: str) -> bool:
        """Whether the address is to be asked for once more; how often it was stands in the folder."""
        waits = self._waits()
        waits[url] = waits.get(url, 0) + 1
        _write(self._folder / WAITS, json.dumps(waits).encode())
        return waits[url] <= _TRIES

    def _waits(self) -> dict[str, int]:
        """How often each address that failed was asked for."""
        file = self._folder / WAITS
        found: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return found

    def _rules_of(self, url: str) -> RobotFileParser | float | str:
        """The rules of the host for robots, asked for once a day; how many seconds to wait for them; or what keeps
        the host from saying what they are, and us from asking it for more (RFC 9309 §2.3.1)."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        if place not in self._robots:
            text = self._robots_text(place)
            if isinstance(text, float | str):
                return text
            rules = RobotFileParser()
            rules.parse(text)
            self._robots[place] = rules
        return self._robots[place]

    def _robots_text(self, place: str) -> list[str] | float | str:
        file = self._folder / ROBOTS
        kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
        if place not in kept or kept[place]["at"] < time.time() - _DAY:
            found = self._fetcher.get(f"{place}/robots.txt")
            if found.retry_after and self._may_wait(f"{place}/robots.txt"):
                return float(min(found.retry_after, LONGEST_WAIT))
            if found.problem and not 400 <= found.status < 500:
                return f"{found.problem} {found.status or ''}".strip()
            text = [] if found.problem else found.body.decode("utf-8", "replace").splitlines()
            kept[place] = {"at": time.time(), "text": text}
            _write(file, json.dumps(kept).encode())
            return text
        return [str(line) for line in kept[place]["text"]]

    def _keep(self, body: bytes) -> str:
        name = sha256(body)
        if not (self._folder / name).exists():
            _write(self._folder / name, body)
        return name


def _write(file: Path, data: bytes) -> None:
    """The whole file or none of it, whenever we are killed."""
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(data)
    part.replace(file)


def _delay(rules: RobotFileParser, agent: str) -> float:
    """The pause the host itself asks robots for, within reason."""
    rate = rules.request_rate(agent)
    asked = float(rules.crawl_delay(agent) or 0), rate.seconds / max(rate.requests, 1) if rate else 0.0
    return min(max(asked), _LONGEST_DELAY)


def _charset(content_type: str) -> str:
    return content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")[:40]
