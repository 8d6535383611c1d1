"""Rules of XML signatures that hold for answers and for documents alike.

Signature wrapping works by letting the verifier look at one element and the reader at another. So nothing
here searches for "the signed element": every reference is resolved against the whole document first, must
name exactly one element, and that element itself is handed on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import xmlsec
from lxml import etree

from eoffice.channels.epuap.names import DIGESTS, DS, EXC_C14N, q

_INCLUSIVE = q(EXC_C14N, "InclusiveNamespaces")
_WITH_ID = etree.XPath("//*[@*[translate(local-name(), 'ID', 'id') = 'id' and normalize-space(.) = $id]]")


class BadSignature(Exception):
    """The signature proves nothing. ``code`` names the rule that did not hold."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``ds:Reference``, its algorithms already found allowed."""

    uri: str
    type: str
    transforms: tuple[etree._Element, ...]


def require(condition: bool, code: str) -> None:
    """Raise ``BadSignature`` unless the rule holds."""
    if not condition:
        raise BadSignature(code)


def elements(parent: etree._Element, *expected: str) -> list[etree._Element]:
    """The children of ``parent``, which must be elements named so and in this order, without comments."""
    require([child.tag for child in parent] == list(expected), "structure")
    return list(parent)


def signed_info(signature: etree._Element, canonical: Collection[str], methods: Collection[str]) -> list[Reference]:
    """The references of a signature whose form and algorithms are allowed. Raises ``BadSignature``."""
    tags = [child.tag for child in signature]
    require(tags[:3] == [q(DS, "SignedInfo"), q(DS, "SignatureValue"), q(DS, "KeyInfo")], "structure")
    require(all(tag == q(DS, "Object") for tag in tags[3:]), "structure")
    children = list(signature[0])
    tags = [child.tag for child in children]
    require(tags[:2] == [q(DS, "CanonicalizationMethod"), q(DS, "SignatureMethod")], "structure")
    require(len(tags) > 2 and all(tag == q(DS, "Reference") for tag in tags[2:]), "structure")
    plain_transform(children[0], canonical)
    require(children[1].get("Algorithm") in methods and len(children[1]) == 0, "algorithm")
    return [_reference(element) for element in children[2:]]


def _reference(element: etree._Element) -> Reference:
    transforms, digest, _ = elements(element, q(DS, "Transforms"), q(DS, "DigestMethod"), q(DS, "DigestValue"))
    require(digest.get("Algorithm") in DIGESTS and len(digest) == 0, "algorithm")
    require(all(child.tag == q(DS, "Transform") for child in transforms), "structure")
    uri = element.get("URI")
    require(uri is not None, "reference")
    return Reference(uri or "", element.get("Type", ""), tuple(transforms))


def plain_transform(element: etree._Element, allowed: Collection[str]) -> None:
    """The algorithm is allowed and has no parameters but the prefixes of exclusive canonicalisation."""
    require(element.get("Algorithm") in allowed, "algorithm")
    children = [child.tag for child in element]
    require(not children or (children == [_INCLUSIVE] and element.get("Algorithm") == EXC_C14N), "algorithm")


def one_element(root: etree._Element, identifier: str) -> etree._Element:
    """The only element of the document with this id, under whatever name or namespace the id attribute goes."""
    found = cast(list[etree._Element], _WITH_ID(root.getroottree(), id=identifier))
    require(len(found) == 1 and bool(identifier), "reference")
    return found[0]


def only_elements(element: etree._Element) -> None:
    """No comment, processing instruction or entity inside: they split text that a reader believes whole."""
    require(next(element.iter(etree.Comment, etree.PI, etree.Entity), None) is None, "comment")


def decode(text: str | None) -> bytes:
    """Base64 with white space. Raises ``BadSignature``."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise BadSignature("base64") from cause


@lru_cache(maxsize=16)
def public_key(certificate: bytes) -> Any:
    """The key of a DER certificate. Raises ``BadSignature``."""
    try:
        return xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertDer)
    except (xmlsec.Error, TypeError, ValueError) as cause:
        raise BadSignature("certificate") from cause


def check_mathematics(
    signature: etree._Element, key: Any, ids: Collection[tuple[etree._Element, str, str | None]]
) -> None:
    """Digests and signature value are right under ``key``. ``ids``: (element, attribute, namespace) to register."""
    context = xmlsec.SignatureContext()
    context.key = key
    try:
        for element, name, namespace in ids:
            context.register_id(element, name, namespace)
        context.verify(signature)
    except (xmlsec.Error, TypeError, ValueError) as cause:
        raise BadSignature("mathematics") from cause


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, lower-case hex."""
    return hashlib.sha256(certificate).hexdigest()
