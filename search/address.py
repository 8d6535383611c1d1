"""The address of a search: ``/szukaj?q=&gdzie=&typ=&rok=&organ=&status=&od=&do=&sort=&strona=&jezyk=``, both ways.

Whatever cannot be read is left out and named, never refused: an old bookmark must not become an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from portal.web import phrases
from search.index import MAX_PAGE, Filters, Query, Sort

PARAMETERS = ("q", "gdzie", "typ", "rok", "organ", "status", "od", "do", "sort", "strona", phrases.PARAMETER)
FIELDS = {"type": "typ", "year": "rok", "organ": "organ", "status": "status"}
"""Facet → its name in the address."""
PLACES = {"bip": "/bip", "biuro": "/biuro"}
"""Words for ``gdzie=`` that stand for a place; any other place is named by its path."""
_PLACE = re.compile(r"(/[a-z0-9][a-z0-9._-]{0,79}){1,12}")
_SORTS: dict[str, Sort] = {"trafnosc": "relevance", "data": "date"}
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. ``ignored``: names of parameters that say nothing we understand."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"
    page: int = 1
    language: str = phrases.POLISH
    """Of the words around the results."""
    ignored: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing typed and nothing narrowed: the page shows how to search."""
        return not self.text.strip() and not self.filters

    @property
    def where(self) -> str:
        """The place as the address names it: ``bip``, ``biuro``, a path, or nothing for everywhere."""
        return next((word for word, path in PLACES.items() if path == self.filters.within), self.filters.within)

    def query(self, readers: frozenset[str], **more: Any) -> Query:
        """The question to the index."""
        return Query(self.text, readers, filters=self.filters, sort=self.sort, page=self.page, **more)

    def url(self, path: str = "/szukaj", **changes: Any) -> str:
        """The address of this search with ``changes``: fields of ``Filters``, ``text``, ``sort`` or ``page``."""
        narrow = {name: value for name, value in changes.items() if name in Filters.__slots__}
        other = {name: value for name, value in changes.items() if name not in narrow}
        wanted = replace(self, filters=replace(self.filters, **narrow), **{"page": 1, **other})
        return f"{path}?{urlencode(wanted.parameters())}"

    def parameters(self) -> dict[str, str]:
        """The parameters that say something."""
        asked = self.filters
        values = {
            "q": self.text, "typ": asked.type, "rok": str(asked.year or ""), "organ": asked.organ,
            "status": asked.status, "od": asked.since.isoformat() if asked.since else "",
            "do": asked.until.isoformat() if asked.until else "", "gdzie": self.where,
            "sort": "data" if self.sort == "date" else "", "strona": str(self.page) if self.page > 1 else "",
            phrases.PARAMETER: self.language if self.language != phrases.POLISH else "",
        }  # fmt: skip
        return {name: value for name, value in values.items() if value or name == "q"}


def read(arguments: Mapping[str, str]) -> Asked:
    """Read the parameters of an address. NULs, which no database takes, are spaces."""
    arguments = {name: value.replace("\0", " ") for name, value in arguments.items()}
    ignored = [name for name, value in arguments.items() if name not in PARAMETERS and value]

    def given(name: str) -> str:
        return arguments.get(name, "")[:_LONGEST].strip()

    def number(name: str, low: int, high: int) -> int | None:
        text = given(name)
        if text and text.isascii() and text.isdigit() and low <= int(text[:9]) <= high:
            return int(text[:9])
        if text:
            ignored.append(name)
        return None

    def day(name: str) -> date | None:
        text = given(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            ignored.append(name)
            return None

    sort = given("sort")
    if sort and sort not in _SORTS:
        ignored.append("sort")
    where = given("gdzie")
    within = PLACES.get(where, where if _PLACE.fullmatch(where) else "")
    if where and not within:
        ignored.append("gdzie")
    filters = Filters(
        type=given("typ")[:200], year=number("rok", 1, 9999), organ=given("organ")[:200], status=given("status")[:200],
        since=day("od"), until=day("do"), within=within,
    )  # fmt: skip
    page = number("strona", 1, 10**9) or 1
    language = given(phrases.PARAMETER) or phrases.POLISH
    if language not in phrases.languages():
        ignored.append(phrases.PARAMETER)
        language = phrases.POLISH
    return Asked(
        arguments.get("q", "")[:_LONGEST],
        filters,
        _SORTS.get(sort, "relevance"),
        min(page, MAX_PAGE),
        language,
        tuple(ignored),
    )
