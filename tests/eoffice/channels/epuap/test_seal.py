"""The office's seal: right by another library's reckoning too, and not a byte of the document changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlsec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from eoffice.channels.epuap.document_signature import verify_document
from eoffice.channels.epuap.names import DS, q
from eoffice.channels.epuap.seal import XmlSigner
from portal.core.errors import Permanent
from portal.core.signatures import Signer
from tests.eoffice.channels.epuap.support import Keys, make_keys

ODD = (
    "\ufeff<?xml version='1.0' encoding='UTF-8'?>\r\n<?xml-stylesheet type=\"text/xsl\" href='styl.xsl'?>\n"
    "<w:Dokument xmlns:w = 'urn:w'  xmlns='urn:d' >\n  <w:Tytul   a='1'>Zażalenie &#x2014; odpowiedź</w:Tytul>"
    "\t<w:Pusty></w:Pusty><w:Puste />\n<![CDATA[</w:Dokument>]]></w:Dokument  >\n\n"
).encode()


@pytest.fixture
def signer(office: Keys) -> XmlSigner:
    return XmlSigner(office.key_file, office.certificate_file)


def without_signature(document: bytes) -> bytes:
    start, end = document.index(b"<ds:Signature "), document.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    return document[:start] + document[end:]


def test_every_byte_of_the_document_is_kept(signer: XmlSigner) -> None:
    assert isinstance(signer, Signer)
    assert without_signature(signer.sign(ODD)) == ODD


def test_another_library_agrees(signer: XmlSigner, office: Keys) -> None:
    root = etree.fromstring(signer.sign(ODD))
    signature = root.find(q(DS, "Signature"))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(office.certificate_file), xmlsec.constants.KeyDataFormatCertPem)
    for element in signature.iter():
        if element.get("Id"):
            context.register_id(element, "Id", None)
    context.verify(signature)


@pytest.mark.parametrize(
    "empty", [b"<a/>", b"<w:a xmlns:w='urn:w' />\n", b"<a></a>", b"<?xml version='1.0'?><a b='/>'/>"]
)
def test_even_an_empty_document_can_be_sealed(signer: XmlSigner, office: Keys, empty: bytes) -> None:
    (report,) = verify_document(signer.sign(empty), {office.der})
    assert (report.valid, report.covers_whole, report.trusted) == (True, True, True)


def test_the_time_of_signing_is_told_in_utc(signer: XmlSigner, office: Keys) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    (report,) = verify_document(signer.sign(ODD, at=at), {office.der})
    assert report.signing_time == at


def test_a_second_seal_leaves_the_first_valid(signer: XmlSigner, stranger: Keys) -> None:
    twice = XmlSigner(stranger.key_file, stranger.certificate_file).sign(signer.sign(ODD))
    assert [(r.valid, r.signer) for r in verify_document(twice)] == [(True, "CN=office"), (True, "CN=stranger")]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"%PDF-1.7",
        b"<a>",
        b"<!DOCTYPE a><a/>",
        "<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"),
        b"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xb1</a>",
        b"<a/><!-- after -->",
        b"<a>x<!-- inside -->y</a>",
        b"<a xmlns='relative'/>",
    ],
)
def test_what_cannot_be_sealed_safely_is_refused(signer: XmlSigner, document: bytes) -> None:
    with pytest.raises(Permanent):
        signer.sign(document)


def test_a_missing_or_unsuitable_key_is_told(office: Keys, tmp_path: Path) -> None:
    with pytest.raises(Permanent) as missing:
        XmlSigner(tmp_path / "none.pem", office.certificate_file).sign(ODD)
    assert missing.value.code == "seal.key"
    curve = tmp_path / "curve.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    curve.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(Permanent):
        XmlSigner(curve, office.certificate_file).sign(ODD)


def test_an_expired_seal_does_not_seal(tmp_path: Path) -> None:
    expired = make_keys(tmp_path, "expired", days=0)
    with pytest.raises(Permanent, match="certificate_period"):
        XmlSigner(expired.key_file, expired.certificate_file).sign(ODD)


def test_a_certificate_of_another_key_does_not_seal(office: Keys, stranger: Keys) -> None:
    with pytest.raises(Permanent, match="mathematics"):
        XmlSigner(stranger.key_file, office.certificate_file).sign(ODD)
