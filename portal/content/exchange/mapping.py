"""How an old Bulletin is read: a TOML file that says where it begins, what belongs to it and where on its pages
the title, the text, the marks and the attachments stand. An example is in the README.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from portal.content.exchange import patterns
from portal.content.exchange.entries import Broken
from portal.content.exchange.patterns import Pattern
from portal.core import clock
from portal.core.blobs import sha256
from portal.web.texts import message

PARTS = ("title", "body", "summary", "produced_by", "responsible", "entered_by", "produced_on", "published_at",
         "attachments", "section")  # fmt: skip
"""What a page may have a selector for; ``title`` and ``body`` it must."""
Rule = Callable[[Any], list[Any]]
"""Finds the elements of a page that a selector, or the first of several that finds any, names."""
_NOT_SECTIONS = ("Strona główna", "Start", "Home", "Główna", "BIP", "Biuletyn Informacji Publicznej")
_DATES = ("%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_TIME = r"(?:[^\d\n]{1,12}(?P<h>\d{1,2})[:.](?P<min>\d{2}))?"
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})" + _TIME)
_DOTTED = re.compile(r"(?<!\d)(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})" + _TIME)
_WORDED = re.compile(r"(\d{1,2})\.?\s+(\w+)\s+(\d{4})(?:\D+(\d{1,2})[:.](\d{2}))?")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A read mapping. Patterns are searched for in whole addresses; no ``follow`` pattern: everything in scope."""

    start: tuple[str, ...]
    scope: tuple[str, ...]
    follow: tuple[Pattern, ...]
    skip: tuple[Pattern, ...]
    select: dict[str, Rule]
    labels: dict[str, tuple[str, ...]]
    """Part → words it stands after on the page ("Wytworzył:"), where no selector finds it."""
    patterns: dict[str, Pattern]
    """Field of the type → what finds it in the title or the text; the first group, if there is one."""
    not_sections: frozenset[str]
    """Steps of the way to a page that are no sections ("Strona główna")."""
    dates: tuple[str, ...]
    types: dict[str, str]
    defaults: dict[str, str]
    pause: float
    """Seconds between two requests, as the mapping wishes; how few they may be says ``Fetcher.least_pause``."""
    most_pages: int
    most_bytes: int
    """Bytes fetched in all; 0: as many as the program allows."""
    agent: str
    encoding: str
    digest: str
    """Of what decides how a page is read: pages kept under another one are read anew."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What is read as words: the marks, and the fields of types."""
        lists = ("body", "attachments", "section")
        return tuple(name for name in dict.fromkeys((*self.select, *self.labels)) if name not in lists)

    def found(self, element: Any, part: str) -> list[Any]:
        """The elements a part's selector finds inside ``element``."""
        rule = self.select.get(part)
        return rule(element) if rule else []

    def inside(self, url: str) -> bool:
        """Whether an address belongs to the old Bulletin."""
        return url.startswith(self.scope)

    def skipped(self, url: str) -> bool:
        """Whether the mapping says to leave it out."""
        return any(pattern.matches(url) for pattern in self.skip)

    def fetched(self, url: str) -> bool:
        """Whether an address may be asked for at all: what stands on the old Bulletin's hosts (files beside its pages,
        rules for robots)."""
        return any(urlsplit(one).netloc == urlsplit(url).netloc for one in self.scope)

    def wanted(self, url: str) -> bool:
        """Whether a link is followed."""
        if not self.inside(url) or self.skipped(url):
            return False
        return not self.follow or any(pattern.matches(url) for pattern in self.follow)

    def moment(self, text: str) -> datetime | None:
        """A date as the old pages write it, by ``dates`` or in Polish words, on the clock of a Polish office."""
        text = text.replace("\u2011", "-")  # some write days with hyphens that do not break
        text = " ".join(text.split())
        for form in self.dates:
            for part in (text, text.rpartition(": ")[2]):
                try:
                    return datetime.strptime(part, form).replace(tzinfo=clock.WARSAW)
                except ValueError:
                    continue
        for pattern in (_ISO, _DOTTED):
            parts = pattern.search(text)
            if parts is not None:
                return _moment(*(parts[name] for name in ("y", "m", "d", "h", "min")))
        found = _WORDED.search(text.lower())
        months = {message(f"month.{number}"): number for number in range(1, 13)}
        if found is None or found[2] not in months:
            return None
        return _moment(found[3], months[found[2]], found[1], found[4], found[5])


def _moment(year: Any, month: Any, day: Any, hour: Any, minute: Any) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=clock.WARSAW)
    except ValueError:
        return None


def read(data: bytes | str, start: str = "") -> Mapping:
    """The mapping in ``data``; ``start`` takes the place of where it begins, with the folder of it as its scope.

    Raises ``Broken`` with a sentence that says what is wrong.
    """
    try:
        given = tomllib.loads(data if isinstance(data, str) else data.decode("utf-8"))
    except (ValueError, RecursionError) as cause:
        raise Broken("import.mapping.toml", where=str(cause)[:200]) from cause
    if start:
        parts = urlsplit(start)
        scope = f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"
        same = any(str(one).startswith(f"{parts.scheme}://{parts.netloc}") for one in given.get("scope", ()))
        given = given | {"start": [start]} | ({} if same else {"scope": [scope]})
    elif not given.get("start"):
        raise Broken("import.mapping.no_start")
    try:
        return _mapping(given)
    except (TypeError, ValueError, OverflowError, KeyError, AttributeError, patterns.ERROR, SelectorError) as cause:
        raise Broken("import.mapping.wrong", where=f"{type(cause).__name__}: {cause}"[:200]) from cause


def _mapping(given: dict[str, Any]) -> Mapping:
    start = tuple(str(one) for one in given["start"])
    select = {str(name): _rule(rule) for name, rule in given["select"].items()}
    fields = {str(name): _rule(rule) for name, rule in given.get("fields", {}).items()}
    unknown = set(select) - set(PARTS)
    if unknown or not {"title", "body"} <= set(select):
        raise ValueError(f"select: {', '.join(sorted(unknown)) or 'title, body'}")
    scope = tuple(str(one) for one in given.get("scope", start))
    if not start or not all(one.startswith(("http://", "https://")) for one in (*start, *scope)):
        raise ValueError("start, scope: http(s)://")
    if any(urlsplit(one).username is not None for one in (*start, *scope)):
        raise ValueError("start, scope: login@")
    return Mapping(
        start=start, scope=scope, select=select | fields,
        labels={str(k): tuple(map(str, v if isinstance(v, list) else [v])) for k, v in given.get("labels", {}).items()},
        patterns={str(k): Pattern(str(v), any_case=True) for k, v in given.get("patterns", {}).items()},
        follow=tuple(Pattern(str(one)) for one in given.get("follow", ())),
        skip=tuple(Pattern(str(one)) for one in given.get("skip", ())),
        not_sections=frozenset(str(one).casefold() for one in given.get("not_sections", _NOT_SECTIONS)),
        dates=tuple(str(one) for one in given.get("dates", _DATES)),
        types={str(k): str(v) for k, v in given.get("types", {}).items()},
        defaults={str(k): str(v) for k, v in given.get("defaults", {}).items()},
        pause=min(max(0.0, float(given.get("pause", 1.0))), LONGEST_PAUSE),
        most_pages=min(int(given.get("most_pages", 5000)), MOST_PAGES),
        most_bytes=int(float(given["most_megabytes"]) * 2**20) if "most_megabytes" in given else 0,
        agent=str(given.get("user_agent", "Wrota (przenoszenie Biuletynu na zlecenie urzedu)")),
        encoding=str(given.get("encoding", "")), digest=_digest(given),
    )  # fmt: skip


def _rule(given: Any) -> Rule:
    """A selector, or several: the first that finds something counts, wherever on the page that stands."""
    texts = [str(one) for one in (given if isinstance(given, list) else [given])]
    tried = [cast(Rule, CSSSelector(text, translator="html")) for text in texts]

    def find(element: Any) -> list[Any]:
        return next((found for rule in tried if (found := rule(element))), [])

    return find


def _digest(given: dict[str, Any]) -> str:
    reading = {name: given.get(name) for name in ("select", "fields", "labels", "encoding", "not_sections")}
    return sha256(json.dumps(reading, sort_keys=True, default=str).encode())[:16]


MOST_PAGES = 100_000
"""A mapping may ask for fewer, never for more."""
LONGEST_PAUSE = 60.0
SHIPPED = Path(__file__).parent / "data"
"""Mappings that come with the program: ``name.toml``, without where to begin."""


def shipped() -> dict[str, str]:
    """Name → what the mapping is for, for every mapping that comes with the program."""
    files = sorted(SHIPPED.glob("*.toml"))
    return {file.stem: str(tomllib.loads(file.read_text("utf-8"))["about"]) for file in files}


def shipped_text(name: str) -> bytes:
    """The mapping called ``name``. Raises ``Broken`` when none is."""
    if name not in shipped():
        raise Broken("import.mapping.unknown")
    return (SHIPPED / f"{name}.toml").read_bytes()
