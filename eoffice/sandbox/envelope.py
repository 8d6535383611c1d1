"""SOAP 1.1 on the wire: reading requests strictly, writing signed answers and unsigned faults."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

import xmlsec
from lxml import etree

from eoffice.sandbox import names
from eoffice.sandbox.identity import Identity
from eoffice.sandbox.mail import File
from eoffice.sandbox.names import DS, OBI, SOAP, WSSE, WSU, q
from eoffice.sandbox.refusals import BadRequest, Refusal, SecurityRefusal
from eoffice.sandbox.texts import say
from eoffice.sandbox.xml import BadXml, add, children, elements, parse

_KNOWN_HEADERS = (OBI, WSSE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request: its header, its Body, and the one element in the Body."""

    header: etree._Element
    body: etree._Element
    payload: etree._Element


def read(data: bytes) -> Envelope:
    """Exactly Header, Body and one element in it. Raises ``BadRequest``."""
    try:
        root = parse(data)
    except BadXml as cause:
        raise BadRequest("bad_xml", reason=cause.reason) from cause
    parts = list(elements(root))
    expected = [q(SOAP, "Header"), q(SOAP, "Body")]
    if root.tag != q(SOAP, "Envelope") or [part.tag for part in parts] != expected:
        raise BadRequest("not_soap")
    payload = list(elements(parts[1]))
    if len(payload) != 1:
        raise BadRequest("not_soap")
    for block in elements(parts[0]):
        foreign = etree.QName(block).namespace not in _KNOWN_HEADERS
        if foreign and block.get(q(SOAP, "mustUnderstand")) in {"1", "true"}:
            raise BadRequest("must_understand")
    return Envelope(parts[0], parts[1], payload[0])


def header_block(envelope: Envelope, local: str) -> etree._Element | None:
    """The ePUAP header of that name, if given. Raises ``BadRequest`` when it is given twice."""
    blocks = children(envelope.header, q(OBI, local))
    if len(blocks) > 1:
        raise BadRequest("header_repeated", name=local)
    return blocks[0] if blocks else None


def new_prefix() -> str:
    """A namespace prefix as application servers make them: never twice the same."""
    return f"{secrets.choice(('p', 'ns', 'q'))}{secrets.randbelow(990) + 1}"


def answer_root(namespace: str, local: str) -> etree._Element:
    """The element of an answer: qualified itself, with a prefix of the day."""
    return etree.Element(q(namespace, local), nsmap={new_prefix(): namespace})


def status(parent: etree._Element, code: int, message: str, name: str = "status") -> etree._Element:
    """``StatusTyp``: 1 is success, 0 nothing in the queue, anything else an error."""
    element = etree.SubElement(parent, name)
    add(element, "kod", code)
    add(element, "komunikat", message)
    return element


def add_file(parent: etree._Element, name: str, file: File) -> None:
    """A file as ``DokumentTyp``."""
    element = add(parent, name)
    add(element, "nazwaPliku", file.name)
    add(element, "typPliku", file.type)
    add(element, "zawartosc").text = base64.b64encode(file.content).decode()


def signed(payload: etree._Element, own: Identity, key: Identity | None = None) -> etree._Element:
    """An envelope around ``payload`` signed over its Body by ``own`` (or by another ``key`` under its name)."""
    root, body, signature = _unsigned(own)
    body.append(payload)
    context = xmlsec.SignatureContext()
    context.key = (key or own).key
    context.register_id(body, "Id", WSU)
    context.sign(signature)
    return root


def bare(payload: etree._Element) -> etree._Element:
    """An envelope without any security header."""
    root, body, _ = _unsigned(None)
    body.append(payload)
    return root


def to_bytes(root: etree._Element) -> bytes:
    """The envelope as sent."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _unsigned(own: Identity | None) -> tuple[etree._Element, etree._Element, etree._Element]:
    """The frame: envelope, body, and the signature template (the envelope again without an identity)."""
    s = secrets.choice(("soapenv", "soap", "SOAP-ENV", "S", "env"))
    number = secrets.token_hex(8)
    security = "" if own is None else _security(own, number)
    text = (
        f'<{s}:Envelope xmlns:{s}="{SOAP}"><{s}:Header>{security}</{s}:Header>'
        f'<{s}:Body xmlns:wsu="{WSU}" wsu:Id="id-{number}"/></{s}:Envelope>'
    )
    root = parse(text.encode())
    signature = root.find(f".//{q(DS, 'Signature')}")
    return root, root[1], root if signature is None else signature


def _security(own: Identity, number: str) -> str:
    w, d = secrets.choice(("wsse", "sec", new_prefix())), secrets.choice(("ds", "dsig", "sig"))
    return (
        f'<{w}:Security xmlns:{w}="{WSSE}" xmlns:wsu="{WSU}">'
        f'<{w}:BinarySecurityToken wsu:Id="X509-{number}" EncodingType="{names.BASE64}"'
        f' ValueType="{names.X509V3}">{own.certificate_base64}</{w}:BinarySecurityToken>'
        f'<{d}:Signature xmlns:{d}="{DS}"><{d}:SignedInfo>'
        f'<{d}:CanonicalizationMethod Algorithm="{names.EXC_C14N}"/>'
        f'<{d}:SignatureMethod Algorithm="{names.RSA_SHA256}"/>'
        f'<{d}:Reference URI="#id-{number}"><{d}:Transforms><{d}:Transform Algorithm="{names.EXC_C14N}"/>'
        f'</{d}:Transforms><{d}:DigestMethod Algorithm="{names.SHA256}"/><{d}:DigestValue/></{d}:Reference>'
        f"</{d}:SignedInfo><{d}:SignatureValue/><{d}:KeyInfo><{w}:SecurityTokenReference>"
        f'<{w}:Reference URI="#X509-{number}" ValueType="{names.X509V3}"/></{w}:SecurityTokenReference>'
        f"</{d}:KeyInfo></{d}:Signature></{w}:Security>"
    )


def fault(refusal: Refusal, detail_namespace: str = OBI) -> bytes:
    """An unsigned SOAP 1.1 fault; security faults carry no detail, the others ``Wyjatek``."""
    s, w = new_prefix(), "wsse"
    root = etree.Element(q(SOAP, "Envelope"), nsmap={s: SOAP})
    element = etree.SubElement(etree.SubElement(root, q(SOAP, "Body")), q(SOAP, "Fault"))
    code = etree.SubElement(element, "faultcode", nsmap={w: WSSE})
    if isinstance(refusal, SecurityRefusal):
        code.text = f"{w}:{refusal.fault}"
    else:
        code.text = f"{s}:{'Client' if isinstance(refusal, BadRequest) else 'Server'}"
    add(element, "faultstring", refusal.message)
    if not isinstance(refusal, SecurityRefusal):
        local = "Wyjatek" if detail_namespace == OBI else "WyjatekTyp"
        detail = etree.SubElement(
            etree.SubElement(element, "detail"), q(detail_namespace, local), nsmap={new_prefix(): detail_namespace}
        )
        add(detail, "kod", refusal.number)
        add(detail, "komunikat", refusal.message)
    return to_bytes(root)


def simulated_fault(message: str | None = None) -> bytes:
    """The fault a misbehaviour sends."""
    refusal = Refusal("simulated")
    refusal.message = message or say("simulated")
    return fault(refusal)
