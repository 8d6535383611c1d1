"""What an editor is told about a text while writing: what bars people from reading it, and what to do about it.

Two weights. ``must``: WCAG 2.1 asks for it and the law asks for WCAG (ustawa z 4.04.2019 o dostępności cyfrowej,
art. 5), so it stops a page on its way to the public. ``should``: good advice that stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import links, markup, readability
from portal.content.markup import Parts
from portal.content.models import Item, ItemFile, ItemVersion
from portal.content.workflow import ARCHIVED, WITHDRAWN
from portal.core.documents import Document
from portal.core.errors import Invalid
from portal.core.registry import Registry

MUST, SHOULD = "must", "should"
_EMPTY_WORDS = frozenset((
    "kliknij", "kliknij tutaj", "kliknij tu", "tutaj", "tu", "link", "czytaj", "czytaj więcej", "czytaj dalej",
    "więcej", "zobacz", "zobacz więcej", "pobierz", "plik", "strona", "here", "click here", "read more", "more",
    "pdf", "doc", "docx",
))  # fmt: skip
_ADDRESS = re.compile(r"^(https?://|www\.)\S+$", re.IGNORECASE)
_FILE_NAME = re.compile(r"^\S+\.(jpe?g|png|gif|webp|svg|bmp)$", re.IGNORECASE)
_MOST = 5
_SHOWN = 120
_LONG_ALT = 250
_LONG_BOLD = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``code`` names its sentence (``content.check.<code>``), ``where`` quotes the place."""

    code: str
    weight: str
    where: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What is looked at: the text as it is kept (references, sanitised) and what stands around it."""

    title: str
    summary: str
    body: str
    documents: Sequence[int] = ()
    has_body: bool = True
    fields: Mapping[str, Any] = field(default_factory=dict)


MORE: Registry[Callable[[Written], Iterable[Finding]]] = Registry("check of a text")
"""Packages above add what else is found: what was noted beside the text and does not fit it any more."""


def noted(written: Written) -> list[Finding]:
    """What packages above find."""
    return [finding for _, look in MORE.items() for finding in look(written)]


Known = Callable[[str], bool]
"""Whether an address within the site that no page has is served by another part of the program."""


def findings(session: Session, written: Written, *, known: Known | None = None) -> list[Finding]:
    """Everything found, what must be done first. ``known`` ``None``: links within the site are not looked at."""
    parts = markup.read(written.body)
    found = [*_around(written), *_headings(parts), *_images(parts), *_link_texts(parts), *_tables(parts)]
    found = [*noted(written), *found]
    found += [*_readable(parts), *_scans(session, written.documents), *_dead(session, written.body, parts, known)]
    return sorted(found, key=lambda finding: finding.weight != MUST)


def of_version(session: Session, item: Item, version: ItemVersion, *, known: Known | None = None) -> list[Finding]:
    """What is found in a saved version."""
    documents = session.scalars(select(ItemFile.document_id).where(ItemFile.version_id == version.id))
    written = Written(
        version.title, version.summary, version.body, tuple(documents), item.type != "link", version.fields
    )
    return findings(session, written, known=known)


def require_readable(session: Session, item: Item, version: ItemVersion) -> None:
    """Raise ``Invalid`` while something stands in the text that the law does not let the office publish."""
    serious = [finding for finding in of_version(session, item, version) if finding.weight == MUST]
    if serious:
        raise Invalid("content.not_accessible", number=len(serious))


def _around(written: Written) -> Iterator[Finding]:
    if not written.summary.strip() and written.has_body:
        yield Finding("no_summary", SHOULD)
    letters = [letter for letter in written.title if letter.isalpha()]
    if len(letters) > 15 and all(letter.isupper() for letter in letters):
        yield Finding("shouting", SHOULD, written.title)


def _headings(parts: Parts) -> Iterator[Finding]:
    last = 1
    for level, text in parts.headings:
        if not text:
            yield Finding("empty_heading", SHOULD)
        elif level > last + 1:
            yield Finding("heading_skipped", SHOULD, text, {"level": level, "wanted": last + 1})
        last = level
    for text in parts.bold_paragraphs:
        if len(text) <= _LONG_BOLD:
            yield Finding("bold_heading", SHOULD, text)


def _images(parts: Parts) -> Iterator[Finding]:
    for image in parts.images:
        alt = image.get("alt")
        if alt is None:
            yield Finding("no_alt", MUST, (image.get("src") or "").rpartition("/")[2])
        elif _FILE_NAME.match(alt.strip()):
            yield Finding("alt_is_name", SHOULD, alt)
        elif len(alt) > _LONG_ALT:
            yield Finding("alt_long", SHOULD, alt)


def _link_texts(parts: Parts) -> Iterator[Finding]:
    for link in parts.links:
        text = " ".join(link.text.split())
        if not text:
            yield Finding("empty_link", MUST, link.href)
        elif text.strip(".… >»").casefold() in _EMPTY_WORDS:
            yield Finding("link_says_nothing", SHOULD, text)
        elif _ADDRESS.match(text):
            yield Finding("bare_address", SHOULD, text)


def _tables(parts: Parts) -> Iterator[Finding]:
    for number, table in enumerate(parts.tables, 1):
        if not table.headed:
            yield Finding("table_without_headings", MUST, table.caption, {"number": number})
        if not table.caption:
            yield Finding("table_without_caption", SHOULD, "", {"number": number})


def _readable(parts: Parts) -> Iterator[Finding]:
    measured = readability.measure(parts.paragraphs)
    if measured.years > readability.MOST_YEARS:
        yield Finding("hard_to_read", SHOULD, "", {"years": measured.years, "most": readability.MOST_YEARS})
    for sentence in measured.long_sentences[:_MOST]:
        count = len(re.findall(r"\w+", sentence))
        yield Finding("long_sentence", SHOULD, _cut(sentence), {"words": count, "most": readability.LONG_SENTENCE})


def _scans(session: Session, documents: Iterable[int]) -> Iterator[Finding]:
    query = select(Document.name).where(
        Document.id.in_(list(documents)), Document.content_type == "application/pdf", Document.text == ""
    )
    for name in session.scalars(query.order_by(Document.id)):
        yield Finding("pdf_without_text", SHOULD, name)


def _dead(session: Session, body: str, parts: Parts, known: Known | None) -> Iterator[Finding]:
    wanted = links.targets(body)
    here = set(session.scalars(select(Item.id).where(Item.id.in_(wanted), Item.binned_at.is_(None))))
    words = {link.href: link.text for link in parts.links}
    for number in sorted(wanted - here):
        text = next((text for href, text in words.items() if href.partition("#")[0] == f"item:{number}"), "")
        yield Finding("link_to_deleted", SHOULD, text)
    off = (WITHDRAWN, ARCHIVED)
    query = select(Item.id).where(Item.id.in_(wanted), Item.type == "image", Item.state.in_(off))
    for number in session.scalars(query.where(Item.binned_at.is_(None)).order_by(Item.id)):
        # The image is called as this text calls it: its own title may be for other eyes.
        sources = [image for image in parts.images if number in links.targets(f'<img src="{image.get("src") or ""}">')]
        yield Finding("image_withdrawn", SHOULD, next((str(image.get("alt") or "") for image in sources), ""))
    if known is None:
        return
    for link in parts.links:
        if link.href.startswith("/") and not link.href.startswith("//") and not known(link.href):
            yield Finding("link_to_nothing", SHOULD, f"{link.text} ({link.href})")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rpartition(' ')[0]}…"
