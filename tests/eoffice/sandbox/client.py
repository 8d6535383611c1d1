"""An independent minimal ePUAP client of the tests: it signs with xmlsec and trusts one pinned certificate."""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import requests
import xmlsec
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OBI = "http://wsdl.epuap.gov.pl/obiekty/"
EXT = "http://wsdl.epuap.gov.pl/obiekty/ext/"
STORE = "http://ws.epuap.gov.pl/zarzadzanieDokumentami"
FILES = "http://wsdl.epuap.gov.pl/filerepocore/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
B64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"

PATHS = {
    "skrytka": "/pk_external_ws/services/skrytka",
    "doreczyciel": "/pk_external_ws/services/doreczyciel",
    "pull": "/pk_external_ws/services/pull",
    "obslugaUpp": "/pk_external_ws/services/obslugaUpp",
    "ZarzadzanieDokumentami": "/fe_external_ws/services/ZarzadzanieDokumentami",
    "FileRepo": "/repo-ws-ext/FileRepoService",
    "tpSigning5": "/ep-services/tpSigning5",
}

LETTER = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<w:Dokument xmlns:w="http://crd.gov.pl/wzor/2013/12/12/1410/"><w:Tytul>Pismo %s</w:Tytul></w:Dokument>'
)
SIGNED_LETTER = (
    '<w:Dokument xmlns:w="http://crd.gov.pl/wzor/2013/12/12/1410/"><w:Tytul>Decyzja %s</w:Tytul>'
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo/><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>'
    "</w:Dokument>"
)


class Fault(Exception):
    """A SOAP fault: its code, its text, the number in Wyjatek (None without detail), the HTTP status."""

    def __init__(self, code: str, text: str, number: int | None, status: int) -> None:
        super().__init__(code, text, number, status)
        self.code, self.text, self.number, self.status = code, text, number, status


class Untrusted(Exception):
    """The answer's signature is not the pinned key's signature over the Body."""


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha1(data: bytes) -> str:
    return b64(hashlib.sha1(data, usedforsecurity=False).digest())


def sign_envelope(body_xml: str, headers_xml: str, key: object, certificate: str, timestamp: str = "") -> bytes:
    """A request signed the way ePUAP wants it; ``timestamp`` is inserted into Security as it is."""
    number = uuid.uuid4().hex
    text = f"""<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:o="{OBI}"><soapenv:Header>\
<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}">{timestamp}\
<wsse:BinarySecurityToken wsu:Id="X509-{number}" EncodingType="{B64}" ValueType="{X509}">\
{certificate}</wsse:BinarySecurityToken>\
<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC}"/>\
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>\
<ds:Reference URI="#id-{number}"><ds:Transforms><ds:Transform Algorithm="{EXC}"/></ds:Transforms>\
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>\
<ds:SignatureValue/><ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#X509-{number}" ValueType="{X509}"/>\
</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>{headers_xml}</soapenv:Header>\
<soapenv:Body xmlns:wsu="{WSU}" wsu:Id="id-{number}">{body_xml}</soapenv:Body></soapenv:Envelope>"""
    root = etree.fromstring(text.encode())
    context = xmlsec.SignatureContext()
    context.key = key
    context.register_id(root[1], "Id", WSU)
    context.sign(root.find(f".//{{{DS}}}Signature"))
    return etree.tostring(root)


@dataclass
class Client:
    """Calls the sandbox at ``url`` as the podmiot whose files lie in ``folder``."""

    url: str
    folder: Path
    server_certificate: Path
    key: object = field(init=False)
    certificate: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = xmlsec.Key.from_file(str(self.folder / "key.pem"), xmlsec.constants.KeyDataFormatPem)
        pem = (self.folder / "cert.pem").read_text()
        self.certificate = "".join(pem.split("-----")[2].split())

    def request(self, body_xml: str, headers: dict[str, str] | None = None, timestamp: str = "") -> bytes:
        blocks = "".join(f"<o:{name}>{value}</o:{name}>" for name, value in (headers or {}).items())
        return sign_envelope(body_xml, blocks, self.key, self.certificate, timestamp)

    def post(self, service: str, data: bytes, timeout: float = 20) -> requests.Response:
        return requests.post(
            self.url + PATHS[service], data=data, headers={"Content-Type": "text/xml; charset=utf-8"}, timeout=timeout
        )

    def call(self, service: str, body_xml: str, headers: dict[str, str] | None = None) -> etree._Element:
        return self.read(self.post(service, self.request(body_xml, headers)))

    def read(self, response: requests.Response) -> etree._Element:
        """The payload of a good answer: a fault is looked for first, then the pinned signature is checked."""
        if response.status_code == 401:
            raise Fault("401", response.text, None, 401)
        root = etree.fromstring(response.content)
        fault = root.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
        if fault is not None:
            number = fault.findtext("detail/*/kod")
            text = fault.findtext("faultstring") or ""
            raise Fault(fault.findtext("faultcode") or "", text, int(number) if number else None, response.status_code)
        return self.trusted(root)

    def trusted(self, root: etree._Element) -> etree._Element:
        signature = root.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security/{{{DS}}}Signature")
        if signature is None or [part.tag for part in root] != [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"]:
            raise Untrusted
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_file(str(self.server_certificate), xmlsec.constants.KeyDataFormatCertPem)
        body = root[1]
        if signature.find(f".//{{{DS}}}Reference").get("URI") != f"#{body.get(f'{{{WSU}}}Id')}":
            raise Untrusted
        try:
            context.register_id(body, "Id", WSU)
            context.verify(signature)
        except xmlsec.Error as cause:
            raise Untrusted from cause
        return body[0]

    def nadaj(self, content: bytes, to: str, reply: str, podmiot: str, **extra: str) -> etree._Element:
        headers = {"IdentyfikatorPodmiotu": podmiot, "AdresSkrytki": to, "AdresOdpowiedzi": reply, "CzyProbne": "0"}
        return self.call("skrytka", document(content), {**headers, **extra})

    def dorecz(self, content: bytes, to: str, reply: str, podmiot: str, **extra: str) -> etree._Element:
        headers = {"IdentyfikatorPodmiotu": podmiot, "AdresSkrytki": to, "AdresOdpowiedzi": reply, "CzyProbne": "0"}
        return self.call("doreczyciel", document(content), {**headers, **extra})

    def pull(self, operation: str, address: str, *, name: str = "", skrot: str = "") -> etree._Element:
        podmiot, last = address.split("/")[1:]
        inner = f"<podmiot>{podmiot}</podmiot><nazwaSkrytki>{name or last}</nazwaSkrytki>"
        inner += f"<adresSkrytki>{address}</adresSkrytki>"
        inner += f"<skrot>{skrot}</skrot>" if skrot else ""
        return self.call("pull", f"<o:ZapytaniePull{operation}>{inner}</o:ZapytaniePull{operation}>")

    def empty(self, address: str) -> list[bytes]:
        """Take and confirm everything in the box."""
        taken = []
        while (answer := self.pull("Pobierz", address)).findtext("status/kod") == "1":
            taken.append(base64.b64decode(answer.findtext("dokument/zawartosc") or ""))
            confirmed = self.pull("Potwierdz", address, skrot=sha1(taken[-1]))
            assert confirmed.findtext("status/kod") == "1"
        return taken


def document(content: bytes, name: str = "pismo.xml", element: str = "Dokument") -> str:
    return (
        f"<o:{element}><nazwaPliku>{name}</nazwaPliku><typPliku>application/xml</typPliku>"
        f"<zawartosc>{b64(content)}</zawartosc></o:{element}>"
    )
