"""What is new as RSS 2.0 and Atom (RFC 4287), and the site as a sitemap (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, cast
from urllib.parse import quote

from flask import Response
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content import collections, queries
from portal.content.models import Item
from portal.content.queries import Line, PageData
from portal.core.errors import NotFound

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
LIMIT = 50
PART = 20_000
"""Items of one part of the map; the standard allows 50,000 addresses and 50 MB."""
_FOLDERS = ("front_page", "bulletin", "bip_folder", "folder", "news_folder", "event_folder", "subsite", "collection")


def entries(session: Session, page: PageData) -> list[Line]:
    """The newest public pages under ``page`` (a collection: of what it finds); folders themselves are no news."""
    if page.row.type == "collection":
        found = collections.query_of(collections.wish_of(page.fields)).where(Item.published_at.is_not(None))
        return list(session.execute(found.order_by(Item.published_at.desc(), Item.id.desc()).limit(LIMIT)))
    query = (
        select(*queries.CATALOGUE)
        .where(queries.below(page.row.path), Item.type.not_in(_FOLDERS), queries.listed())
        .order_by(Item.published_at.desc(), Item.id.desc())
        .limit(LIMIT)
    )
    return list(session.execute(query))


def respond(
    kind: str, page: PageData, rows: Iterable[Line], base: str, words: Mapping[int, str] | None = None
) -> Response:
    """The feed of ``page`` in the format ``kind`` (``rss`` or ``atom``); ``words``: item → what it says after its
    summary."""
    body = (rss if kind == "rss" else atom)(page, list(rows), base, words or {})
    return Response(body, content_type=f"application/{kind}+xml; charset=utf-8")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def rss(page: PageData, rows: list[Line], base: str, words: Mapping[int, str]) -> bytes:
    """RSS 2.0; the guid is the item's number, which survives moves."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM})
    channel = _add(root, "channel")
    _add(channel, "title", page.row.title)
    _add(channel, "link", base + quote(page.row.path))
    _add(channel, "description", page.row.summary or page.row.title)
    _add(channel, "language", page.row.language)
    own = f"{base}{quote(page.row.path.rstrip('/'))}/rss.xml"
    _add(channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=own)
    for row in rows:
        entry = _add(channel, "item")
        _add(entry, "title", row.title)
        _add(entry, "link", base + quote(row.path))
        _add(entry, "description", _words(row, words))
        _add(entry, "guid", _identity(base, row), isPermaLink="false")
        _add(entry, "pubDate", format_datetime(row.published_at))
    return _bytes(root)


def atom(page: PageData, rows: list[Line], base: str, words: Mapping[int, str]) -> bytes:
    """Atom; ``updated`` is the server's time of the last change."""
    address = base + quote(page.row.path)
    said = [
        Entry(
            id=_identity(base, row), title=row.title, at=row.changed_at, address=base + quote(row.path),
            text=_words(row, words), first=row.published_at,
        )
        for row in rows
    ]  # fmt: skip
    own = f"{address.rstrip('/')}/atom.xml"
    return atom_of(own, page.row.title, said, page=address, author=page.crumbs[0].title, id=address)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a feed; ``first``: when it was first made available, where ``at`` is its last change."""

    id: str
    title: str
    at: datetime
    address: str
    text: str = ""
    author: str = ""
    first: datetime | None = None


def atom_of(own: str, title: str, said: Sequence[Entry], *, page: str, author: str, id: str = "") -> bytes:
    """The feed at ``own`` (its ``id`` unless it is given) of what ``page`` shows."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=cast(Any, {None: ATOM}))
    _add(root, f"{{{ATOM}}}id", id or own)
    _add(root, f"{{{ATOM}}}title", title)
    latest = max((entry.at for entry in said), default=datetime.fromtimestamp(0, UTC))
    _add(root, f"{{{ATOM}}}updated", latest.isoformat())
    _add(root, f"{{{ATOM}}}link", href=page)
    _add(root, f"{{{ATOM}}}link", rel="self", href=own)
    _add(_add(root, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", author)
    for entry in said:
        made = _add(root, f"{{{ATOM}}}entry")
        _add(made, f"{{{ATOM}}}id", entry.id)
        _add(made, f"{{{ATOM}}}title", entry.title)
        _add(made, f"{{{ATOM}}}link", href=entry.address)
        _add(made, f"{{{ATOM}}}published", (entry.first or entry.at).isoformat())
        _add(made, f"{{{ATOM}}}updated", entry.at.isoformat())
        if entry.author:
            _add(_add(made, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", entry.author)
        _add(made, f"{{{ATOM}}}summary", entry.text)
    return _bytes(root)


def _words(row: Line, words: Mapping[int, str]) -> str:
    return " ".join(filter(None, (row.summary, words.get(row.id, ""))))


def _identity(base: str, row: Line) -> str:
    return f"{base}/#item-{row.id}"


def sitemap(session: Session, base: str) -> bytes:
    """The index of the site's maps: each part holds what is listed within one range of item numbers.

    A part is named by its range, so it is read by the primary key alone and stays under 50,000 addresses.
    """
    root = etree.Element(f"{{{SITEMAP}}}sitemapindex", nsmap=cast(Any, {None: SITEMAP}))
    last = session.scalar(select(func.max(Item.id))) or 1
    for part in range((last - 1) // PART + 1):
        _add(_add(root, f"{{{SITEMAP}}}sitemap"), f"{{{SITEMAP}}}loc", f"{base}/sitemap-{part + 1}.xml")
    return _bytes(root)


def sitemap_part(session: Session, base: str, number: int) -> bytes:
    """Every public page of part ``number`` with the day of its last change. Raises ``NotFound`` beyond the last."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap=cast(Any, {None: SITEMAP}))
    first = (number - 1) * PART
    query = select(Item.path, Item.changed_at).where(Item.id > first, Item.id <= first + PART, queries.listed())
    if number < 1 or first >= (session.scalar(select(func.max(Item.id))) or 1):
        raise NotFound("content.unknown")
    for row in session.execute(query.order_by(Item.id)):
        url = _add(root, f"{{{SITEMAP}}}url")
        _add(url, f"{{{SITEMAP}}}loc", base + quote(row.path))
        _add(url, f"{{{SITEMAP}}}lastmod", row.changed_at.date().isoformat())
    return _bytes(root)
