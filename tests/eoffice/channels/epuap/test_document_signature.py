"""Signatures inside documents: of podpis zaufany and of others, and what becomes of them when somebody meddles."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from eoffice.channels.epuap.document_signature import XmlVerifier, verify_document
from eoffice.channels.epuap.names import C14N, DS, SHA256, XADES, XPATH, q
from portal.core.signatures import ClaimedPerson, SignatureReport, Verifier
from tests.eoffice.channels.epuap.support import Keys
from tests.eoffice.channels.epuap.xades import (
    EP_SIGNATURE,
    EVERY_SIGNATURE,
    EXCLUSIVE,
    ITSELF,
    PODPIS_ZP,
    How,
    sign,
)

WZOR = "http://crd.gov.pl/wzor/2013/12/12/1410/"
LETTER = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="{WZOR}styl.xsl"?>\n'
    f'<w:Dokument xmlns:w="{WZOR}" xmlns="urn:default"><w:Tytul>Zażalenie</w:Tytul><w:Kwota>100</w:Kwota></w:Dokument>'
).encode()
MUTATIONS = 10_000 if os.environ.get("WROTA_TEST_FULL") == "1" else 500
KEY_INFO = (
    f'<ds:Reference URI="#K1"><ds:Transforms>{EXCLUSIVE}</ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue/></ds:Reference>'
)
SECOND = {"signature": "S2", "properties": "P2"}


def only(document: bytes, *trusted: bytes) -> SignatureReport:
    (report,) = verify_document(document, trusted)
    return report


WAYS = {
    "podpis zaufany": How(),
    "podpis zaufany, exclusive": How(EVERY_SIGNATURE + EXCLUSIVE),
    "enveloped": How(ITSELF),
    "enveloped, exclusive": How(ITSELF + EXCLUSIVE),
    "enveloped, inclusive": How(f'{ITSELF}<ds:Transform Algorithm="{C14N}"/>'),
    "both ways": How(ITSELF + EVERY_SIGNATURE),
    "inclusive SignedInfo": How(canonicalization=C14N),
    "KeyInfo covered too": How(extra=KEY_INFO),
    "XPath with spaces": How(EVERY_SIGNATURE.replace("not(", "\n not( ")),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_customary_way_of_signing_is_understood(stranger: Keys, way: str) -> None:
    report = only(sign(LETTER, stranger, WAYS[way]), stranger.der)
    assert (report.valid, report.covers_whole, report.trusted, report.problems) == (True, True, True, ())
    assert report.signer == "CN=stranger"
    assert report.signing_time is not None
    assert datetime.now(UTC) - report.signing_time < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("role", "person"),
    [
        (EP_SIGNATURE, ClaimedPerson("Jan", "Kowalski", "80010112340", date(1980, 1, 1))),
        (PODPIS_ZP, ClaimedPerson("Anna", "Nowak-Zielińska", "92051512344")),
    ],
)
def test_the_person_is_told_only_under_a_pinned_seal(stranger: Keys, role: str, person: ClaimedPerson) -> None:
    signed = sign(LETTER, stranger, How(role=role))
    assert only(signed, stranger.der).claimed == person
    unpinned = only(signed)
    assert (unpinned.valid, unpinned.trusted, unpinned.claimed) == (True, False, None)


def test_two_people_may_sign_one_after_the_other(stranger: Keys, office: Keys) -> None:
    twice = sign(sign(LETTER, stranger), office, How(ids=SECOND, target="#S2"))
    assert [(r.valid, r.covers_whole, r.signer) for r in verify_document(twice)] == [
        (True, True, "CN=stranger"),
        (True, True, "CN=office"),
    ]


def test_an_enveloped_signature_covers_the_signatures_before_it(stranger: Keys, office: Keys) -> None:
    twice = sign(sign(LETTER, stranger), office, How(ITSELF, ids=SECOND, target="#S2"))
    assert [r.valid for r in verify_document(twice)] == [True, True]
    root = etree.fromstring(twice)
    root.remove(root.find(q(DS, "Signature")))
    assert [r.valid for r in verify_document(etree.tostring(root.getroottree()))] == [False]


def test_the_verifier_fulfils_the_port_and_says_nothing_of_the_unsigned(stranger: Keys) -> None:
    verifier = XmlVerifier(frozenset({stranger.der}))
    assert isinstance(verifier, Verifier)
    assert verifier.verify(LETTER) == ()
    assert verifier.verify(b"%PDF-1.7") == ()
    assert verifier.verify(sign(LETTER, stranger))[0].trusted


def _text(change: Callable[[bytes], bytes]) -> Callable[[etree._Element], bytes]:
    return lambda root: change(etree.tostring(root.getroottree()))


def _tree(change: Callable[[etree._Element], object]) -> Callable[[etree._Element], bytes]:
    def meddle(root: etree._Element) -> bytes:
        change(root)
        return etree.tostring(root.getroottree())

    return meddle


def _hide_in_false_signature(root: etree._Element) -> None:
    """What the XPath of podpis zaufany leaves out: an element that only calls itself a signature."""
    false = etree.SubElement(root.find(f"{{{WZOR}}}Tytul"), q(DS, "Signature"))
    etree.SubElement(false, f"{{{WZOR}}}Kwota").text = "666"


def _hide_in_object(root: etree._Element) -> None:
    thing = etree.SubElement(root.find(q(DS, "Signature")), q(DS, "Object"))
    etree.SubElement(thing, f"{{{WZOR}}}Kwota").text = "666"


def _hide_in_second_signature(root: etree._Element) -> None:
    false = etree.SubElement(root, q(DS, "Signature"))
    thing = etree.SubElement(false, q(DS, "Object"))
    etree.SubElement(thing, f"{{{WZOR}}}Kwota").text = "666"


def _comment(root: etree._Element) -> None:
    amount = root.find(f"{{{WZOR}}}Kwota")
    amount.text = "1"
    comment = etree.Comment("")
    comment.tail = "00"
    amount.append(comment)


def _other_time(root: etree._Element) -> None:
    root.find(f".//{q(XADES, 'SigningTime')}").text = "2020-01-01T00:00:00Z"


def _twin_properties(root: etree._Element) -> None:
    etree.SubElement(root, "twin", Id="P1")


MEDDLED: dict[str, Callable[[etree._Element], bytes]] = {
    "another amount": _text(lambda data: data.replace(b">100<", b">666<")),
    "another stylesheet": _text(lambda data: data.replace(b"styl.xsl", b"evil.xsl")),
    "no stylesheet": _text(lambda data: data[data.index(b"<w:Dokument") :]),
    "an element more": _tree(lambda root: etree.SubElement(root, f"{{{WZOR}}}Kwota")),
    "hidden in a false signature": _tree(_hide_in_false_signature),
    "hidden in an object": _tree(_hide_in_object),
    "hidden in a second signature": _tree(_hide_in_second_signature),
    "a comment in a value": _tree(_comment),
    "another time of signing": _tree(_other_time),
    "an element with the id of the properties": _tree(_twin_properties),
    "an attribute more": _tree(lambda root: root.set("a", "b")),
}


@pytest.mark.parametrize("way", ["podpis zaufany", "enveloped"])
@pytest.mark.parametrize("name", MEDDLED)
def test_nothing_can_be_changed_or_hidden(stranger: Keys, name: str, way: str) -> None:
    root = etree.fromstring(sign(LETTER, stranger, WAYS[way]))
    report = verify_document(MEDDLED[name](root), {stranger.der})[0]
    assert not (report.valid and report.covers_whole)
    assert report.problems


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        (How(method="http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "algorithm"),
        (How(digest="http://www.w3.org/2000/09/xmldsig#sha1"), "algorithm"),
        (How(transforms=EXCLUSIVE), "coverage"),
        (How(f'<ds:Transform Algorithm="{XPATH}"><ds:XPath>self::text()</ds:XPath></ds:Transform>'), "coverage"),
        (How(EVERY_SIGNATURE.replace("not(", "not(ancestor::x or ")), "coverage"),
        (How(target="#other"), "properties"),
        (How(inside="<x/>"), "foreign_object"),
        (How(time="2019-01-01T00:00:00Z"), "certificate_period"),
        (How(extra=KEY_INFO.replace("#K1", "#S1")), "reference"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_signature_made_otherwise_names_its_problem(stranger: Keys, how: How, problem: str) -> None:
    report = only(sign(LETTER, stranger, how), stranger.der)
    assert not report.valid
    assert problem in report.problems


def test_a_certificate_that_the_signer_did_not_name_is_not_believed(stranger: Keys, office: Keys) -> None:
    """KeyInfo shows another's certificate, or the properties name another's: substitution either way."""
    for how in (How(certificate=office.der), How(named=office.der), How(certificate=office.der, named=office.der)):
        report = only(sign(LETTER, stranger, how), office.der)
        assert not report.valid
        assert report.claimed is None
        assert set(report.problems) <= {"signing_certificate", "mathematics"}


def test_a_document_of_many_elements_is_judged_in_linear_time(stranger: Keys) -> None:
    many = sign(b"<a>" + b"<b/>" * 2_000 + b"</a>", stranger)
    stuffed = many.replace(b"<b/>", b"<b/><c/>" * 60, 2_000)
    assert only(stuffed, stranger.der).problems == ("mathematics",)


def test_a_changed_byte_never_goes_unnoticed(stranger: Keys) -> None:
    signed = sign(LETTER, stranger)
    chance = random.Random(7)
    harmless = 0
    for _ in range(MUTATIONS):
        data = bytearray(signed)
        data[chance.randrange(len(data))] = chance.randrange(256)
        for report in verify_document(bytes(data), {stranger.der}):
            if report.valid and report.covers_whole and report.trusted:
                assert _meaning(bytes(data)) == _meaning(signed)
                harmless += 1
    print(f"\n{MUTATIONS} single-byte mutations of a signed document: {harmless} harmless, 0 with another meaning")


def _meaning(document: bytes) -> bytes:
    """Everything but the signatures, in canonical form, instructions before the root included."""
    root = etree.fromstring(document)
    for signature in root.findall(q(DS, "Signature")):
        root.remove(signature)
    return etree.tostring(root.getroottree(), method="c14n", with_comments=False)
