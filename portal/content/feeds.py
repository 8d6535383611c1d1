"""What is new as RSS 2.0 and Atom (RFC 4287), and the site as a sitemap (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, cast
from urllib.parse import quote

from flask import Response
from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import queries
from portal.content.models import Item
from portal.content.queries import Line, PageData

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
LIMIT = 50
_MAX_ADDRESSES = 50_000
_FOLDERS = ("front_page", "bulletin", "bip_folder", "folder", "news_folder", "event_folder", "subsite", "collection")


def entries(session: Session, page: PageData) -> list[Line]:
    """The newest public pages under ``page``; folders themselves are no news."""
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


def sitemap(reading: Callable[[], AbstractContextManager[Session]], base: str) -> Response:
    """Every public page with the day of its last change."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap=cast(Any, {None: SITEMAP}))
    query = select(Item.path, Item.changed_at).where(queries.listed()).order_by(Item.path).limit(_MAX_ADDRESSES)
    with reading() as session:
        for row in session.execute(query):
            url = _add(root, f"{{{SITEMAP}}}url")
            _add(url, f"{{{SITEMAP}}}loc", base + quote(row.path))
            _add(url, f"{{{SITEMAP}}}lastmod", row.changed_at.date().isoformat())
    return Response(_bytes(root), content_type="application/xml; charset=utf-8")
