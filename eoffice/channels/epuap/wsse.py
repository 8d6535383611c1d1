"""Signing requests as ePUAP's WS-Security layer accepts them.

Inside ``wsse:Security`` first the BinarySecurityToken, then the Signature: the other order, which common
toolkits write, is refused. One reference, to the Body; exclusive canonicalisation, RSA-SHA256, SHA-256.
No timestamp, and the parameters in the SOAP headers stay outside the signature, as in every client known to work.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xmlsec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree

from eoffice.channels.epuap.names import (
    BASE64,
    DS,
    EXC_C14N,
    RSA_SHA256,
    SHA256,
    SOAP,
    WSSE,
    WSU,
    X509V3,
    q,
)

etree.register_namespace("wsu", WSU)

Ids = Callable[[str], str]
"""Makes an XML id with the given prefix, never the same twice."""


def random_id(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex}"


@dataclass(frozen=True, slots=True)
class Identity:
    """The office's key and certificate, read once per process."""

    key: Any
    certificate: x509.Certificate
    token: str
    """The certificate as base64 DER, as the token carries it."""

    @classmethod
    def load(cls, key_file: Path, certificate_file: Path) -> Identity:
        """Read both PEM files. Raises ``OSError`` or ``ValueError``, also when they do not belong together."""
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        pem = key_file.read_bytes()
        try:
            private = load_pem_private_key(pem, password=None)
            key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
        except (TypeError, xmlsec.Error, UnsupportedAlgorithm) as cause:
            raise ValueError(f"no usable private key in {key_file}") from cause
        if private.public_key() != certificate.public_key():
            raise ValueError(f"{key_file} is not the key of {certificate_file}")
        token = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
        return cls(key, certificate, token)


def sign(envelope: etree._Element, identity: Identity, ids: Ids = random_id) -> bytes:
    """Add the Security header to ``envelope`` and return the bytes to send. Nothing may be changed afterwards."""
    header, body = _header_and_body(envelope)
    body_id, token_id = ids("id"), ids("X509")
    body.set(q(WSU, "Id"), body_id)
    security = etree.Element(q(WSSE, "Security"), nsmap={"wsse": WSSE, "wsu": WSU})
    header.insert(0, security)
    token = etree.SubElement(security, q(WSSE, "BinarySecurityToken"))
    token.set("EncodingType", BASE64)
    token.set("ValueType", X509V3)
    token.set(q(WSU, "Id"), token_id)
    token.text = identity.token
    signature = _template(security, body_id, token_id)
    context = xmlsec.SignatureContext()
    context.key = identity.key
    context.register_id(body, "Id", WSU)
    context.sign(signature)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _header_and_body(envelope: etree._Element) -> tuple[etree._Element, etree._Element]:
    body = envelope.find(q(SOAP, "Body"))
    if body is None:
        raise ValueError("an envelope without a Body")
    header = envelope.find(q(SOAP, "Header"))
    if header is None:
        header = etree.Element(q(SOAP, "Header"))
        envelope.insert(0, header)
    return header, body


def _template(security: etree._Element, body_id: str, token_id: str) -> etree._Element:
    """A ``ds:Signature`` with empty digest and value, for xmlsec to fill in."""
    signature = etree.SubElement(security, q(DS, "Signature"), nsmap={"ds": DS})
    info = etree.SubElement(signature, q(DS, "SignedInfo"))
    etree.SubElement(info, q(DS, "CanonicalizationMethod"), Algorithm=EXC_C14N)
    etree.SubElement(info, q(DS, "SignatureMethod"), Algorithm=RSA_SHA256)
    reference = etree.SubElement(info, q(DS, "Reference"), URI=f"#{body_id}")
    transforms = etree.SubElement(reference, q(DS, "Transforms"))
    etree.SubElement(transforms, q(DS, "Transform"), Algorithm=EXC_C14N)
    etree.SubElement(reference, q(DS, "DigestMethod"), Algorithm=SHA256)
    etree.SubElement(reference, q(DS, "DigestValue"))
    etree.SubElement(signature, q(DS, "SignatureValue"))
    key_info = etree.SubElement(signature, q(DS, "KeyInfo"))
    pointer = etree.SubElement(key_info, q(WSSE, "SecurityTokenReference"))
    etree.SubElement(pointer, q(WSSE, "Reference"), URI=f"#{token_id}", ValueType=X509V3)
    return signature
