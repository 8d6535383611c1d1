"""What is read of one page of an old Bulletin: read once, when it is fetched, and kept beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from portal.content.exchange.mapping import Mapping
from portal.core import xml

_MOST_LINKS = 3000
_LONGEST_LABELLED = 300
"""A longer text that begins with a label is a whole block, not the mark."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the mapping finds it. ``texts``: part → words; ``files`` and ``links`` by whole addresses.

    ``body`` keeps its links whole, without the title and the list of attachments. ``images`` are those in it.
    """

    url: str
    texts: dict[str, str] = field(default_factory=dict)
    body: str = ""
    way: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

    @property
    def is_item(self) -> bool:
        """Whether it holds what the mapping looks for; others were only the way to it."""
        return bool(self.texts.get("title")) and "body" in self.texts

    def row(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "url": self.url, "texts": self.texts, "body": self.body, "way": list(self.way),
            "files": [list(one) for one in self.files], "links": list(self.links),
            "images": list(self.images),
        }  # fmt: skip


def of_row(row: dict[str, Any]) -> Page:
    """A page as it was kept. Raises ``KeyError``, ``TypeError`` for what is none."""
    files = tuple((str(url), str(title)) for url, title in row["files"])
    return Page(
        row["url"], dict(row["texts"]), row["body"], tuple(row["way"]), files, tuple(row["links"]), tuple(row["images"])
    )


def read(rules: Mapping, url: str, body: bytes, charset: str) -> Page:
    """The page at ``url``. A text that is no page at all has nothing in it."""
    try:
        page = tree(body, rules.encoding or charset)
    except xml.UnsafeXml:
        return Page(url)
    links = tuple(dict.fromkeys(found for one in page.iter("a", "area") if (found := absolute(url, one.get("href")))))
    texts = {name: text for name in rules.parts if (text := _text(rules, page, name))}
    block = _first(rules, page, "body")
    if block is None:
        return Page(url, texts, links=links[:_MOST_LINKS])
    files = tuple(_files(rules, page, url))
    way = [_words(one) for one in rules.found(page, "section")]
    texts["body"] = "1"
    images = tuple(dict.fromkeys(found for one in block.iter("img") if (found := absolute(url, one.get("src")))))
    inside = _body(rules, block, url)
    away = {*rules.not_sections, texts.get("title", "").casefold()}
    way = [one[:300] for one in way if one.casefold() not in away and re.search(r"\w", one)][:6]
    return Page(url, texts, inside, tuple(way), files, links[:_MOST_LINKS], images)


def _text(rules: Mapping, page: etree._Element, part: str) -> str:
    found = (_words(element) for element in rules.found(page, part))
    # The name of the Bulletin is often a heading of its own above the page's.
    words = next((one for one in found if one and (part != "title" or one.casefold() not in rules.not_sections)), "")
    return words or _labelled(page, rules.labels.get(part, ()))


def _first(rules: Mapping, page: etree._Element, part: str) -> Any:
    return next(iter(rules.found(page, part)), None)


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _labelled(page: etree._Element, labels: tuple[str, ...]) -> str:
    """What stands after one of ``labels`` ("Wytworzył:"), in the same element, behind it, or in the next cell."""
    found = []
    for element in page.iter(etree.Element) if labels else ():
        words = _words(element)
        if not words or len(words) > _LONGEST_LABELLED:
            continue
        for label in labels:
            if re.match(rf"{re.escape(label)}(?!\w)", words, re.IGNORECASE):
                rest = words[len(label) :].lstrip(" :–-\xa0") or _behind(element)
                found += [(len(words), rest)] if rest else []
    return min(found, default=(0, ""))[1][:_LONGEST_LABELLED]


def _behind(element: Any) -> str:
    tail = " ".join((element.tail or "").split()).lstrip(" :–-")
    following = element.getnext()
    return tail or (_words(following) if following is not None else "")


def _files(rules: Mapping, page: etree._Element, base: str) -> Iterator[tuple[str, str]]:
    for element in rules.found(page, "attachments"):
        url = absolute(base, element.get("href"))
        if url:
            yield url, _words(element)[:300]


def _body(rules: Mapping, element: Any, base: str) -> str:
    for rule in ("title", "attachments"):
        for inner in rules.found(element, rule):
            if inner is not element and (rule == "title" or inner.tag == "a"):
                _take_out(inner)
    for link in element.iter("a", "img"):
        name = "href" if link.tag == "a" else "src"
        url = absolute(base, link.get(name))
        if url:
            link.set(name, url)
    made = element.text or ""
    return made + "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)


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
