"""What is new as RSS 2.0 and Atom (RFC 4287), and the site as a sitemap (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Iterable
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


def respond(kind: str, page: PageData, rows: Iterable[Line], base: str) -> Response:
    """The feed of ``page`` in the format ``kind`` (``rss`` or ``atom``)."""
    body = (rss if kind == "rss" else atom)(page, list(rows), base)
    return Response(body, content_type=f"application/{kind}+xml; charset=utf-8")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def rss(page: PageData, rows: list[Line], base: str) -> bytes:
    """RSS 2.0; the guid is the item's number, which survives moves."""
    root = etree.Element("rss", version="2.0")
    channel = _add(root, "channel")
    _add(channel, "title", page.row.title)
    _add(channel, "link", base + quote(page.row.path))
    _add(channel, "description", page.row.summary or page.row.title)
    _add(channel, "language", page.row.language)
    for row in rows:
        entry = _add(channel, "item")
        _add(entry, "title", row.title)
        _add(entry, "link", base + quote(row.path))
        _add(entry, "description", row.summary)
        _add(entry, "guid", _identity(base, row), isPermaLink="false")
        _add(entry, "pubDate", format_datetime(row.published_at))
    return _bytes(root)


def atom(page: PageData, rows: list[Line], base: str) -> bytes:
    """Atom; ``updated`` is the server's time of the last change."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=cast(Any, {None: ATOM}))
    address = base + quote(page.row.path)
    _add(root, f"{{{ATOM}}}id", address)
    _add(root, f"{{{ATOM}}}title", page.row.title)
    _add(root, f"{{{ATOM}}}updated", _latest(rows).isoformat())
    _add(root, f"{{{ATOM}}}link", href=address)
    _add(root, f"{{{ATOM}}}link", rel="self", href=f"{address.rstrip('/')}/atom.xml")
    author = _add(root, f"{{{ATOM}}}author")
    _add(author, f"{{{ATOM}}}name", page.crumbs[0].title)
    for row in rows:
        entry = _add(root, f"{{{ATOM}}}entry")
        _add(entry, f"{{{ATOM}}}id", _identity(base, row))
        _add(entry, f"{{{ATOM}}}title", row.title)
        _add(entry, f"{{{ATOM}}}link", href=base + quote(row.path))
        _add(entry, f"{{{ATOM}}}published", row.published_at.isoformat())
        _add(entry, f"{{{ATOM}}}updated", row.changed_at.isoformat())
        _add(entry, f"{{{ATOM}}}summary", row.summary)
    return _bytes(root)


def _identity(base: str, row: Line) -> str:
    return f"{base}/#item-{row.id}"


def _latest(rows: list[Line]) -> datetime:
    return max((row.changed_at for row in rows), default=datetime.fromtimestamp(0, UTC))


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
