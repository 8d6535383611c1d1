"""Enveloped XAdES-BES signatures in documents and receipts (ETSI TS 101 903, version 1.3.2).

Two forms: receipts use the enveloped-signature transform with exclusive canonicalisation; Profil Zaufany
leaves out *all* signatures by XPath, so that several people can sign the same document side by side.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import secrets
from datetime import UTC, datetime

import xmlsec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from eoffice.sandbox import names
from eoffice.sandbox.identity import Identity
from eoffice.sandbox.names import DS, XADES, q
from eoffice.sandbox.xml import canonical, parse

_ENVELOPED = f'<ds:Transform Algorithm="{names.ENVELOPED}"/><ds:Transform Algorithm="{names.EXC_C14N}"/>'
_ALL_SIGNATURES = (
    f'<ds:Transform Algorithm="{names.XPATH}"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>'
)


def sign(
    content: bytes, signer: Identity, moment: int, *, role: etree._Element | None = None, parallel: bool = False
) -> bytes:
    """``content`` with one more signature as the last child of its root. ``moment`` is the claimed time.

    ``role`` goes into ClaimedRole; ``parallel`` chooses the form of Profil Zaufany. Every byte outside the
    new signature stays as it was in the parsed document; raises ``xml.BadXml``.
    """
    root = parse(content)
    signature, properties = _template(signer, moment, role, _ALL_SIGNATURES if parallel else _ENVELOPED)
    root.append(signature)
    context = xmlsec.SignatureContext()
    context.key = signer.key
    context.register_id(properties, "Id")
    context.sign(signature)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _template(
    signer: Identity, moment: int, role: etree._Element | None, transforms: str
) -> tuple[etree._Element, etree._Element]:
    number = secrets.token_hex(8)
    signature = parse(
        f'<ds:Signature xmlns:ds="{DS}" Id="sig-{number}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{names.EXC_C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{names.RSA_SHA256}"/>'
        f'<ds:Reference URI=""><ds:Transforms>{transforms}</ds:Transforms>{_DIGEST}</ds:Reference>'
        f'<ds:Reference Type="{names.SIGNED_PROPERTIES}" URI="#props-{number}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{names.EXC_C14N}"/></ds:Transforms>{_DIGEST}</ds:Reference>'
        f"</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{signer.certificate_base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f"<ds:Object>{_properties(signer, moment, number)}</ds:Object></ds:Signature>".encode()
    )
    properties = signature.find(f".//{q(XADES, 'SignedProperties')}")
    if properties is None:
        raise ValueError("SignedProperties")
    if role is not None:
        signed = properties[0]
        holder = etree.SubElement(signed, q(XADES, "SignerRole"))
        roles = etree.SubElement(holder, q(XADES, "ClaimedRoles"))
        etree.SubElement(roles, q(XADES, "ClaimedRole")).append(role)
    return signature, properties


_DIGEST = f'<ds:DigestMethod Algorithm="{names.SHA256}"/><ds:DigestValue/>'


def _properties(signer: Identity, moment: int, number: str) -> str:
    at = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    issuer = etree.Element("x")
    issuer.text = signer.certificate.issuer.rfc4514_string()
    escaped = etree.tostring(issuer, encoding="unicode")[3:-4]
    return (
        f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig-{number}">'
        f'<xades:SignedProperties Id="props-{number}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{at}</xades:SigningTime><xades:SigningCertificate><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod Algorithm="{names.SHA256}"/>'
        f"<ds:DigestValue>{base64.b64encode(signer.digest).decode()}</ds:DigestValue></xades:CertDigest>"
        f"<xades:IssuerSerial><ds:X509IssuerName>{escaped}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{signer.certificate.serial_number}</ds:X509SerialNumber></xades:IssuerSerial>"
        "</xades:Cert></xades:SigningCertificate><xades:SignaturePolicyIdentifier>"
        "<xades:SignaturePolicyImplied/></xades:SignaturePolicyIdentifier>"
        "</xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties>"
    )


def signed_by(content: bytes, certificate: x509.Certificate) -> bool:
    """Is ``content`` one document with exactly one enveloped signature over all of it, by that key?

    Raises ``xml.BadXml``. Only the forms this module writes are understood.
    """
    root = parse(content)
    signatures = [child for child in root if child.tag == q(DS, "Signature")]
    if len(signatures) != 1 or sum(1 for _ in root.iter(q(DS, "Signature"))) != 1:
        return False
    signature, key = signatures[0], certificate.public_key()
    signed_info = signature.find(q(DS, "SignedInfo"))
    if signed_info is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    methods = [signed_info[0].get("Algorithm"), signed_info[1].get("Algorithm")]
    value = signature.findtext(q(DS, "SignatureValue"), "")
    if methods != [names.EXC_C14N, names.RSA_SHA256] or not _covers_all(signed_info, signature):
        return False
    try:
        key.verify(base64.b64decode(value), canonical(signed_info), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _covers_all(signed_info: etree._Element, signature: etree._Element) -> bool:
    """The whole document without the signature is one reference, the signature's own properties another."""
    wanted: dict[str, bytes] = {}
    for properties in signature.iter(q(XADES, "SignedProperties")):
        wanted[f"#{properties.get('Id')}"] = hashlib.sha256(canonical(properties)).digest()
    references = signed_info.findall(q(DS, "Reference"))
    whole = [one for one in references if one.get("URI") == ""]
    if len(whole) != 1 or {one.get("URI") for one in references} != {"", *wanted}:
        return False
    steps = [step.get("Algorithm", "") for step in whole[0].iter(q(DS, "Transform"))]
    rest = copy.deepcopy(signature.getroottree())
    rest.getroot().remove(next(rest.getroot().iterchildren(q(DS, "Signature"))))
    forms = {
        (names.ENVELOPED, names.EXC_C14N): True,
        (names.ENVELOPED,): False,
        (names.XPATH,): False,
    }
    if tuple(steps) not in forms:
        return False
    exclusive = forms[tuple(steps)]
    data = etree.tostring(rest, method="c14n", exclusive=exclusive, with_comments=False)
    wanted[""] = hashlib.sha256(data).digest()
    return all(_digest_of(one) == wanted[one.get("URI", "")] for one in references)


def _digest_of(reference: etree._Element) -> bytes:
    method = reference.find(q(DS, "DigestMethod"))
    if method is None or method.get("Algorithm") != names.SHA256:
        return b""
    return base64.b64decode(reference.findtext(q(DS, "DigestValue"), ""))
