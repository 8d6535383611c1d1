"""The sandbox's own hardened XML parser and the few reading helpers its services share."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from lxml import etree

MESSAGE_BYTES = 12 * 1024 * 1024
"""The largest SOAP message in bytes, looked at before anything is parsed."""

_MAX_TAGS = 100_000
_MAX_NAMESPACES = 2_000
"""Exclusive canonicalisation is quadratic in declared prefixes, and it runs before anybody is trusted."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BadXml(ValueError):
    """The bytes are not XML that is safe to read: ``empty``, ``too_large``, ``doctype`` or ``malformed``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
    )


def parse(data: bytes, limit: int = MESSAGE_BYTES) -> etree._Element:
    """The root of ``data`` (at most ``limit`` bytes), comments and instructions kept. Raises ``BadXml``."""
    if not data:
        raise BadXml("empty")
    if len(data) > limit or data.count(b"<") > _MAX_TAGS or data.count(b"xmlns") > _MAX_NAMESPACES:
        raise BadXml("too_large")
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as cause:
        raise BadXml("malformed") from cause
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr] # the stubs leave it out
        raise BadXml("doctype")
    return root


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """The child elements of ``parent``, without comments and instructions."""
    return (child for child in parent if isinstance(child.tag, str))


def children(parent: etree._Element, name: str) -> list[etree._Element]:
    """All child elements of that (Clark) name."""
    return [child for child in elements(parent) if child.tag == name]


def text_of(element: etree._Element) -> str:
    """The text of a leaf. Raises ``BadXml`` when anything stands in it: half a text must not pass for all."""
    if len(element):
        raise BadXml("malformed")
    return element.text or ""


def base64_of(element: etree._Element) -> bytes:
    """The bytes of an ``xs:base64Binary`` leaf; white space is allowed, nothing else. Raises ``BadXml``."""
    try:
        return base64.b64decode("".join(text_of(element).split()), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise BadXml("malformed") from cause


def add(parent: etree._Element, name: str, value: object | None = None) -> etree._Element:
    """Append a child with the given text; booleans are written the way XML Schema does."""
    child = etree.SubElement(parent, name)
    if isinstance(value, bool):
        child.text = "true" if value else "false"
    elif value is not None:
        child.text = clean(str(value))
    return child


def clean(text: str) -> str:
    """``text`` without the characters XML 1.0 has no way to carry."""
    return _FORBIDDEN.sub("", text)


def canonical(element: etree._Element, prefixes: list[str] | None = None) -> bytes:
    """Exclusive Canonical XML 1.0 of the subtree, ``prefixes`` being its InclusiveNamespaces list."""
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes or None
    )
