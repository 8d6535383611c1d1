"""What is known of the XAdES signatures inside a document (enveloped in its root element).

Two ways of leaving the signature out of what it signs are accepted, as they occur: the enveloped-signature
transform, and the XPath ``not(ancestor-or-self::ds:Signature)`` of podpis zaufany, which leaves out *all*
signatures so that several people may sign. The second would also leave out anything hidden in an element that
only calls itself a signature; hence the rules on where signatures may stand and what they may hold.

Not judged here: chains to the EU trusted list and revocation. ``trusted`` means pinned, nothing more.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from cryptography import x509
from lxml import etree

from eoffice.channels.epuap import mapping, xmldsig
from eoffice.channels.epuap.names import (
    C14N,
    C14N11,
    DIGESTS,
    DS,
    ENVELOPED,
    EXC_C14N,
    SIGNATURES,
    SIGNED_PROPERTIES,
    XADES,
    XPATH,
    q,
)
from eoffice.channels.epuap.xmldsig import BadSignature, require
from portal.core import xml
from portal.core.signatures import ClaimedPerson, SignatureReport

CANONICAL: Final = frozenset({EXC_C14N, C14N, C14N11})
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_SIGNATURE = q(DS, "Signature")
_ALL_SIGNATURES = re.compile(r"not\(ancestor-or-self::([\w.-]+):Signature\)")


@dataclass(frozen=True, slots=True)
class XmlVerifier:
    """The port ``Verifier`` with a set of pinned certificates (DER)."""

    trusted: frozenset[bytes] = frozenset()

    def verify(self, document: bytes) -> tuple[SignatureReport, ...]:
        return verify_document(document, self.trusted)


def verify_document(document: bytes, trusted: Collection[bytes] = ()) -> tuple[SignatureReport, ...]:
    """One report per signature in the root of ``document``; none when it is unsigned or no safe XML."""
    try:
        root = xml.parse(document).getroot()
    except xml.UnsafeXml:
        return ()
    return tuple(_report(root, signature, trusted) for signature in root.iterchildren(_SIGNATURE))


def _report(root: etree._Element, signature: etree._Element, trusted: Collection[bytes]) -> SignatureReport:
    """Judge one signature. What it covers and whether it is right are asked apart, so both can be told."""
    problems = []
    certificate = b""
    covers = False
    try:
        xmldsig.only_elements(signature)
        info = xmldsig.signed_info(signature, CANONICAL, SIGNATURES)
        own = _properties(signature)
        certificate = _certificate(signature, own)
        xmldsig.check_value(signature, info, certificate)
        _check_references(root, signature, info.references, own)
        require(_within_period(certificate, own), "certificate_period")
    except BadSignature as refusal:
        problems.append(refusal.code)
    except (ValueError, OverflowError):
        # A certificate is parsed field by field as it is asked; a malformed field says so only then.
        problems.append("certificate")
    try:
        _nothing_left_out(root, signature)
        covers = True
    except BadSignature as refusal:
        problems.append(refusal.code)
    valid = not problems
    is_trusted = bool(certificate) and certificate in trusted
    properties = signature.find(f".//{q(XADES, 'SignedProperties')}")
    return SignatureReport(
        valid=valid,
        covers_whole=covers,
        trusted=is_trusted,
        signer=_subject(certificate),
        fingerprint=xmldsig.fingerprint(certificate) if certificate else "",
        claimed=_claimed(properties) if valid and is_trusted and properties is not None else None,
        signing_time=_signing_time(properties),
        problems=tuple(dict.fromkeys(problems)),
    )


def _check_references(
    root: etree._Element,
    signature: etree._Element,
    references: Sequence[xmldsig.Reference],
    properties: etree._Element,
) -> None:
    """One reference is to the document, one to this signature's own properties, and besides at most to its KeyInfo."""
    seen = []
    for reference in references:
        if reference.uri == "":
            xmldsig.check_digest(reference, _left(root, signature, _whole(reference.transforms)))
            seen.append("document")
            continue
        require(reference.uri.startswith("#") and len(reference.transforms) <= 1, "reference")
        target = xmldsig.one_element(root, reference.uri[1:])
        method = reference.transforms[0] if reference.transforms else None
        if method is not None:
            xmldsig.plain_transform(method, CANONICAL)
        if target is properties:
            require(reference.type == SIGNED_PROPERTIES, "reference")
            seen.append("properties")
        else:
            require(target is signature[2], "reference")
        xmldsig.check_digest(reference, xmldsig.canonical(target, method))
    require(sorted(seen) == ["document", "properties"], "reference")


@dataclass(frozen=True, slots=True)
class _Whole:
    """How a reference to the whole document leaves the signature out."""

    all_signatures: bool
    canonicalization: etree._Element | None


def _whole(transforms: Sequence[etree._Element]) -> _Whole:
    """One of the two ways, perhaps both, then perhaps a canonicalisation; any other transform is a refusal."""
    ways = list(transforms)
    canonicalization = None
    if ways and ways[-1].get("Algorithm") in CANONICAL:
        canonicalization = ways.pop()
        xmldsig.plain_transform(canonicalization, CANONICAL)
    require(bool(ways), "coverage")
    for way in ways:
        enveloped = way.get("Algorithm") == ENVELOPED and len(way) == 0
        require(enveloped or _leaves_out_signatures(way), "coverage")
    return _Whole(any(way.get("Algorithm") == XPATH for way in ways), canonicalization)


def _left(root: etree._Element, signature: etree._Element, whole: _Whole) -> bytes:
    """What the signature was made over: a copy of the document without the signature, or without any."""
    place = root.index(signature)
    tree = copy.deepcopy(root.getroottree())
    rest = tree.getroot()
    for left_out in list(rest.iter(_SIGNATURE)) if whole.all_signatures else [rest[place]]:
        remove(left_out)
    return xmldsig.canonical(tree, whole.canonicalization)


def remove(element: etree._Element) -> None:
    """Take an element out of its parent and leave the text that follows it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _properties(signature: etree._Element) -> etree._Element:
    """SignedProperties that belong to this very signature."""
    found = list(signature.iter(q(XADES, "SignedProperties")))
    require(len(found) == 1, "properties")
    lineage = list(found[0].iterancestors())[:3]
    require([e.tag for e in lineage] == [q(XADES, "QualifyingProperties"), q(DS, "Object"), _SIGNATURE], "properties")
    require(lineage[2] is signature, "properties")
    qualifying, identifier = lineage[0], signature.get("Id")
    require(bool(identifier) and qualifying.get("Target") == f"#{identifier}", "properties")
    require(bool(found[0].get("Id")), "properties")
    return found[0]


def _nothing_left_out(root: etree._Element, signature: etree._Element) -> None:
    """Nothing a reader sees is left out: not by a transform, not in a comment, not inside a false signature."""
    path = f"{q(DS, 'SignedInfo')}/{q(DS, 'Reference')}[@URI='']"
    references = signature.findall(path)
    require(len(references) == 1, "coverage")
    whole = _whole(references[0].findall(f"{q(DS, 'Transforms')}/{q(DS, 'Transform')}"))
    xmldsig.only_elements(root)
    for left_out in root.iter(_SIGNATURE) if whole.all_signatures else [signature]:
        _holds_nothing_else(root, left_out)


def _leaves_out_signatures(transform: etree._Element) -> bool:
    """Exactly the expression of podpis zaufany, under any prefix; no other XPath is run at all."""
    if transform.get("Algorithm") != XPATH or [c.tag for c in transform] != [q(DS, "XPath")]:
        return False
    expression = _ALL_SIGNATURES.fullmatch("".join((transform[0].text or "").split()))
    return expression is not None and transform[0].nsmap.get(expression[1]) == DS


def _holds_nothing_else(root: etree._Element, signature: etree._Element) -> None:
    """A signature left out of the digest stands in the root and holds only what signatures hold."""
    require(signature.getparent() is root, "nested_signature")
    for thing in signature.iterchildren(q(DS, "Object")):
        require([child.tag for child in thing] == [q(XADES, "QualifyingProperties")], "foreign_object")


def _certificate(signature: etree._Element, properties: etree._Element) -> bytes:
    """The certificate in KeyInfo whose digest the signed properties name; else anybody's could be put there."""
    given = [xmldsig.decode(element.text) for element in signature[2].iter(q(DS, "X509Certificate"))]
    base = f"{q(XADES, 'SignedSignatureProperties')}/"
    named = properties.find(f"{base}{q(XADES, 'SigningCertificate')}/{q(XADES, 'Cert')}")
    if named is None:
        named = properties.find(f"{base}{q(XADES, 'SigningCertificateV2')}/{q(XADES, 'Cert')}")
    if named is None:
        raise BadSignature("signing_certificate")
    method = named.find(f"{q(XADES, 'CertDigest')}/{q(DS, 'DigestMethod')}")
    value = named.findtext(f"{q(XADES, 'CertDigest')}/{q(DS, 'DigestValue')}")
    algorithm = DIGESTS.get(method.get("Algorithm", "")) if method is not None else None
    require(algorithm is not None, "algorithm")
    digest = xmldsig.decode(value)
    for certificate in given:
        if hashlib.new(str(algorithm), certificate).digest() == digest:
            _same_serial(named, certificate)
            return certificate
    raise BadSignature("signing_certificate")


def _same_serial(named: etree._Element, certificate: bytes) -> None:
    serial = named.findtext(f"{q(XADES, 'IssuerSerial')}/{q(DS, 'X509SerialNumber')}")
    require(serial is None or serial.strip() == str(_load(certificate).serial_number), "signing_certificate")


def _within_period(certificate: bytes, properties: etree._Element) -> bool:
    """Was the certificate in force at the claimed time of signing? Nothing is asked when none is claimed."""
    claimed = _signing_time(properties)
    loaded = _load(certificate)
    return claimed is None or (
        loaded.not_valid_before_utc - CLOCK_TOLERANCE <= claimed <= loaded.not_valid_after_utc + CLOCK_TOLERANCE
    )


def _load(certificate: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(certificate)
    except ValueError as cause:
        raise BadSignature("certificate") from cause


def _subject(certificate: bytes) -> str:
    if not certificate:
        return ""
    try:
        return _load(certificate).subject.rfc4514_string()
    except (BadSignature, ValueError):
        return ""


def _signing_time(properties: etree._Element | None) -> datetime | None:
    if properties is None:
        return None
    path = f"{q(XADES, 'SignedSignatureProperties')}/{q(XADES, 'SigningTime')}"
    return mapping.moment(properties.findtext(path) or "")


def _claimed(properties: etree._Element) -> ClaimedPerson | None:
    """The person in ``ClaimedRole``, in either form podpis zaufany uses (both occur since March 2025)."""
    roles = [element for element in properties.iter() if xml.local(element) == "ClaimedRole"]
    for role in roles:
        if (person := xml.child(role, "EPSignature", "NaturalPerson")) is not None:
            return ClaimedPerson(
                given_name=xml.text(person, "FirstName"),
                family_name=xml.text(person, "CurrentFamilyName"),
                pesel=xml.text(person, "PersonalIdentifier"),
                born=_day(xml.text(person, "DateOfBirth")),
            )
        if (person := xml.child(role, "PodpisZP", "DaneZP", "DaneZPOsobyFizycznej")) is not None:
            surnames = [(e.text or "").strip() for e in person if xml.local(e) == "Nazwisko"]
            return ClaimedPerson(
                given_name=xml.text(person, "Imie"),
                family_name="-".join(part for part in surnames if part),
                pesel=xml.text(person, "PESEL"),
            )
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
