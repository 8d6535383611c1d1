"""Rules of XML signatures that hold for answers and for documents alike.

Signature wrapping works by letting the verifier look at one element and the reader at another. So nothing here
looks up "the signed element": every reference must name exactly one element of the whole document, and the
digest is computed over that very object, which is then the one that is read. Algorithms and transforms are
allow-lists. The work is linear in the size of the document, which a general XPath transform is not: measured,
the usual library needs four minutes for a document of 200 000 elements.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from eoffice.channels.epuap.names import (
    DIGESTS,
    DS,
    ECDSA_SHA256,
    ECDSA_SHA384,
    ECDSA_SHA512,
    EXC_C14N,
    RSA_SHA256,
    RSA_SHA384,
    RSA_SHA512,
    q,
)

MIN_RSA_BITS: Final = 2048
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    RSA_SHA256: hashes.SHA256(),
    RSA_SHA384: hashes.SHA384(),
    RSA_SHA512: hashes.SHA512(),
    ECDSA_SHA256: hashes.SHA256(),
    ECDSA_SHA384: hashes.SHA384(),
    ECDSA_SHA512: hashes.SHA512(),
}
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_INCLUSIVE: Final = q(EXC_C14N, "InclusiveNamespaces")
_WITH_ID = etree.XPath("//*[@*[translate(local-name(), 'ID', 'id') = 'id' and normalize-space(.) = $id]]")


class BadSignature(Exception):
    """The signature proves nothing. ``code`` names the rule that did not hold."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Reference:
    """One ``ds:Reference``; its digest method is allowed, its transforms are still to be judged."""

    uri: str
    type: str
    transforms: tuple[etree._Element, ...]
    digest_method: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """What the signature value is made over."""

    element: etree._Element
    canonicalization: etree._Element
    method: str
    references: tuple[Reference, ...]


def require(condition: bool, code: str) -> None:
    """Raise ``BadSignature`` unless the rule holds."""
    if not condition:
        raise BadSignature(code)


def elements(parent: etree._Element, *expected: str) -> list[etree._Element]:
    """The children of ``parent``, which must be elements named so and in this order, without comments."""
    require([child.tag for child in parent] == list(expected), "structure")
    return list(parent)


def signed_info(signature: etree._Element, canonical_methods: Collection[str], methods: Collection[str]) -> SignedInfo:
    """SignedInfo of a signature whose form and algorithms are allowed. Raises ``BadSignature``."""
    tags = [child.tag for child in signature]
    require(tags[:3] == [q(DS, "SignedInfo"), q(DS, "SignatureValue"), q(DS, "KeyInfo")], "structure")
    require(all(tag == q(DS, "Object") for tag in tags[3:]), "structure")
    children = list(signature[0])
    tags = [child.tag for child in children]
    require(tags[:2] == [q(DS, "CanonicalizationMethod"), q(DS, "SignatureMethod")], "structure")
    require(len(tags) > 2 and all(tag == q(DS, "Reference") for tag in tags[2:]), "structure")
    canonicalization, method = children[:2]
    plain_transform(canonicalization, canonical_methods)
    algorithm = method.get("Algorithm", "")
    require(algorithm in methods and algorithm in _HASHES and len(method) == 0, "algorithm")
    references = tuple(_reference(element) for element in children[2:])
    return SignedInfo(signature[0], canonicalization, algorithm, references)


def _reference(element: etree._Element) -> Reference:
    transforms, method, digest = elements(element, q(DS, "Transforms"), q(DS, "DigestMethod"), q(DS, "DigestValue"))
    name = DIGESTS.get(method.get("Algorithm", ""))
    require(name is not None and len(method) == 0, "algorithm")
    require(all(child.tag == q(DS, "Transform") for child in transforms), "structure")
    uri = element.get("URI")
    require(uri is not None and len(digest) == 0, "reference")
    return Reference(uri or "", element.get("Type", ""), tuple(transforms), str(name), decode(digest.text))


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


def canonical(node: etree._Element | etree._ElementTree, method: etree._Element | None) -> bytes:
    """The canonical bytes of an element in its place, or of a whole document, without comments.

    ``method`` has passed ``plain_transform``; ``None`` means inclusive canonicalisation. For an element below
    inherited ``xml:`` attributes, which inclusive canonicalisation would copy onto it, the answer is a refusal.
    """
    exclusive = method is not None and method.get("Algorithm") == EXC_C14N
    if isinstance(node, etree._Element) and not exclusive:
        inherited = (name for ancestor in node.iterancestors() for name in ancestor.attrib)
        require(not any(str(name).startswith(_XML) for name in inherited), "context")
    prefixes = method[0].get("PrefixList", "").split() if method is not None and len(method) else None
    try:
        return etree.tostring(
            node,
            method="c14n",
            exclusive=exclusive,
            with_comments=False,
            with_tail=False,
            inclusive_ns_prefixes=prefixes,
        )
    except (etree.C14NError, ValueError) as cause:
        # Relative namespace names have no canonical form.
        raise BadSignature("context") from cause


def check_digest(reference: Reference, data: bytes) -> None:
    """The reference was made over these bytes. Raises ``BadSignature``."""
    made = hashlib.new(reference.digest_method, data).digest()
    require(hmac.compare_digest(made, reference.digest), "mathematics")


def check_value(signature: etree._Element, info: SignedInfo, certificate: bytes) -> None:
    """The key of ``certificate`` (DER) signed SignedInfo. Raises ``BadSignature``."""
    key = public_key(certificate)
    value = decode(signature[1].text)
    signed = canonical(info.element, info.canonicalization)
    algorithm = _HASHES[info.method]
    try:
        if isinstance(key, rsa.RSAPublicKey):
            require("rsa" in info.method and key.key_size >= MIN_RSA_BITS, "algorithm")
            key.verify(value, signed, padding.PKCS1v15(), algorithm)
        else:
            require("ecdsa" in info.method, "algorithm")
            key.verify(_dss(value), signed, ec.ECDSA(algorithm))
    except InvalidSignature as cause:
        raise BadSignature("mathematics") from cause


def _dss(value: bytes) -> bytes:
    """XML signatures write r and s one after the other (XML Signature 1.1, section 6.4.3)."""
    half, odd = divmod(len(value), 2)
    require(half > 0 and not odd, "mathematics")
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))


@lru_cache(maxsize=16)
def public_key(certificate: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    """The key of a DER certificate. Raises ``BadSignature``."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise BadSignature("certificate") from cause
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise BadSignature("algorithm")
    return key


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, lower-case hex."""
    return hashlib.sha256(certificate).hexdigest()
