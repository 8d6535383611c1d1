"""A document as PDF: the same view as on the page, on paper. The record stays the XML; its hash is in the footer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, time

from forms.letter import Contact
from forms.reader import view
from forms.view import View
from portal.web.formats import day, size
from portal.web.paper import FAMILY, Page
from portal.web.texts import message

_LINE = 5.6
"""Height of a line in millimetres at the body's 11 points."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def pdf(data: bytes) -> bytes:
    """The document ``data`` as PDF; the same bytes give the same PDF.

    Raises ``portal.core.xml.UnsafeXml``.
    """
    seen = view(data)
    page = Page(message("pdf.source", digest=hashlib.sha256(data).hexdigest()))
    page.set_title(seen.title or message("pdf.untitled"))
    page.set_creation_date(datetime.combine(seen.created, time(), UTC) if seen.created else _EPOCH)
    page.add_page()
    _letter(page, seen)
    return bytes(page.output())


def _letter(page: Page, seen: View) -> None:
    place = [seen.place, day(seen.created) if seen.created else ""]
    _text(page, ", ".join(filter(None, place)), align="R")
    for code, contacts in (("sender", seen.senders), ("recipient", seen.recipients)):
        for contact in contacts:
            _block(page, f"pdf.{code}", _contact(contact))
    page.ln(3)
    page.set_font(FAMILY, "B", 14)
    page.multi_cell(0, 7, seen.title or message("pdf.untitled"), new_x="LMARGIN", new_y="NEXT")
    if seen.letter_kind:
        _text(page, message("pdf.kind", kind=seen.letter_kind))
    page.ln(2)
    for paragraph in seen.paragraphs:
        _text(page, paragraph or " ")
    _block(page, "pdf.statements", seen.statements)
    _block(page, "pdf.additional", seen.additional)
    _block(page, "pdf.rows", (f"{row.label}: {row.text}" for row in seen.rows))
    _block(page, "pdf.attachments", _attachments(seen))
    if seen.signatory:
        _text(page, message("pdf.signatory", name=seen.signatory.display_name))


def _contact(contact: Contact) -> list[str]:
    marks = [f"{kind.upper()}: {value}" for kind, value in contact.identifiers.items()]
    lines = [contact.display_name, contact.unit, *contact.address_lines, *marks, contact.email, contact.phone]
    return [line for line in lines if line]


def _attachments(seen: View) -> Iterable[str]:
    for number, item in enumerate(seen.attachments, 1):
        weight = f" ({size(len(item.data))})" if item.data else ""
        problem = f": {message(f'enclosure.{item.problem}')}" if item.problem else ""
        yield f"{number}. {item.name}{weight}{problem}"


def _block(page: Page, code: str, lines: Iterable[str]) -> None:
    kept = list(lines)
    if not kept:
        return
    page.ln(2)
    page.set_font(FAMILY, "B", 10)
    page.cell(0, 6, message(code), new_x="LMARGIN", new_y="NEXT")
    for line in kept:
        _text(page, line)


def _text(page: Page, text: str, align: str = "L") -> None:
    page.set_font(FAMILY, size=11)
    page.multi_cell(0, _LINE, text, align=align, new_x="LMARGIN", new_y="NEXT")
