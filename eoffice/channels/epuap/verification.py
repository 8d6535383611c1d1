"""Is this answer ePUAP's? A strict check of WS-Security, written for one shape of message only.

Toolkits look up whatever id the signature names and then let the caller read the document: measured against
twenty wrapped messages, three of them accepted ten to twelve. Here the answer must have the one shape the
server writes, and the caller gets the verified Body element and nothing else.

An answer is not bound to its request by anything ePUAP signs; that it is fresh and ours is what TLS is for.
"""

from __future__ import annotations

from collections.abc import Collection

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from eoffice.channels.epuap import xmldsig
from eoffice.channels.epuap.names import BASE64, DS, EXC_C14N, RSA_SIGNATURES, SOAP, WSSE, WSU, X509V3, q
from eoffice.channels.epuap.xmldsig import BadSignature, require

_WSU_ID = q(WSU, "Id")


def certificate_der(pem: bytes) -> bytes:
    """The bytes to pin from a PEM certificate. Raises ``ValueError``."""
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def verified_body(tree: etree._ElementTree, pinned: Collection[bytes]) -> etree._Element:
    """The Body of ``tree``, which one of the ``pinned`` certificates (DER) signed.

    Read only this element. Raises ``BadSignature``.
    """
    envelope = tree.getroot()
    header, body = _parts(envelope)
    signature, token = _security(envelope, header)
    xmldsig.only_elements(signature)
    require(len(signature) == 3, "structure")
    info = xmldsig.signed_info(signature, {EXC_C14N}, RSA_SIGNATURES)
    certificate = _trusted(signature[2], token, pinned)
    xmldsig.check_value(signature, info, certificate)
    signed = [_resolve(envelope, reference) for reference in info.references]
    require(any(element is body for element in signed), "body_not_signed")
    return body


def _parts(envelope: etree._Element) -> tuple[etree._Element, etree._Element]:
    require(envelope.tag == q(SOAP, "Envelope"), "structure")
    header, body = xmldsig.elements(envelope, q(SOAP, "Header"), q(SOAP, "Body"))
    require(len(list(envelope.iter(q(SOAP, "Body")))) == 1, "structure")
    return header, body


def _security(envelope: etree._Element, header: etree._Element) -> tuple[etree._Element, etree._Element]:
    """The only Signature and the only token of the document, both directly inside the only Security header."""
    (security,) = _only(envelope, q(WSSE, "Security"), header)
    (signature,) = _only(envelope, q(DS, "Signature"), security)
    (token,) = _only(envelope, q(WSSE, "BinarySecurityToken"), security)
    return signature, token


def _only(envelope: etree._Element, tag: str, parent: etree._Element) -> list[etree._Element]:
    found = list(envelope.iter(tag))
    require(bool(found), "unsigned")
    require(len(found) == 1 and found[0].getparent() is parent, "structure")
    return found


def _resolve(envelope: etree._Element, reference: xmldsig.Reference) -> etree._Element:
    """The one element the reference names, found unchanged."""
    require(reference.uri.startswith("#") and len(reference.uri) > 1, "reference")
    require(len(reference.transforms) == 1, "algorithm")
    xmldsig.plain_transform(reference.transforms[0], {EXC_C14N})
    element = xmldsig.one_element(envelope, reference.uri[1:])
    require(element.get(_WSU_ID) == reference.uri[1:], "reference")
    xmldsig.only_elements(element)
    xmldsig.check_digest(reference, xmldsig.canonical(element, reference.transforms[0]))
    return element


def _trusted(key_info: etree._Element, token: etree._Element, pinned: Collection[bytes]) -> bytes:
    """The pinned certificate that the token repeats byte for byte and KeyInfo points at."""
    (pointer,) = xmldsig.elements(key_info, q(WSSE, "SecurityTokenReference"))
    (target,) = xmldsig.elements(pointer, q(WSSE, "Reference"))
    require(token.get("EncodingType", BASE64) == BASE64, "certificate")
    require(token.get("ValueType", X509V3) == X509V3 and len(token) == 0, "certificate")
    identifier = token.get(_WSU_ID)
    require(bool(identifier) and target.get("URI") == f"#{identifier}", "certificate")
    claimed = xmldsig.decode(token.text)
    for certificate in pinned:
        if certificate == claimed:
            return certificate
    raise BadSignature("untrusted_certificate")
