"""Namespaces and algorithm identifiers of the ePUAP services, as their WSDLs and WS-Security define them."""

from __future__ import annotations

from typing import Final

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
OBI: Final = "http://wsdl.epuap.gov.pl/obiekty/"
EXT: Final = "http://wsdl.epuap.gov.pl/obiekty/ext/"
STORE: Final = "http://ws.epuap.gov.pl/zarzadzanieDokumentami"
FILES: Final = "http://wsdl.epuap.gov.pl/filerepocore/"
SIGNING: Final = "http://signing.ws.comarch.gov"
UPO: Final = "http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"
LETTER: Final = "http://crd.gov.pl/wzor/2013/12/12/1410/"

_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE: Final = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU: Final = f"{_OASIS}wssecurity-utility-1.0.xsd"
X509V3: Final = f"{_OASIS}x509-token-profile-1.0#X509v3"
BASE64: Final = f"{_OASIS}soap-message-security-1.0#Base64Binary"

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED: Final = f"{DS}enveloped-signature"
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"
RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XOP: Final = "http://www.w3.org/2004/08/xop/include"

POLISH_TIME: Final = "Europe/Warsaw"


def q(namespace: str, local: str) -> str:
    """The name in Clark notation, as lxml writes qualified names."""
    return f"{{{namespace}}}{local}"
