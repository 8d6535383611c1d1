"""Requests are signed as ePUAP accepts them, and an independent verification agrees."""

from __future__ import annotations

import base64

import pytest
import xmlsec
from lxml import etree

from eoffice.channels.epuap import wsse
from eoffice.channels.epuap.envelopes import Envelopes
from eoffice.channels.epuap.names import BASE64, DS, EXC_C14N, OBI, RSA_SHA256, SHA256, SOAP, WSSE, WSU, X509V3, q
from tests.eoffice.channels.epuap.support import Keys

PULL = {"podmiot": "gminaX", "nazwaSkrytki": "SkrytkaESP", "adresSkrytki": "/gminaX/SkrytkaESP"}


@pytest.fixture
def signed(office: Keys) -> bytes:
    request = Envelopes().build("pull", "pobierzNastepny", PULL, {})
    return wsse.sign(request.envelope, wsse.Identity.load(office.key_file, office.certificate_file))


def test_the_token_stands_before_the_signature_and_nothing_else_is_in_the_security_header(signed: bytes) -> None:
    security = etree.fromstring(signed).find(f"{q(SOAP, 'Header')}/{q(WSSE, 'Security')}")
    assert [child.tag for child in security] == [q(WSSE, "BinarySecurityToken"), q(DS, "Signature")]


def test_the_token_carries_the_office_certificate(signed: bytes, office: Keys) -> None:
    token = etree.fromstring(signed).find(f".//{q(WSSE, 'BinarySecurityToken')}")
    assert base64.b64decode(token.text) == office.der
    assert (token.get("EncodingType"), token.get("ValueType")) == (BASE64, X509V3)


def test_exactly_the_body_is_signed_with_the_prescribed_algorithms(signed: bytes) -> None:
    root = etree.fromstring(signed)
    body = root.find(q(SOAP, "Body"))
    (reference,) = root.iter(q(DS, "Reference"))
    assert reference.get("URI") == f"#{body.get(q(WSU, 'Id'))}"
    assert [element.get("Algorithm") for element in root.iter() if element.get("Algorithm")] == [
        EXC_C14N,
        RSA_SHA256,
        EXC_C14N,
        SHA256,
    ]


def test_key_info_points_at_the_token(signed: bytes) -> None:
    root = etree.fromstring(signed)
    token = root.find(f".//{q(WSSE, 'BinarySecurityToken')}")
    pointer = root.find(f".//{q(DS, 'KeyInfo')}/{q(WSSE, 'SecurityTokenReference')}/{q(WSSE, 'Reference')}")
    assert (pointer.get("URI"), pointer.get("ValueType")) == (f"#{token.get(q(WSU, 'Id'))}", X509V3)


def test_an_independent_verification_of_the_sent_bytes_succeeds(signed: bytes, office: Keys) -> None:
    root = etree.fromstring(signed)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(office.certificate_file), xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(root.find(q(SOAP, "Body")), "Id", WSU)
    context.verify(root.find(f".//{q(DS, 'Signature')}"))


def test_the_children_of_the_payload_have_no_namespace(signed: bytes) -> None:
    payload = etree.fromstring(signed).find(q(SOAP, "Body"))[0]
    assert payload.tag == q(OBI, "ZapytaniePullPobierz")
    assert [child.tag for child in payload] == ["podmiot", "nazwaSkrytki", "adresSkrytki"]


def test_a_key_that_is_not_the_certificates_is_refused(office: Keys, stranger: Keys) -> None:
    with pytest.raises(ValueError, match="is not the key of"):
        wsse.Identity.load(stranger.key_file, office.certificate_file)


def test_every_request_has_ids_of_its_own(office: Keys) -> None:
    identity = wsse.Identity.load(office.key_file, office.certificate_file)
    ids = set()
    for _ in range(3):
        request = Envelopes().build("pull", "pobierzNastepny", PULL, {})
        ids |= set(etree.fromstring(wsse.sign(request.envelope, identity)).xpath("//@*[local-name()='Id']"))
    assert len(ids) == 6
