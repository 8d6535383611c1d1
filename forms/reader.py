"""Bytes → View: reads any XML letter by namespaces and local names, whatever its prefixes and generation.

Never fetches anything: neither the stylesheet a document names nor the big files it links to.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import cast

from lxml import etree

from forms import clean, names
from forms.enclosures import read_enclosures
from forms.letter import ORGANISATION, PERSON, Contact
from forms.view import LETTER, OTHER, Attachment, Row, View
from portal.core import documents, xml

MAX_ROWS = 2000
MAX_MARKS = 400_000
"""Most ``<`` in a document: counted before parsing, because millions of empty elements fit in a few megabytes."""
_ENCODINGS = frozenset(
    {"utf-8", "utf-16", "utf-16le", "utf-16be", "ascii", "us-ascii", "iso-8859-1", "iso-8859-2", "windows-1250"}
)
"""Encodings letters come in; in others (UTF-7, EBCDIC) tags can hide from whoever else looks at the bytes."""
MAX_TEXT = 20_000
"""Longest text shown of one element of an unknown document, in characters."""

_DIRECT_TEXT = etree.XPath("text()")

Element = etree._Element


def view(data: bytes, *, max_bytes: int = xml.MAX_BYTES) -> View:
    """The readable view of a document. Raises ``portal.core.xml.UnsafeXml`` when it is no XML we may read.

    Whatever well-formed XML comes in, a view comes out; what is wrong with it is in ``problems``.
    """
    return _view(data, max_bytes, wrapped=False)


def _view(data: bytes, max_bytes: int, *, wrapped: bool) -> View:
    if data.count(b"<") > MAX_MARKS:
        raise xml.UnsafeXml("too_large")
    tree = xml.parse(data, max_bytes=max_bytes)
    if (tree.docinfo.encoding or "utf-8").lower() not in _ENCODINGS:
        raise xml.UnsafeXml("malformed")
    root = tree.getroot()
    namespace = etree.QName(root).namespace or ""
    if names.is_wrapper(namespace) and not wrapped:
        return _unwrapped(tree, max_bytes)
    content = xml.child(root, "TrescDokumentu")
    if content is None or xml.local(root) != "Dokument":
        return _other(tree, wrapped=wrapped)
    return _letter(tree, content, wrapped=wrapped)


def string(element: Element | None) -> str:
    """All text of an element. Comments inside it neither cut nor join what a person reads."""
    if element is None:
        return ""
    # xpath's string() leaves out comments and instructions, which ``.text`` would stop at.
    return str(element.xpath("string()"))


def one_line(element: Element | None, *path: str) -> str:
    """The text of the first element under ``path`` (local names), on one line."""
    return clean.line(string(xml.child(element, *path) if element is not None and path else element))


def _children(element: Element | None, name: str) -> Iterator[Element]:
    if element is not None:
        yield from (item for item in element if xml.local(item) == name)


def _texts(content: Element, block: str, item: str) -> tuple[str, ...]:
    found = (string(e) for group in _children(content, block) for e in _children(group, item))
    return tuple(clean.block(text) for text in found)


def _letter(tree: etree._ElementTree, content: Element, *, wrapped: bool) -> View:
    root = tree.getroot()
    namespace = etree.QName(root).namespace or ""
    about, data = xml.child(root, "OpisDokumentu"), xml.child(root, "DaneDokumentu")
    kind = xml.child(content, "RodzajWnioskuRozszerzony")
    attachments, more = read_enclosures(content)
    known = namespace in names.GENERAL_LETTERS
    paragraphs = _texts(content, "Informacje", "Informacja")
    listed = () if known and any(paragraphs) else tuple(_rows(content))
    found = View(
        kind=LETTER,
        namespace=namespace,
        root=xml.local(root),
        title=one_line(content, "Tytul") or one_line(data, "Naglowek", "NazwaDokumentu"),
        letter_kind=_kind(kind),
        place=one_line(content, "MiejscowoscDokumentu"),
        created=_day(one_line(data, "Data", "Czas")),
        senders=_contacts(data, "Nadawcy"),
        recipients=_contacts(data, "Adresaci"),
        paragraphs=paragraphs,
        statements=tuple(clean.line(text) for text in _texts(content, "Oswiadczenia", "Oswiadczenie")),
        additional=_texts(content, "InformacjeDodatkowe", "Informacja"),
        signatory=_signatory(content),
        rows=listed[:MAX_ROWS],
        attachments=attachments,
        correlation=one_line(about, "CID"),
        form_id=one_line(about, "Identyfikator", "Wartosc"),
        stylesheet=_stylesheet(tree),
        signatures=_signatures(root),
        known=known,
        wrapped=wrapped,
    )
    return _with_problems(found, more, too_many_rows=len(listed) > MAX_ROWS)


def _with_problems(found: View, more: bool, *, too_many_rows: bool) -> View:
    problems = {
        "unknown_template": not found.known,
        "no_title": found.kind == LETTER and not found.title,
        "no_sender": found.kind == LETTER and not (found.sender and found.sender.display_name),
        "attachments": any(item.problem for item in found.attachments),
        "too_many_attachments": more,
        "too_many_rows": too_many_rows,
    }
    return replace(found, problems=tuple(code for code, present in problems.items() if present))


def _kind(element: Element | None) -> str:
    if element is None:
        return ""
    kind, other = clean.line(element.get("rodzaj", "")), clean.line(element.get("jakiInny", ""))
    # The free text only counts when the kind says "other"; forms leave their instruction in it.
    return other if other and kind in ("", "inne pismo") else kind


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _signatory(content: Element) -> Contact | None:
    for block in _children(content, "Podpis"):
        first, last = one_line(block, "Imie"), one_line(block, "Nazwisko")
        if first or last:
            return Contact(kind=PERSON, first_name=first, last_name=last)
    return None


def _stylesheet(tree: etree._ElementTree) -> str:
    node = tree.getroot().getprevious()
    while node is not None:
        if isinstance(node, etree._ProcessingInstruction) and node.target == "xml-stylesheet":
            return str(node.attrib.get("href", ""))
        node = node.getprevious()
    return ""


def _signatures(root: Element) -> int:
    return sum(1 for item in root if item.tag == f"{{{names.DS}}}Signature")


def _contacts(data: Element | None, group: str) -> tuple[Contact, ...]:
    found: list[Contact] = []
    for block in _children(data, group):
        for subject in _children(block, "Podmiot"):
            for item in subject:
                name = xml.local(item)
                if name == "Osoba":
                    found.append(_person(item))
                elif name == "Instytucja":
                    found.append(_organisation(item))
    return tuple(found)


def _person(block: Element) -> Contact:
    marks = xml.child(block, "IdOsoby")
    given = " ".join(filter(None, (one_line(block, "Imie"), one_line(block, "ImieDrugie"))))
    # A double-barrelled surname comes as two elements.
    surname = "-".join(filter(None, (clean.line(string(e)) for e in _children(block, "Nazwisko"))))
    return Contact(
        kind=PERSON,
        first_name=given,
        last_name=surname,
        pesel=_digits(one_line(marks, "PESEL")),
        nip=_digits(one_line(marks, "NIP")),
        other_ids=_other_ids(marks),
        **_address(block),
    )


def _organisation(block: Element) -> Contact:
    marks, unit = xml.child(block, "IdInstytucji"), xml.child(block, "Jednostka")
    unit_marks = dict(_other_ids(xml.child(unit, "IdInstytucji"))) if unit is not None else {}
    return Contact(
        kind=ORGANISATION,
        name=one_line(block, "NazwaInstytucji"),
        nip=_digits(one_line(marks, "NIP")),
        regon=_digits(one_line(marks, "REGON")),
        krs=_digits(one_line(marks, "KRS")),
        other_ids=_other_ids(marks),
        unit=one_line(unit, "NazwaInstytucji"),
        unit_symbol=unit_marks.get("symbol", ""),
        **_address(block),
    )


def _digits(text: str) -> str:
    return text.replace("-", "").replace(" ", "")


def _other_ids(marks: Element | None) -> tuple[tuple[str, str], ...]:
    pairs = (
        (one_line(item, "TypIdentyfikatora"), one_line(item, "WartoscIdentyfikatora"))
        for item in _children(marks, "InnyIdentyfikator")
    )
    return tuple((kind, value) for kind, value in pairs if value)


def _address(block: Element) -> dict[str, str]:
    place, contact = xml.child(block, "Adres"), xml.child(block, "Kontakt")
    return {
        "postcode": one_line(place, "KodPocztowy"),
        "post": one_line(place, "Poczta"),
        "city": one_line(place, "Miejscowosc"),
        "street": one_line(place, "Ulica"),
        "building": one_line(place, "Budynek"),
        "flat": one_line(place, "Lokal"),
        "country": one_line(place, "Kraj"),
        "phone": one_line(contact, "Telefon"),
        "email": one_line(contact, "Email"),
    }


def _rows(top: Element) -> Iterator[Row]:
    """Every text of a tree with the names that lead to it; files and signatures are left out.

    One row more than ``MAX_ROWS`` at most, so that the caller sees there was more.
    """
    path: list[str] = []
    count = 0
    skipped: Element | None = None
    for event, element in etree.iterwalk(top, events=("start", "end")):
        if event == "end":
            path.pop()
            skipped = None if skipped is element else skipped
            continue
        path.append(xml.local(element))
        if skipped is None and path[-1] in ("Zalaczniki", "Signature"):
            skipped = element
        text = _own_text(element) if skipped is None else ""
        if text:
            yield Row(tuple(path), text[:MAX_TEXT])
            count += 1
            if count > MAX_ROWS:
                return


def _own_text(element: Element) -> str:
    """The text directly in an element, around its children and comments too."""
    return clean.block("".join(cast(list[str], _DIRECT_TEXT(element)))).strip()


def _other(tree: etree._ElementTree, *, wrapped: bool) -> View:
    root = tree.getroot()
    listed = tuple(_rows(root))
    attachments, more = read_enclosures(root)
    found = View(
        kind=OTHER,
        namespace=etree.QName(root).namespace or "",
        root=xml.local(root),
        title=next((row.text for row in listed if row.label in ("Tytul", "NazwaDokumentu", "Nazwa")), ""),
        rows=listed[:MAX_ROWS],
        attachments=attachments,
        stylesheet=_stylesheet(tree),
        signatures=_signatures(root),
        wrapped=wrapped,
    )
    return _with_problems(found, more, too_many_rows=len(listed) > MAX_ROWS)


def _unwrapped(tree: etree._ElementTree, max_bytes: int) -> View:
    """The view of the one letter inside a "podpisany plik"; of the wrapper with its files when it is no letter."""
    outer = _other(tree, wrapped=True)
    files = tuple(_plain_name(item) for item in outer.attachments)
    outer = replace(outer, attachments=files, title=files[0].name if files else "")
    if len(files) == 1 and files[0].data and files[0].content_type == "application/xml":
        try:
            inner = _view(files[0].data, max_bytes, wrapped=True)
        except xml.UnsafeXml:
            return outer
        return replace(inner, signatures=outer.signatures + inner.signatures)
    return outer


def _plain_name(item: Attachment) -> Attachment:
    """The wrapper keeps the file's name in base64."""
    try:
        name = base64.b64decode(item.name, validate=True).decode()
    except (binascii.Error, ValueError):
        return item
    if not name.isprintable() or not name:
        return item
    return replace(item, name=documents.clean_name(name))
