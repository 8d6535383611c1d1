"""Receipts are told from letters by their root, read in either spelling, and believed only when sealed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from eoffice.channels.epuap import receipts
from eoffice.channels.epuap.names import DS, UPO
from eoffice.channels.epuap.receipts import Subject
from tests.eoffice.channels.epuap.support import Keys
from tests.eoffice.channels.epuap.xades import EP_SIGNATURE, ITSELF, How, sign

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet type="text/xsl" href="http://crd.gov.pl/x.xsl"?>\n'


def subject(tag: str, name: str, identifier: str, qualified: bool) -> str:
    attribute = "pos:TypIdentyfikatora" if qualified else "TypIdentyfikatora"
    return (
        f"<pos:{tag}><pos:Nazwa>{name}</pos:Nazwa>"
        f'<pos:IdentyfikatorPodmiotu {attribute}="ePUAP-ID">{identifier}</pos:IdentyfikatorPodmiotu></pos:{tag}>'
    )


def upp(qualified: bool = False) -> bytes:
    return (
        f'{HEAD}<pos:Dokument xmlns:pos="{UPO}"><pos:UPP>'
        "<pos:IdentyfikatorPoswiadczenia>UPP-9</pos:IdentyfikatorPoswiadczenia>"
        f"{subject('Adresat', 'Urząd Gminy', 'gminaX', qualified)}{subject('Nadawca', 'Jan Kowalski', 'jk', qualified)}"
        "<pos:DataDoreczenia>2026-03-02T10:15:30.123</pos:DataDoreczenia>"
        "<pos:DataWytworzeniaPoswiadczenia>2026-03-02T10:15:31+01:00</pos:DataWytworzeniaPoswiadczenia>"
        "<pos:IdentyfikatorDokumentu>123456</pos:IdentyfikatorDokumentu>"
        '<pos:InformacjaUzupelniajaca TypInformacjiUzupelniajacej="x">Poświadczenie <b>przedłożenia</b>'
        "</pos:InformacjaUzupelniajaca></pos:UPP></pos:Dokument>"
    ).encode()


UPD = (
    f'{HEAD}<Dokument xmlns="{UPO}"><UPD><IdentyfikatorPoswiadczenia>UPD-7</IdentyfikatorPoswiadczenia>'
    "<PodmiotWystawiajacyPoswiadczenie><Nazwa>ePUAP</Nazwa></PodmiotWystawiajacyPoswiadczenie>"
    "<Adresat><Nazwa>Jan Kowalski</Nazwa></Adresat><DataOdbioru>2026-03-09T12:00:00Z</DataOdbioru>"
    "<DataUtworzeniaPoswiadczenia>nigdy</DataUtworzeniaPoswiadczenia><IdentyfikatorSprawy>OR.1431.3.2026"
    "</IdentyfikatorSprawy><IdentyfikatorDokumentu>RPWY/7/2026</IdentyfikatorDokumentu></UPD></Dokument>"
).encode()


@pytest.mark.parametrize("qualified", [False, True])
def test_a_upp_is_read_with_its_attributes_qualified_or_not(qualified: bool) -> None:
    receipt = receipts.read(upp(qualified))
    assert receipt is not None
    assert (receipt.kind, receipt.receipt_id, receipt.document_id) == ("upp", "UPP-9", "123456")
    assert receipt.recipient == Subject("Urząd Gminy", "gminaX", "ePUAP-ID")
    assert receipt.sender == Subject("Jan Kowalski", "jk", "ePUAP-ID")
    assert receipt.received_at == datetime(2026, 3, 2, 9, 15, 30, 123000, tzinfo=UTC)
    assert receipt.issued_at == datetime(2026, 3, 2, 9, 15, 31, tzinfo=UTC)
    assert receipt.notes == ("Poświadczenie przedłożenia",)


def test_a_upd_tells_when_it_was_collected_and_our_own_marks() -> None:
    receipt = receipts.read(UPD)
    assert receipt is not None
    assert (receipt.kind, receipt.document_id, receipt.case_sign) == ("upd", "RPWY/7/2026", "OR.1431.3.2026")
    assert receipt.received_at == datetime(2026, 3, 9, 12, tzinfo=UTC)
    assert receipt.issued_at is None
    assert receipt.issuer == Subject("ePUAP")
    assert receipt.signature is None
    assert not receipt.genuine


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (upp(), "upp"),
        (UPD, "upd"),
        (b"<d xmlns='http://crd.gov.pl/wzor/2013/12/12/1410/'/>", "letter"),
        (b"<d xmlns='http://epuap.gov.pl/fe-model-web/wzor_lokalny/EPUAP-----/podpisanyPlik/'/>", "letter"),
        (b"<d xmlns='urn:else'/>", "unknown"),
        (b"<d xmlns='https://crd.gov.pl/wzor/2013/12/12/1410/'/>", "unknown"),
        (f"<Dokument xmlns='{UPO}'/>".encode(), "unknown"),
        (f"<Dokument xmlns='{UPO}'><UPP/><UPD/></Dokument>".encode(), "unknown"),
        (f"<Dokument xmlns='{UPO}'><x><UPP/></x></Dokument>".encode(), "unknown"),
        (f"<UPP xmlns='{UPO}'/>".encode(), "unknown"),
        (b"%PDF-1.7", "unknown"),
    ],
)
def test_the_root_tells_what_the_queue_brought(document: bytes, kind: str) -> None:
    assert receipts.classify(document) == kind
    assert (receipts.read(document) is not None) == (kind in {"upp", "upd"})


def test_a_upp_is_genuine_under_the_pinned_seal_only(server_keys: Keys, stranger: Keys) -> None:
    sealed = receipts.verify(sign(upp(), server_keys, How(ITSELF)), {server_keys.der})
    assert sealed is not None
    assert sealed.genuine
    foreign = receipts.verify(sign(upp(), stranger, How(ITSELF)), {server_keys.der})
    assert foreign is not None
    assert foreign.signature is not None
    assert foreign.signature.valid
    assert not foreign.genuine


@pytest.mark.parametrize("how", [How(), How(ITSELF)])
def test_a_upd_is_genuine_under_its_recipients_own_signature_and_says_whose(stranger: Keys, how: How) -> None:
    receipt = receipts.verify(sign(UPD, stranger, how), ())
    assert receipt is not None
    assert receipt.genuine
    assert receipt.signature is not None
    assert receipt.signature.signer == "CN=stranger"


def test_a_upd_signed_by_podpis_zaufany_names_the_person(stranger: Keys) -> None:
    receipt = receipts.verify(sign(UPD, stranger, How(role=EP_SIGNATURE)), {stranger.der})
    assert receipt is not None
    assert receipt.signature is not None
    assert receipt.signature.claimed is not None
    assert receipt.signature.claimed.family_name == "Kowalski"


@pytest.mark.parametrize("change", [(b"123456", b"666666"), (b"UPP-9", b"UPP-8"), (b"x.xsl", b"y.xsl")])
def test_a_changed_receipt_is_not_genuine(server_keys: Keys, change: tuple[bytes, bytes]) -> None:
    forged = sign(upp(), server_keys).replace(*change)
    receipt = receipts.verify(forged, {server_keys.der})
    assert receipt is not None
    assert not receipt.genuine


def test_a_signature_that_holds_another_receipt_does_not_lend_its_validity(server_keys: Keys) -> None:
    """The genuine receipt moved into a false signature, an evil one in its place."""
    genuine = sign(upp(), server_keys)
    start, end = genuine.index(b"<pos:UPP>"), genuine.index(b"</pos:UPP>") + len(b"</pos:UPP>")
    moved = f'<ds:Signature xmlns:ds="{DS}"><ds:Object>'.encode() + genuine[start:end] + b"</ds:Object></ds:Signature>"
    forged = genuine[:end].replace(b"123456", b"666666") + moved + genuine[end:]
    receipt = receipts.verify(forged, {server_keys.der})
    assert receipt is not None
    assert receipt.document_id == "666666"
    assert not receipt.genuine


def test_of_several_signatures_the_best_one_counts(server_keys: Keys, stranger: Keys) -> None:
    twice = sign(sign(upp(), stranger), server_keys, How(ids={"signature": "S2", "properties": "P2"}, target="#S2"))
    receipt = receipts.verify(twice, {server_keys.der})
    assert receipt is not None
    assert receipt.genuine
