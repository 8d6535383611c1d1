"""Letter → the bytes of a CRD template document: the record that is signed, sent and kept.

Deterministic: the same letter gives the same bytes. The ``xml-stylesheet`` instruction stands before the root
and belongs to what an enveloped signature covers, so nothing may add, drop or re-format it afterwards.
"""

from __future__ import annotations

import base64

from lxml import etree

from forms.letter import ORGANISATION, Contact, Enclosure, Letter
from forms.names import ADR, INST, META, OSO, STR

Element = etree._Element


def write(letter: Letter) -> bytes:
    """The document as UTF-8 XML. Raises ``ValueError`` for characters XML cannot carry (``forms.clean``)."""
    w = letter.namespace
    spaces = {"w": w, "str": STR, "meta": META, "oso": OSO, "inst": INST, "adr": ADR}
    root = etree.Element(etree.QName(w, "Dokument"), nsmap=spaces)
    _description(root, letter)
    _data(root, letter)
    _content(root, letter)
    prologue = f'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="{stylesheet(w)}"?>\n'
    return prologue.encode() + etree.tostring(root, encoding="utf-8")


def stylesheet(namespace: str) -> str:
    """The address of a template's published stylesheet; it is named in documents and never fetched by us."""
    return f"{namespace}styl.xsl"


def _sub(parent: Element, namespace: str, name: str, text: str = "", **attributes: str) -> Element:
    made = etree.SubElement(parent, etree.QName(namespace, name), attrib=attributes)
    if text:
        made.text = text
    return made


def _given(parent: Element, namespace: str, **values: str) -> None:
    """Children for those ``values`` that are filled in, in the given order."""
    for name, value in values.items():
        if value:
            _sub(parent, namespace, name, value)


def _description(root: Element, letter: Letter) -> None:
    block = _sub(root, letter.namespace, "OpisDokumentu")
    if letter.correlation:
        _sub(block, STR, "CID", letter.correlation)
    if letter.form_id:
        mark = _sub(block, META, "Identyfikator", typIdentyfikatora="idFormularza")
        _sub(mark, META, "Wartosc", letter.form_id)
    _sub(_sub(block, META, "RodzajDokumentu"), META, "Kategoria", "tekst")
    _given(block, META, Jezyk="pol", OpisDokumentu=letter.description)


def _data(root: Element, letter: Letter) -> None:
    block = _sub(root, letter.namespace, "DaneDokumentu")
    made = _sub(block, META, "Data", typDaty="stworzony")
    _sub(made, META, "Czas", letter.created.isoformat())
    _contact(_sub(_sub(block, STR, "Adresaci"), META, "Podmiot"), letter.recipient)
    _contact(_sub(_sub(block, STR, "Nadawcy"), META, "Podmiot"), letter.sender)


def _contact(parent: Element, contact: Contact) -> None:
    if contact.kind == ORGANISATION:
        block = _sub(parent, INST, "Instytucja")
        _identifiers(block, INST, "IdInstytucji", contact, NIP=contact.nip, REGON=contact.regon, KRS=contact.krs)
        _sub(block, INST, "NazwaInstytucji", contact.name)
        _unit(block, contact)
    else:
        block = _sub(parent, OSO, "Osoba")
        _identifiers(block, OSO, "IdOsoby", contact, PESEL=contact.pesel, NIP=contact.nip)
        _given(block, OSO, Imie=contact.first_name, Nazwisko=contact.last_name)
    _address(block, contact)


def _identifiers(parent: Element, namespace: str, name: str, contact: Contact, **known: str) -> None:
    if not any(known.values()) and not contact.other_ids:
        return
    block = _sub(parent, namespace, name)
    _given(block, namespace, **known)
    for kind, value in contact.other_ids:
        _other_identifier(block, namespace, kind, value)


def _other_identifier(parent: Element, namespace: str, kind: str, value: str) -> None:
    other = _sub(parent, namespace, "InnyIdentyfikator")
    _given(other, namespace, TypIdentyfikatora=kind, WartoscIdentyfikatora=value)


def _unit(parent: Element, contact: Contact) -> None:
    if not (contact.unit or contact.unit_symbol):
        return
    unit = _sub(parent, INST, "Jednostka")
    if contact.unit_symbol:
        marks = _sub(unit, INST, "IdInstytucji")
        _other_identifier(marks, INST, "symbol", contact.unit_symbol)
    _sub(unit, INST, "NazwaInstytucji", contact.unit)


def _address(parent: Element, contact: Contact) -> None:
    place = {
        "KodPocztowy": contact.postcode,
        "Poczta": contact.post,
        "Miejscowosc": contact.city,
        "Ulica": contact.street,
        "Budynek": contact.building,
        "Lokal": contact.flat,
        "Kraj": contact.country,
    }
    if any(place.values()):
        _given(_sub(parent, ADR, "Adres"), ADR, **place)
    if contact.phone or contact.email:
        _given(_sub(parent, ADR, "Kontakt"), ADR, Telefon=contact.phone, Email=contact.email)


def _content(root: Element, letter: Letter) -> None:
    w = letter.namespace
    block = _sub(root, w, "TrescDokumentu", format="text/xml", kodowanie="XML")
    _sub(block, w, "MiejscowoscDokumentu", letter.place)
    _sub(block, w, "Tytul", letter.title)
    _sub(block, w, "RodzajWnioskuRozszerzony", rodzaj=letter.kind, jakiInny=letter.kind_other)
    _list(block, w, "Informacje", "Informacja", letter.paragraphs or ("",))
    _list(block, w, "Oswiadczenia", "Oswiadczenie", letter.statements)
    _list(block, w, "InformacjeDodatkowe", "Informacja", letter.additional)
    if letter.signatory:
        sign = _sub(block, w, "Podpis")
        _given(sign, OSO, Imie=letter.signatory.first_name, Nazwisko=letter.signatory.last_name)
    if letter.enclosures:
        box = _sub(block, STR, "Zalaczniki")
        for enclosure in letter.enclosures:
            _enclosure(box, enclosure)


def _list(parent: Element, namespace: str, name: str, item: str, texts: tuple[str, ...]) -> None:
    if texts:
        block = _sub(parent, namespace, name)
        for text in texts:
            _sub(block, namespace, item, text)


def _enclosure(parent: Element, enclosure: Enclosure) -> None:
    block = _sub(
        parent, STR, "Zalacznik",
        format=enclosure.content_type, kodowanie="base64", nazwaPliku=enclosure.name,
    )  # fmt: skip
    _sub(block, STR, "DaneZalacznika", base64.b64encode(enclosure.data).decode())
    if enclosure.description:
        _sub(block, STR, "OpisZalacznika", enclosure.description)
