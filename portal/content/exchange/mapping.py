"""How an old Bulletin is read: a TOML file that says where it begins, what belongs to it and where on its pages
the title, the text, the marks and the attachments stand. An example is in the README.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from portal.content.exchange.entries import Broken
from portal.core import clock
from portal.web.texts import message

PARTS = ("title", "body", "summary", "produced_by", "responsible", "entered_by", "produced_on", "published_at",
         "attachments", "section")  # fmt: skip
"""What a page may have a selector for; ``title`` and ``body`` it must."""
Rule = Callable[[Any], list[Any]]
"""Finds the elements of a page that a selector names."""
_DATES = ("%Y-%m-%d %H:%M", "%Y-%m-%d", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_WORDED = re.compile(r"(\d{1,2})\.?\s+(\w+)\s+(\d{4})(?:\D+(\d{1,2})[:.](\d{2}))?")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A read mapping. Patterns are searched for in whole addresses; no ``follow`` pattern: everything in scope."""

    start: tuple[str, ...]
    scope: tuple[str, ...]
    follow: tuple[re.Pattern[str], ...]
    skip: tuple[re.Pattern[str], ...]
    select: dict[str, Rule]
    dates: tuple[str, ...]
    types: dict[str, str]
    defaults: dict[str, str]
    pause: float
    most_pages: int
    agent: str
    encoding: str

    def inside(self, url: str) -> bool:
        """Whether an address belongs to the old Bulletin."""
        return url.startswith(self.scope)

    def fetched(self, url: str) -> bool:
        """Whether an address may be asked for at all: the old Bulletin, and the rules of its host for robots."""
        parts = urlsplit(url)
        rules = parts.path == "/robots.txt" and any(urlsplit(one).netloc == parts.netloc for one in self.scope)
        return rules or self.inside(url)

    def wanted(self, url: str) -> bool:
        """Whether a link is followed."""
        if not self.inside(url) or any(pattern.search(url) for pattern in self.skip):
            return False
        return not self.follow or any(pattern.search(url) for pattern in self.follow)

    def moment(self, text: str) -> datetime | None:
        """A date as the old pages write it, by ``dates`` or in Polish words, on the clock of a Polish office."""
        text = " ".join(text.split())
        for form in self.dates:
            for part in (text, text.rpartition(": ")[2]):
                try:
                    return datetime.strptime(part, form).replace(tzinfo=clock.WARSAW)
                except ValueError:
                    continue
        found = _WORDED.search(text.lower())
        months = {message(f"month.{number}"): number for number in range(1, 13)}
        if found is None or found[2] not in months:
            return None
        try:
            return datetime(
                int(found[3]), months[found[2]], int(found[1]), int(found[4] or 0), int(found[5] or 0),
                tzinfo=clock.WARSAW,
            )  # fmt: skip
        except ValueError:
            return None


def read(data: bytes | str) -> Mapping:
    """The mapping in ``data``. Raises ``Broken`` with a sentence that says what is wrong."""
    try:
        given = tomllib.loads(data if isinstance(data, str) else data.decode("utf-8"))
    except ValueError as cause:
        raise Broken("import.mapping.toml", where=str(cause)[:200]) from cause
    try:
        return _mapping(given)
    except (TypeError, ValueError, KeyError, AttributeError, re.error, SelectorError) as cause:
        raise Broken("import.mapping.wrong", where=f"{type(cause).__name__}: {cause}"[:200]) from cause


def _mapping(given: dict[str, Any]) -> Mapping:
    start = tuple(str(one) for one in given["start"])
    select = {
        str(name): cast(Rule, CSSSelector(str(rule), translator="html")) for name, rule in given["select"].items()
    }
    unknown = set(select) - set(PARTS)
    if unknown or not {"title", "body"} <= set(select):
        raise ValueError(f"select: {', '.join(sorted(unknown)) or 'title, body'}")
    scope = tuple(str(one) for one in given.get("scope", start))
    if not start or not all(one.startswith(("http://", "https://")) for one in (*start, *scope)):
        raise ValueError("start, scope: http(s)://")
    return Mapping(
        start=start, scope=scope, select=select,
        follow=tuple(re.compile(str(one)) for one in given.get("follow", ())),
        skip=tuple(re.compile(str(one)) for one in given.get("skip", ())),
        dates=tuple(str(one) for one in given.get("dates", _DATES)),
        types={str(k): str(v) for k, v in given.get("types", {}).items()},
        defaults={str(k): str(v) for k, v in given.get("defaults", {}).items()},
        pause=max(0.0, float(given.get("pause", 1.0))), most_pages=int(given.get("most_pages", 5000)),
        agent=str(given.get("user_agent", "Wrota (przenoszenie Biuletynu na zlecenie urzedu)")),
        encoding=str(given.get("encoding", "")),
    )  # fmt: skip
