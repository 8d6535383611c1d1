"""A search as RSS 2.0."""

from __future__ import annotations

from datetime import UTC, datetime, time
from email.utils import format_datetime
from urllib.parse import quote

from lxml import etree

from portal.web.texts import message
from search.address import Asked
from search.index import Hit, Page

_SAFE = "/?&=%#:"


def rss(asked: Asked, page: Page, base: str) -> bytes:
    """The hits of ``page`` as entries of a feed named after what was asked."""
    root = etree.Element("rss", version="2.0")
    channel = etree.SubElement(root, "channel")
    _add(channel, "title", message("search.feed.title", text=_plain(asked.text) or "*"))
    _add(channel, "link", base + asked.url())
    _add(channel, "description", message("search.feed.about", text=_plain(asked.text) or "*"))
    _add(channel, "language", "pl")
    for hit in page.hits:
        entry = etree.SubElement(channel, "item")
        _add(entry, "title", hit.plain_title)
        _add(entry, "link", _address(hit, base))
        _add(entry, "description", "".join(piece.text for piece in hit.fragment))
        guid = _add(entry, "guid", hit.key)
        guid.set("isPermaLink", "false")
        if hit.date:
            _add(entry, "pubDate", format_datetime(datetime.combine(hit.date, time(12), UTC)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _address(hit: Hit, base: str) -> str:
    url = quote(hit.url, safe=_SAFE)
    return base + url if url.startswith("/") else url


def _add(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = _plain(text)
    return element


def _plain(text: str) -> str:
    """Without characters XML does not know."""
    kept = (c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
    return "".join(kept)
