"""The office's seal on an outgoing document: XAdES-BES, enveloped, in the form podpis zaufany gives its own.

The signature is written into the bytes as they are, before the end of the root element, and not a byte of the
document is changed: re-formatting breaks other people's signatures, and the ``xml-stylesheet`` instruction
before the root is part of what is signed.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree

from eoffice.channels.epuap import xmldsig
from eoffice.channels.epuap.document_signature import remove, verify_document
from eoffice.channels.epuap.names import DS, EXC_C14N, RSA_SHA256, SHA256, SIGNED_PROPERTIES, XADES, XPATH, q
from portal.core import clock, xml
from portal.core.errors import Permanent

_DIGEST: Final = f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>{{}}</ds:DigestValue>'
_NAMESPACES: Final = f'xmlns:ds="{DS}" xmlns:xades="{XADES}"'


class XmlSigner:
    """The port ``Signer`` with an RSA key and its certificate in PEM files, read at the first signature."""

    def __init__(self, key_file: Path, certificate_file: Path, *, ids: Callable[[], str] | None = None) -> None:
        self._key_file = key_file
        self._certificate_file = certificate_file
        self._ids = ids or (lambda: uuid.uuid4().hex)

    def sign(self, document: bytes, *, at: datetime | None = None) -> bytes:
        """The document with one more signature. Raises ``Permanent`` when it is no UTF-8 XML or the key is missing.

        ``at`` is the claimed time of signing, now if not given. The result has been verified.
        """
        tree = self._readable(document)
        name = self._ids()
        properties = self._properties(name, at or clock.now())
        try:
            content = _without_signatures(tree)
        except xmldsig.BadSignature as cause:
            raise Permanent("the document has no canonical form", code="seal.document") from cause
        info = _signed_info(name, _digest(content), _digest(_canonical(properties)))
        value = self._key.sign(_canonical(info), padding.PKCS1v15(), hashes.SHA256())
        signed = _put_in(document, tree.getroot(), self._signature(name, info, value, properties))
        reports = verify_document(signed, {self.certificate.public_bytes(Encoding.DER)})
        if not reports or not (reports[-1].valid and reports[-1].trusted):
            problems = ", ".join(reports[-1].problems) if reports else "none found"
            raise Permanent(f"the seal does not hold: {problems}", code="seal.broken")
        return signed

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The seal's certificate. Raises ``Permanent``."""
        try:
            return x509.load_pem_x509_certificate(self._certificate_file.read_bytes())
        except (OSError, ValueError) as cause:
            raise Permanent(f"the seal's certificate cannot be read: {cause}", code="seal.key") from cause

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        try:
            key = load_pem_private_key(self._key_file.read_bytes(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as cause:
            raise Permanent(f"the seal's key cannot be read: {cause}", code="seal.key") from cause
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Permanent("the seal's key is not an RSA key", code="seal.key")
        return key

    def _readable(self, document: bytes) -> etree._ElementTree:
        try:
            tree = xml.parse(document)
        except xml.UnsafeXml as cause:
            raise Permanent(f"no XML to seal ({cause.reason})", code="seal.document") from cause
        if (tree.docinfo.encoding or "UTF-8").upper() not in {"UTF-8", "US-ASCII", "ASCII"}:
            raise Permanent("a document to be sealed must be UTF-8", code="seal.document")
        if tree.getroot().getnext() is not None:
            raise Permanent("something follows the root element", code="seal.document")
        return tree

    def _properties(self, name: str, at: datetime) -> str:
        der = self.certificate.public_bytes(Encoding.DER)
        issuer = escape(self.certificate.issuer.rfc4514_string())
        time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'<xades:SignedProperties {_NAMESPACES} Id="xades-{name}"><xades:SignedSignatureProperties>'
            f"<xades:SigningTime>{time}</xades:SigningTime>"
            f"<xades:SigningCertificate><xades:Cert><xades:CertDigest>{_DIGEST.format(_digest(der))}"
            f"</xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>{issuer}</ds:X509IssuerName>"
            f"<ds:X509SerialNumber>{self.certificate.serial_number}</ds:X509SerialNumber></xades:IssuerSerial>"
            f"</xades:Cert></xades:SigningCertificate></xades:SignedSignatureProperties>"
            f'<xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#document-{name}">'
            f"<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>"
            f"</xades:SignedDataObjectProperties></xades:SignedProperties>"
        )

    def _signature(self, name: str, info: str, value: bytes, properties: str) -> str:
        certificate = base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode("ascii")
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="signature-{name}">{info}'
            f"<ds:SignatureValue>{base64.b64encode(value).decode('ascii')}</ds:SignatureValue>"
            f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
            f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#signature-{name}">{properties}'
            f"</xades:QualifyingProperties></ds:Object></ds:Signature>"
        )


def _signed_info(name: str, document: str, properties: str) -> str:
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"/>'
        f'<ds:Reference Id="document-{name}" URI=""><ds:Transforms><ds:Transform Algorithm="{XPATH}">'
        f"<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform></ds:Transforms>"
        f"{_DIGEST.format(document)}</ds:Reference>"
        f'<ds:Reference Type="{SIGNED_PROPERTIES}" URI="#xades-{name}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{EXC_C14N}"/></ds:Transforms>{_DIGEST.format(properties)}</ds:Reference>'
        f"</ds:SignedInfo>"
    )


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def _canonical(fragment: str) -> bytes:
    """Exclusive canonical form of a fragment that declares all its namespaces."""
    return etree.tostring(xml.parse(fragment.encode()).getroot(), method="c14n", exclusive=True, with_comments=False)


def _without_signatures(tree: etree._ElementTree) -> bytes:
    """What ``not(ancestor-or-self::ds:Signature)`` leaves, in canonical form 1.0, instructions before the root too."""
    for signature in list(tree.getroot().iter(q(DS, "Signature"))):
        remove(signature)
    return xmldsig.canonical(tree, None)


def _put_in(document: bytes, root: etree._Element, signature: str) -> bytes:
    """The bytes with ``signature`` before the end of the root element, whose end tag is the last thing in them."""
    end = document.rstrip()
    if end.endswith(b"/>"):
        name = f"{root.prefix}:{etree.QName(root).localname}" if root.prefix else etree.QName(root).localname
        return end[:-2] + b">" + signature.encode() + f"</{name}>".encode()
    at = document.rindex(b"</")
    return document[:at] + signature.encode() + document[at:]
