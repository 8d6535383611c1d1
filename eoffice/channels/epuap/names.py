"""Namespaces and algorithm names of SOAP 1.1, WS-Security 1.0, XML-DSig and ePUAP. No behaviour."""

from __future__ import annotations

from typing import Final

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
BASE64: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
X509V3: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
XOP: Final = "http://www.w3.org/2004/08/xop/include"

OBI: Final = "http://wsdl.epuap.gov.pl/obiekty/"
FILEREPO: Final = "http://wsdl.epuap.gov.pl/filerepocore/"
STORE: Final = "http://ws.epuap.gov.pl/zarzadzanieDokumentami"
UPO: Final = "http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"

EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N11: Final = "http://www.w3.org/2006/12/xml-c14n11"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"

SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384: Final = "http://www.w3.org/2001/04/xmldsig-more#sha384"
SHA512: Final = "http://www.w3.org/2001/04/xmlenc#sha512"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
RSA_SHA384: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
RSA_SHA512: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
ECDSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
ECDSA_SHA384: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
ECDSA_SHA512: Final = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"

DIGESTS: Final = {SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
"""Digest methods accepted, with their names in ``hashlib``. SHA-1 was withdrawn in 2018."""

RSA_SIGNATURES: Final = frozenset({RSA_SHA256, RSA_SHA384, RSA_SHA512})
SIGNATURES: Final = RSA_SIGNATURES | {ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512}
"""Signature methods accepted: public keys only, no HMAC (whose "key" would be the public certificate)."""


def q(namespace: str, name: str) -> str:
    """The tag of ``name`` in ``namespace`` as lxml writes it."""
    return f"{{{namespace}}}{name}"
