"""A few RDF statements as Turtle, JSON-LD and RDF/XML: all three from the same list, so they say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

DCAT, DCT, FOAF = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/", "http://xmlns.com/foaf/0.1/"
VCARD, RDFS = "http://www.w3.org/2006/vcard/ns#", "http://www.w3.org/2000/01/rdf-schema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {"dcat": DCAT, "dct": DCT, "foaf": FOAF, "vcard": VCARD, "rdfs": RDFS, "rdf": RDF}
TYPE = f"{RDF}type"


@dataclass(frozen=True, slots=True)
class Text:
    """A literal, in a language or of a datatype."""

    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple; ``object`` as plain text is an address."""

    subject: str
    predicate: str
    object: str | Text


def turtle(statements: Iterable[Statement]) -> str:
    """As N-Triples, which is Turtle."""
    return "".join(f"<{_iri(s.subject)}> <{s.predicate}> {_term(s.object)} .\n" for s in statements)


def _iri(text: str) -> str:
    return "".join(c if c not in '<>"{}|^`\\' and c > " " else f"%{ord(c):02X}" for c in text)


def _term(value: str | Text) -> str:
    if isinstance(value, str):
        return f"<{_iri(value)}>"
    quoted = json.dumps(value.value, ensure_ascii=True)
    return quoted + (f"@{value.language}" if value.language else f"^^<{value.datatype}>" if value.datatype else "")


def json_ld(statements: Iterable[Statement]) -> str:
    """As expanded JSON-LD."""
    nodes: dict[str, dict[str, list[object]]] = {}
    for s in statements:
        node = nodes.setdefault(_iri(s.subject), {})
        if s.predicate == TYPE:
            node.setdefault("@type", []).append(s.object)
        else:
            node.setdefault(s.predicate, []).append(_value(s.object))
    return json.dumps([{"@id": name, **facts} for name, facts in nodes.items()], ensure_ascii=False, indent=1)


def _value(value: str | Text) -> dict[str, str]:
    if isinstance(value, str):
        return {"@id": _iri(value)}
    found = {"@value": value.value}
    if value.language:
        found["@language"] = value.language
    if value.datatype:
        found["@type"] = value.datatype
    return found


def rdf_xml(statements: Iterable[Statement]) -> bytes:
    """As RDF/XML, one description for each subject."""
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=PREFIXES)
    nodes: dict[str, etree._Element] = {}
    for s in statements:
        if s.subject not in nodes:
            about = {f"{{{RDF}}}about": _iri(s.subject)}
            nodes[s.subject] = etree.SubElement(root, f"{{{RDF}}}Description", about)
        space, name = _split(s.predicate)
        element = etree.SubElement(nodes[s.subject], f"{{{space}}}{name}")
        if isinstance(s.object, str):
            element.set(f"{{{RDF}}}resource", _iri(s.object))
            continue
        element.text = s.object.value
        if s.object.language:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", s.object.language)
        if s.object.datatype:
            element.set(f"{{{RDF}}}datatype", s.object.datatype)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _split(predicate: str) -> tuple[str, str]:
    at = max(predicate.rfind("#"), predicate.rfind("/")) + 1
    return predicate[:at], predicate[at:]
