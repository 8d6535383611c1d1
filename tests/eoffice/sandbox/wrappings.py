"""Attacks on one genuinely signed request: each function takes it apart and returns what the attacker sends.

The attacker wants the letter ``FORGED`` lodged in the victim's name. He can change the whole message but has
no registered key; those named ``signed_*`` are genuinely signed and refused for what they sign, or how.
"""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable
from pathlib import Path

import xmlsec
from lxml import etree

from eoffice.sandbox import identity
from tests.eoffice.sandbox.client import DS, EXC, OBI, SOAP, WSSE, WSU, X509, Client, b64, document, sign_envelope

FORGED = b"<atak>FORGED</atak>"
GENUINE = b"<pismo>prawdziwe</pismo>"
WSU_ID, SECURITY, SIGNATURE = f"{{{WSU}}}Id", f"{{{WSSE}}}Security", f"{{{DS}}}Signature"
HEADERS = {
    "IdentyfikatorPodmiotu": "jkowalski",
    "AdresSkrytki": "/gminaWrotkowo/SkrytkaESP",
    "AdresOdpowiedzi": "/jkowalski/domyslna",
    "CzyProbne": "0",
}
Attack = Callable[[Client], bytes]
ATTACKS: dict[str, Attack] = {}


def attack(function: Attack) -> Attack:
    ATTACKS[function.__name__] = function
    return function


def genuine(client: Client) -> etree._Element:
    return etree.fromstring(client.request(document(GENUINE), HEADERS))


def forged(root: etree._Element, identifier: str | None = None) -> etree._Element:
    """A copy of the Body with the attacker's document; without an id unless one is given."""
    body = copy.deepcopy(root[1])
    body.find(f".//{'zawartosc'}").text = b64(FORGED)
    del body.attrib[WSU_ID]
    if identifier is not None:
        body.set(WSU_ID, identifier)
    return body


def out(root: etree._Element) -> bytes:
    return etree.tostring(root)


def swap(client: Client, identifier: str | None = None) -> tuple[etree._Element, etree._Element]:
    """The message with a forged Body in place, and the genuine Body taken out."""
    root = genuine(client)
    body = root[1]
    root.replace(body, forged(root, identifier))
    return root, body


def security(root: etree._Element) -> etree._Element:
    return root[0].find(SECURITY)


def signature(root: etree._Element) -> etree._Element:
    return security(root).find(SIGNATURE)


@attack
def body_in_a_header_block(client: Client) -> bytes:
    root, body = swap(client)
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def body_in_a_header_block_and_another_id(client: Client) -> bytes:
    root, body = swap(client, "id-attacker")
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def body_in_a_header_block_and_the_same_id(client: Client) -> bytes:
    root, body = swap(client)
    root[1].set(WSU_ID, body.get(WSU_ID))
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def body_directly_in_the_header(client: Client) -> bytes:
    root, body = swap(client)
    root[0].append(body)
    return out(root)


@attack
def body_behind_the_signature(client: Client) -> bytes:
    root, body = swap(client)
    security(root).append(body)
    return out(root)


@attack
def body_before_the_token(client: Client) -> bytes:
    root, body = swap(client)
    security(root).insert(0, body)
    return out(root)


@attack
def body_in_an_object_of_the_signature(client: Client) -> bytes:
    root, body = swap(client)
    etree.SubElement(signature(root), f"{{{DS}}}Object").append(body)
    return out(root)


@attack
def body_in_the_key_info(client: Client) -> bytes:
    root, body = swap(client)
    signature(root).find(f"{{{DS}}}KeyInfo").append(body)
    return out(root)


@attack
def two_bodies_forged_first(client: Client) -> bytes:
    root = genuine(client)
    root.insert(1, forged(root))
    return out(root)


@attack
def two_bodies_forged_last(client: Client) -> bytes:
    root = genuine(client)
    root.append(forged(root))
    return out(root)


@attack
def genuine_body_inside_the_forged(client: Client) -> bytes:
    root, body = swap(client)
    root[1].append(body)
    return out(root)


@attack
def genuine_body_inside_the_forged_document(client: Client) -> bytes:
    root, body = swap(client)
    root[1][0].append(body)
    return out(root)


@attack
def second_payload_in_the_body(client: Client) -> bytes:
    root = genuine(client)
    root[1].insert(0, forged(root)[0])
    return out(root)


@attack
def id_spelled_as_xml_id(client: Client) -> bytes:
    root, body = swap(client)
    root[1].set("{http://www.w3.org/XML/1998/namespace}id", body.get(WSU_ID))
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def id_spelled_without_a_namespace(client: Client) -> bytes:
    root, body = swap(client)
    root[1].set("Id", body.get(WSU_ID))
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def genuine_body_also_carries_the_id_twice(client: Client) -> bytes:
    root = genuine(client)
    root[1][0].set("ID", root[1].get(WSU_ID))
    return out(root)


@attack
def whole_genuine_envelope_in_the_header(client: Client) -> bytes:
    inner = genuine(client)
    root, _ = swap(client)
    root[0].clear()
    root[0].append(inner)
    return out(root)


@attack
def security_block_not_in_the_header(client: Client) -> bytes:
    root = genuine(client)
    etree.SubElement(root[0], "Wrapper").append(security(root))
    return out(root)


@attack
def two_security_blocks(client: Client) -> bytes:
    root, body = swap(client)
    root[0].append(copy.deepcopy(security(root)))
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def two_signatures(client: Client) -> bytes:
    root, body = swap(client)
    own = etree.fromstring(_by_stranger(client))
    security(root).append(signature(own))
    etree.SubElement(root[0], "Wrapper").append(body)
    return out(root)


@attack
def signature_after_the_body(client: Client) -> bytes:
    root = genuine(client)
    root.append(signature(root))
    return out(root)


@attack
def signature_before_the_token(client: Client) -> bytes:
    root = genuine(client)
    security(root).insert(0, signature(root))
    return out(root)


@attack
def no_signature(client: Client) -> bytes:
    root, _ = swap(client)
    security(root).remove(signature(root))
    return out(root)


@attack
def no_security_at_all(client: Client) -> bytes:
    root, _ = swap(client)
    root[0].remove(security(root))
    return out(root)


@attack
def empty_signature_value(client: Client) -> bytes:
    root = genuine(client)
    signature(root).find(f"{{{DS}}}SignatureValue").text = ""
    return out(root)


@attack
def digest_made_to_fit(client: Client) -> bytes:
    """The digest in SignedInfo is recomputed for the forged Body; the signature value cannot be."""
    root = genuine(client)
    root[1].find(".//zawartosc").text = b64(FORGED)
    stranger = etree.fromstring(_by_stranger(client))
    value = stranger.find(f".//{{{DS}}}DigestValue").text
    signature(root).find(f".//{{{DS}}}DigestValue").text = value
    return out(root)


@attack
def content_changed(client: Client) -> bytes:
    root = genuine(client)
    root[1].find(".//zawartosc").text = b64(FORGED)
    return out(root)


@attack
def name_changed(client: Client) -> bytes:
    root = genuine(client)
    root[1].find(".//nazwaPliku").text = "FORGED"
    return out(root)


@attack
def comment_in_the_content(client: Client) -> bytes:
    """Canonicalisation drops comments, so the signature stays valid; a careless reader sees half a text."""
    text = out(genuine(client)).decode()
    return re.sub(r"(<zawartosc>.{8})", r"\1<!-- -->", text).encode()


@attack
def comment_in_a_header(client: Client) -> bytes:
    return out(genuine(client)).replace(b">jkowalski<", b">jkowalski<!---->X<")


@attack
def instruction_in_the_body(client: Client) -> bytes:
    return out(genuine(client)).replace(b"<nazwaPliku>", b"<?x y?><nazwaPliku>")


@attack
def instruction_before_the_envelope(client: Client) -> bytes:
    return b"<?xml-stylesheet href='x'?>" + out(genuine(client))


@attack
def header_given_twice(client: Client) -> bytes:
    root = genuine(client)
    etree.SubElement(root[0], f"{{{OBI}}}AdresSkrytki").text = "/starostwoWrotki/SkrytkaESP"
    return out(root)


@attack
def strangers_own_key(client: Client) -> bytes:
    return _by_stranger(client)


@attack
def strangers_key_under_the_victims_token(client: Client) -> bytes:
    key = _stranger(client).key
    return sign_envelope(document(FORGED), _header_xml(), key, client.certificate)


@attack
def second_token_with_the_strangers_certificate(client: Client) -> bytes:
    root = etree.fromstring(_by_stranger(client))
    victim = copy.deepcopy(security(root)[0])
    victim.set(WSU_ID, "X509-victim")
    victim.text = client.certificate
    security(root).insert(0, victim)
    return out(root)


@attack
def key_info_with_a_bare_certificate(client: Client) -> bytes:
    root = etree.fromstring(_by_stranger(client))
    security(root)[0].text = client.certificate
    info = signature(root).find(f"{{{DS}}}KeyInfo")
    info.clear()
    data = etree.SubElement(etree.SubElement(info, f"{{{DS}}}X509Data"), f"{{{DS}}}X509Certificate")
    data.text = _stranger(client).certificate_base64
    return out(root)


@attack
def hmac_with_the_public_certificate(client: Client) -> bytes:
    """Key confusion: the secret of an HMAC everybody knows."""
    method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, base64.b64decode(client.certificate))
    return _custom(client, FORGED, method=method, key=key)


@attack
def signed_with_sha1_digest(client: Client) -> bytes:
    return _custom(client, GENUINE, digest=f"{DS}sha1")


@attack
def signed_with_rsa_sha1(client: Client) -> bytes:
    return _custom(client, GENUINE, method=f"{DS}rsa-sha1")


@attack
def signed_with_inclusive_canonicalisation(client: Client) -> bytes:
    inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    return _custom(client, GENUINE, transforms=f'<ds:Transform Algorithm="{inclusive}"/>')


@attack
def signed_with_comments_kept(client: Client) -> bytes:
    return _custom(client, GENUINE, transforms=f'<ds:Transform Algorithm="{EXC}WithComments"/>')


@attack
def signed_with_an_xpath_filter(client: Client) -> bytes:
    """A genuine signature that leaves the content out, so the content can be replaced."""
    steps = (
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
        "<ds:XPath>not(ancestor-or-self::zawartosc)</ds:XPath></ds:Transform>"
        f'<ds:Transform Algorithm="{EXC}"/>'
    )
    root = etree.fromstring(_custom(client, GENUINE, transforms=steps))
    root[1].find(".//zawartosc").text = b64(FORGED)
    return out(root)


@attack
def xslt_transform(client: Client) -> bytes:
    root = genuine(client)
    steps = signature(root).find(f".//{{{DS}}}Transforms")
    step = etree.SubElement(steps, f"{{{DS}}}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116")
    step.append(
        etree.fromstring(
            '<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform">'
            '<x:template match="/"><x:copy-of select="document(\'file:///etc/passwd\')"/></x:template></x:stylesheet>'
        )
    )
    return out(root)


@attack
def signed_over_the_timestamp_only(client: Client) -> bytes:
    stamp = f'<wsu:Timestamp wsu:Id="TS-1"><wsu:Created>{_now()}</wsu:Created></wsu:Timestamp>'
    root = etree.fromstring(_custom(client, GENUINE, uri="#TS-1", timestamp=stamp))
    root[1].find(".//zawartosc").text = b64(FORGED)
    return out(root)


@attack
def signed_over_the_whole_document_reference(client: Client) -> bytes:
    steps = f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{EXC}"/>'
    return _custom(client, GENUINE, uri="", transforms=steps)


@attack
def signed_long_ago(client: Client) -> bytes:
    stamp = (
        '<wsu:Timestamp wsu:Id="TS-1"><wsu:Created>2020-01-01T00:00:00Z</wsu:Created>'
        "<wsu:Expires>2020-01-01T00:05:00Z</wsu:Expires></wsu:Timestamp>"
    )
    return client.request(document(GENUINE), HEADERS, stamp)


@attack
def reference_by_an_address(client: Client) -> bytes:
    root = genuine(client)
    signature(root).find(f".//{{{DS}}}Reference").set("URI", "http://127.0.0.1:9/body.xml")
    return out(root)


@attack
def reference_by_an_xpointer(client: Client) -> bytes:
    root = genuine(client)
    reference = signature(root).find(f".//{{{DS}}}Reference")
    reference.set("URI", f"#xpointer(id('{root[1].get(WSU_ID)}'))")
    return out(root)


@attack
def second_reference_to_a_header(client: Client) -> bytes:
    root = genuine(client)
    signed_info = signature(root).find(f"{{{DS}}}SignedInfo")
    extra = copy.deepcopy(signed_info[-1])
    extra.set("URI", "#X")
    signed_info.append(extra)
    return out(root)


@attack
def manifest_instead_of_a_reference(client: Client) -> bytes:
    root = genuine(client)
    holder = etree.SubElement(signature(root), f"{{{DS}}}Object")
    manifest = etree.SubElement(holder, f"{{{DS}}}Manifest")
    manifest.append(copy.deepcopy(signature(root).find(f".//{{{DS}}}Reference")))
    return out(root)


@attack
def body_in_another_soap_version(client: Client) -> bytes:
    return out(genuine(client)).replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope")


@attack
def entity_in_the_identifier(client: Client) -> bytes:
    text = out(genuine(client)).replace(b">jkowalski<", b">&who;<")
    return b'<!DOCTYPE e [<!ENTITY who "jkowalski">]>' + text


def _header_xml() -> str:
    return "".join(f"<o:{name}>{value}</o:{name}>" for name, value in HEADERS.items())


def _stranger(client: Client) -> identity.Identity:
    return identity.ensure(Path(client.folder).parent.parent / "attacker", "", "Attacker")


def _by_stranger(client: Client) -> bytes:
    own = _stranger(client)
    return sign_envelope(document(FORGED), _header_xml(), own.key, own.certificate_base64)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _custom(
    client: Client,
    content: bytes,
    *,
    method: str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    digest: str = "http://www.w3.org/2001/04/xmlenc#sha256",
    transforms: str = f'<ds:Transform Algorithm="{EXC}"/>',
    uri: str = "#id-1",
    timestamp: str = "",
    key: object | None = None,
) -> bytes:
    """A request whose signature is genuine but made another way."""
    text = f"""<s:Envelope xmlns:s="{SOAP}" xmlns:o="{OBI}"><s:Header>\
<wsse:Security xmlns:wsse="{WSSE}" xmlns:wsu="{WSU}">{timestamp}\
<wsse:BinarySecurityToken wsu:Id="X509-1" ValueType="{X509}">{client.certificate}</wsse:BinarySecurityToken>\
<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC}"/>\
<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{uri}"><ds:Transforms>{transforms}</ds:Transforms>\
<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>\
<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI="#X509-1" ValueType="{X509}"/>\
</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>{_header_xml()}</s:Header>\
<s:Body xmlns:wsu="{WSU}" wsu:Id="id-1">{document(content)}</s:Body></s:Envelope>"""
    root = etree.fromstring(text)
    context = xmlsec.SignatureContext()
    context.key = key or client.key
    context.register_id(root[1], "Id", WSU)
    stamp = root.find(f".//{{{WSU}}}Timestamp")
    if stamp is not None:
        context.register_id(stamp, "Id", WSU)
    context.sign(root.find(f".//{SIGNATURE}"))
    return out(root)
