"""Documents signed as podpis zaufany and qualified programs sign them, by another library than ours."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from eoffice.channels.epuap.names import DS, ENVELOPED, EXC_C14N, RSA_SHA256, SHA256, SIGNED_PROPERTIES, XADES, XPATH
from tests.eoffice.channels.epuap.support import Keys

EVERY_SIGNATURE = (
    f'<ds:Transform Algorithm="{XPATH}"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>'
)
ITSELF = f'<ds:Transform Algorithm="{ENVELOPED}"/>'
EXCLUSIVE = f'<ds:Transform Algorithm="{EXC_C14N}"/>'

EP_SIGNATURE = (
    '<pz:EPSignature xmlns:pz="http://crd.gov.pl/xml/schematy/podpis_zaufany/"><pz:NaturalPerson>'
    "<pz:CurrentFamilyName>Kowalski</pz:CurrentFamilyName><pz:FirstName>Jan</pz:FirstName>"
    "<pz:DateOfBirth>1980-01-01</pz:DateOfBirth><pz:PersonalIdentifier>80010112340</pz:PersonalIdentifier>"
    "</pz:NaturalPerson></pz:EPSignature>"
)
PODPIS_ZP = (
    '<p:PodpisZP xmlns:p="http://crd.gov.pl/xml/schematy/ppzp/" xmlns:os="http://crd.gov.pl/xml/schematy/osoba/2009/03/06/">'
    '<p:DaneZP><p:DaneZPOsobyFizycznej><os:Nazwisko rodzajCzlonu="pierwszy">Nowak</os:Nazwisko>'
    '<os:Nazwisko rodzajCzlonu="drugi">Zielińska</os:Nazwisko><os:Imie>Anna</os:Imie><os:PESEL>92051512344</os:PESEL>'
    "</p:DaneZPOsobyFizycznej></p:DaneZP></p:PodpisZP>"
)


@dataclass(frozen=True)
class How:
    """One way of signing; tests change one thing at a time."""

    transforms: str = EVERY_SIGNATURE
    canonicalization: str = EXC_C14N
    role: str = ""
    time: str = ""
    """The claimed time of signing; now unless given."""
    method: str = RSA_SHA256
    digest: str = SHA256
    certificate: bytes | None = None
    """What KeyInfo shows; the signer's own certificate unless given."""
    named: bytes | None = None
    """Whose digest the signed properties name."""
    target: str = "#S1"
    extra: str = ""
    """More references."""
    inside: str = ""
    """More content of the signature's Object."""
    ids: dict[str, str] = field(default_factory=lambda: {"signature": "S1", "properties": "P1"})


def sign(document: bytes, keys: Keys, how: How | None = None) -> bytes:
    """``document`` with one more signature at the end of its root."""
    how = how or How()
    root = etree.fromstring(document)
    signature = etree.fromstring(_template(keys, how))
    root.append(signature)
    context = xmlsec.SignatureContext()
    pem = keys.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
    for element in signature.iter():
        if element is not signature and isinstance(element.tag, str) and element.get("Id"):
            context.register_id(element, "Id", None)
    context.sign(signature)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _template(keys: Keys, how: How) -> str:
    shown, named = how.certificate or keys.der, how.named or keys.der
    digest = base64.b64encode(hashlib.sha256(named).digest()).decode()
    role = (
        f"<xades:SignerRole><xades:ClaimedRoles><xades:ClaimedRole>{how.role}</xades:ClaimedRole>"
        f"</xades:ClaimedRoles></xades:SignerRole>"
        if how.role
        else ""
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="{how.ids["signature"]}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{how.canonicalization}"/><ds:SignatureMethod Algorithm="{how.method}"/>'
        f'<ds:Reference URI=""><ds:Transforms>{how.transforms}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{how.digest}"/><ds:DigestValue/></ds:Reference>'
        f'<ds:Reference Type="{SIGNED_PROPERTIES}" URI="#{how.ids["properties"]}"><ds:Transforms>{EXCLUSIVE}'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue/></ds:Reference>{how.extra}'
        f'</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo Id="K1"><ds:X509Data><ds:X509Certificate>'
        f"{base64.b64encode(shown).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="{how.target}">'
        f'<xades:SignedProperties Id="{how.ids["properties"]}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{how.time or now()}</xades:SigningTime><xades:SigningCertificate><xades:Cert>"
        f"<xades:CertDigest>"
        f'<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>{digest}</ds:DigestValue></xades:CertDigest>'
        f"</xades:Cert></xades:SigningCertificate>{role}</xades:SignedSignatureProperties></xades:SignedProperties>"
        f"</xades:QualifyingProperties>{how.inside}</ds:Object></ds:Signature>"
    )
