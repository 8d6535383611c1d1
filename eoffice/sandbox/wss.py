"""WS-Security of requests: what ePUAP accepts, checked so that nothing but the signed Body can be read.

The digests are computed over the very elements the services will use (the Body by identity, never looked up
by its id), so wrapping has nothing to grip. Structure and algorithms are allow-lists: anything else is refused.
Sources: SOAP Message Security 1.0, X.509 Token Profile 1.0, the order of tokens ePUAP insists on.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from eoffice.sandbox import identity, names
from eoffice.sandbox.directory import System
from eoffice.sandbox.names import DS, WSSE, WSU, q
from eoffice.sandbox.refusals import SecurityRefusal
from eoffice.sandbox.xml import BadXml, base64_of, canonical, children, elements, text_of

TOLERANCE = timedelta(minutes=5)
"""How far the clocks of the two sides may differ, and how old a timestamped message may be."""

_WSU_ID = q(WSU, "Id")
_TOKEN, _SIGNATURE, _TIMESTAMP = q(WSSE, "BinarySecurityToken"), q(DS, "Signature"), q(WSU, "Timestamp")
_MIN_KEY_BITS = 2048

Lookup = Callable[[str], System | None]


def authenticate(header: etree._Element, body: etree._Element, lookup: Lookup, now: datetime) -> System:
    """The system whose key signed ``body``. ``lookup`` maps a certificate's SHA-256 to its system.

    Raises ``SecurityRefusal`` for everything that is not exactly as expected.
    """
    try:
        return _authenticate(header, body, lookup, now)
    except BadXml as cause:
        raise SecurityRefusal("security_layout") from cause


def _authenticate(header: etree._Element, body: etree._Element, lookup: Lookup, now: datetime) -> System:
    _nothing_hidden(header, body)
    token, signature, timestamp = _layout(header)
    certificate = _certificate(token)
    system = lookup(identity.fingerprint(certificate))
    if system is None:
        raise SecurityRefusal("unknown_certificate", "FailedAuthentication")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SecurityRefusal("certificate_expired", "FailedAuthentication")
    _unique_ids(header.getparent(), [body, token, *([timestamp] if timestamp is not None else [])])
    signed_info, value, key_info = _parts(signature)
    _points_to(key_info, token)
    _check_references(signed_info, body, timestamp)
    _check_value(signed_info, value, certificate)
    if timestamp is not None:
        _check_timestamp(timestamp, now)
    return system


def _nothing_hidden(header: etree._Element, body: etree._Element) -> None:
    """No comments, instructions or entities anywhere: a text must be one text to every reader."""
    envelope = header.getparent()
    if envelope is None or body.getparent() is not envelope:
        raise SecurityRefusal("security_layout")
    outside = envelope.itersiblings(preceding=True), envelope.itersiblings()
    if any(True for siblings in outside for _ in siblings):
        raise SecurityRefusal("comments")
    if any(not isinstance(node.tag, str) for node in envelope.iter()):
        raise SecurityRefusal("comments")


def _layout(header: etree._Element) -> tuple[etree._Element, etree._Element, etree._Element | None]:
    """Token before signature, one each, at most one timestamp, nothing else; and no signature elsewhere."""
    blocks = children(header, q(WSSE, "Security"))
    if len(blocks) != 1 or sum(1 for _ in header.iter(q(WSSE, "Security"))) != 1:
        raise SecurityRefusal("no_security")
    order = [child.tag for child in elements(blocks[0])]
    counts = Counter(order)
    if counts.pop(_TIMESTAMP, 0) > 1 or counts != {_TOKEN: 1, _SIGNATURE: 1}:
        raise SecurityRefusal("security_layout")
    if order.index(_TOKEN) > order.index(_SIGNATURE):
        raise SecurityRefusal("security_layout")
    if sum(1 for _ in header.iter(_SIGNATURE)) != 1:
        raise SecurityRefusal("signature_count")
    found = {child.tag: child for child in elements(blocks[0])}
    return found[_TOKEN], found[_SIGNATURE], found.get(_TIMESTAMP)


def _certificate(token: etree._Element) -> x509.Certificate:
    if token.get("ValueType") != names.X509V3 or token.get("EncodingType", names.BASE64) != names.BASE64:
        raise SecurityRefusal("token", "InvalidSecurityToken")
    try:
        certificate = x509.load_der_x509_certificate(base64_of(token))
        key = certificate.public_key()
    except (ValueError, TypeError) as cause:
        raise SecurityRefusal("token", "InvalidSecurityToken") from cause
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _MIN_KEY_BITS:
        raise SecurityRefusal("token", "InvalidSecurityToken")
    return certificate


def _unique_ids(envelope: etree._Element | None, wanted: list[etree._Element]) -> None:
    """Each wanted element's wsu:Id stands once in the whole message, under any spelling of "id"."""
    if envelope is None:
        raise SecurityRefusal("security_layout")
    seen = Counter(
        value.strip()
        for node in envelope.iter()
        for name, value in node.items()
        if etree.QName(name).localname.lower() in {"id", "assertionid"}
    )
    for element in wanted:
        identifier = element.get(_WSU_ID, "")
        if element.tag == _TIMESTAMP and not identifier:
            continue
        if not identifier or identifier != identifier.strip() or seen[identifier] != 1:
            raise SecurityRefusal("duplicate_id")


def _parts(signature: etree._Element) -> tuple[etree._Element, etree._Element, etree._Element]:
    parts = list(elements(signature))
    if [part.tag for part in parts] != [q(DS, "SignedInfo"), q(DS, "SignatureValue"), q(DS, "KeyInfo")]:
        raise SecurityRefusal("security_layout")
    return parts[0], parts[1], parts[2]


def _points_to(key_info: etree._Element, token: etree._Element) -> None:
    steps = (q(WSSE, "SecurityTokenReference"), q(WSSE, "Reference"))
    node = key_info
    for step in steps:
        inner = list(elements(node))
        if len(inner) != 1 or inner[0].tag != step:
            raise SecurityRefusal("key_info", "InvalidSecurityToken")
        node = inner[0]
    if node.get("URI") != f"#{token.get(_WSU_ID)}" or node.get("ValueType", names.X509V3) != names.X509V3:
        raise SecurityRefusal("key_info", "InvalidSecurityToken")


def _check_references(signed_info: etree._Element, body: etree._Element, timestamp: etree._Element | None) -> None:
    """The Body, and besides it nothing but the timestamp, is referred to, and its digest agrees."""
    parts = list(elements(signed_info))
    reference = q(DS, "Reference")
    expected = [q(DS, "CanonicalizationMethod"), q(DS, "SignatureMethod")]
    if [part.tag for part in parts[:2]] != expected or any(part.tag != reference for part in parts[2:]):
        raise SecurityRefusal("security_layout")
    if parts[1].get("Algorithm") != names.RSA_SHA256 or len(parts[1]):
        raise SecurityRefusal("algorithm", "UnsupportedAlgorithm")
    targets = {f"#{body.get(_WSU_ID)}": body}
    if timestamp is not None and timestamp.get(_WSU_ID):
        targets[f"#{timestamp.get(_WSU_ID)}"] = timestamp
    uris = [part.get("URI", "") for part in parts[2:]]
    if f"#{body.get(_WSU_ID)}" not in uris or len(set(uris)) != len(uris) or not set(uris) <= set(targets):
        raise SecurityRefusal("references")
    for part, uri in zip(parts[2:], uris, strict=True):
        _check_digest(part, targets[uri])


def _check_digest(reference: etree._Element, target: etree._Element) -> None:
    parts = list(elements(reference))
    if [part.tag for part in parts] != [q(DS, "Transforms"), q(DS, "DigestMethod"), q(DS, "DigestValue")]:
        raise SecurityRefusal("security_layout")
    transforms = list(elements(parts[0]))
    if len(transforms) != 1 or transforms[0].tag != q(DS, "Transform"):
        raise SecurityRefusal("algorithm", "UnsupportedAlgorithm")
    prefixes = _exclusive(transforms[0])
    if parts[1].get("Algorithm") != names.SHA256 or len(parts[1]):
        raise SecurityRefusal("algorithm", "UnsupportedAlgorithm")
    computed = hashlib.sha256(canonical(target, prefixes)).digest()
    if not hmac.compare_digest(computed, base64_of(parts[2])):
        raise SecurityRefusal("digest", "FailedCheck")


def _exclusive(method: etree._Element) -> list[str]:
    """The InclusiveNamespaces prefixes of an exclusive canonicalisation; anything else is refused."""
    inner = list(elements(method))
    if method.get("Algorithm") != names.EXC_C14N or len(inner) > 1:
        raise SecurityRefusal("algorithm", "UnsupportedAlgorithm")
    if not inner:
        return []
    if inner[0].tag != q(names.EXC_C14N, "InclusiveNamespaces") or len(inner[0]):
        raise SecurityRefusal("algorithm", "UnsupportedAlgorithm")
    return inner[0].get("PrefixList", "").split()


def _check_value(signed_info: etree._Element, value: etree._Element, certificate: x509.Certificate) -> None:
    prefixes = _exclusive(next(elements(signed_info)))
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SecurityRefusal("token", "InvalidSecurityToken")
    signed = canonical(signed_info, prefixes)
    try:
        key.verify(base64_of(value), signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as cause:
        raise SecurityRefusal("signature", "FailedCheck") from cause


def _check_timestamp(timestamp: etree._Element, now: datetime) -> None:
    """``Created`` near now, ``Expires`` (when given) not passed, both within the tolerance."""
    parts = [child.tag for child in elements(timestamp)]
    created, expires = q(WSU, "Created"), q(WSU, "Expires")
    if parts not in ([created], [created, expires]):
        raise SecurityRefusal("timestamp", "MessageExpired")
    moments = [_moment(text_of(child)) for child in elements(timestamp)]
    if abs(now - moments[0]) > TOLERANCE or (len(moments) == 2 and moments[1] < now - TOLERANCE):
        raise SecurityRefusal("timestamp", "MessageExpired")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as cause:
        raise SecurityRefusal("timestamp", "MessageExpired") from cause
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
