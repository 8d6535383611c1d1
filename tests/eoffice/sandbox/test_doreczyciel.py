from __future__ import annotations

import base64
from pathlib import Path

import pytest
import xmlsec
from lxml import etree

from eoffice.sandbox import identity, xades
from tests.eoffice.sandbox.client import DS, LETTER, SIGNED_LETTER, Fault, document
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

UPO = "{http://crd.gov.pl/xml/schematy/UPO/2008/05/09/}"
DECISION = (SIGNED_LETTER % 7).encode()
DAY_MS = 24 * 60 * 60 * 1000


def _deliver(world: World, **extra: str) -> etree._Element:
    marks = {"IdentyfikatorDokumentu": "D-1", "IdentyfikatorSprawy": "OSO.5345.7.2026"}
    return world.office.dorecz(DECISION, CITIZEN_BOX, OFFICE_BOX, "gminaWrotkowo", **{**marks, **extra})


def _later(world: World, milliseconds: int) -> None:
    world.api("clock", {"advance_ms": milliseconds})


def test_an_order_is_numbered_and_nothing_arrives_before_the_receipt_is_signed(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "hand"})
    answer = _deliver(world)

    assert answer.findtext("status/kod") == "1"
    assert (answer.findtext("identyfikatorDokumentu") or "").isdigit()
    [order] = world.api("orders")
    assert str(order["id"]) == answer.findtext("identyfikatorZlecenia")
    assert order["state"] == "waiting"
    assert world.queue(CITIZEN_BOX) == []


def test_the_signed_receipt_comes_back_by_pull_with_the_senders_marks(world: World) -> None:
    _deliver(world)
    _later(world, 1000)

    [upd] = world.office.empty(OFFICE_BOX)
    root = etree.fromstring(upd)
    assert root.findtext(f"{UPO}UPD/{UPO}IdentyfikatorDokumentu") == "D-1"
    assert root.findtext(f"{UPO}UPD/{UPO}IdentyfikatorSprawy") == "OSO.5345.7.2026"
    assert root.findtext(f"{UPO}UPD/{UPO}Adresat/{UPO}Nazwa") == "Jan Kowalski"
    assert world.citizen.empty(CITIZEN_BOX) == [DECISION]


def test_the_receipt_is_signed_by_the_recipient(world: World) -> None:
    _deliver(world)
    _later(world, 1000)

    root = etree.fromstring(world.office.empty(OFFICE_BOX)[0])
    context = xmlsec.SignatureContext()
    certificate = world.data / "clients" / "jkowalski" / "cert.pem"
    context.key = xmlsec.Key.from_file(str(certificate), xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(root.find(".//{http://uri.etsi.org/01903/v1.3.2#}SignedProperties"), "Id")
    context.verify(root.find(f"{{{DS}}}Signature"))


def test_a_receipt_is_issued_once(world: World) -> None:
    _deliver(world)
    _later(world, 1000)
    number = world.api("orders")[0]["id"]

    assert world.api(f"orders/{number}/collect", {}) == {"done": False}
    assert len(world.office.empty(OFFICE_BOX)) == 1


def test_an_unsigned_document_is_a_fault(world: World) -> None:
    with pytest.raises(Fault) as caught:
        world.office.dorecz((LETTER % 1).encode(), CITIZEN_BOX, OFFICE_BOX, "gminaWrotkowo")

    assert caught.value.number is not None
    assert world.api("orders") == []


def test_a_trial_delivery_places_no_order(world: World) -> None:
    assert _deliver(world, CzyProbne="1").findtext("status/kod") == "1"
    assert world.api("orders") == []


@pytest.mark.parametrize("due", ["wczoraj", "2001-01-01T00:00:00", "99999999"])
def test_a_due_date_must_be_a_date_ahead(world: World, due: str) -> None:
    with pytest.raises(Fault):
        _deliver(world, TerminDoreczenia=due)


def test_collection_by_hand_waits_for_the_hand(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "hand"})
    _deliver(world)
    _later(world, DAY_MS)
    assert world.queue() == []

    number = world.api("orders")[0]["id"]
    assert world.api(f"orders/{number}/collect", {}) == {"done": True}
    assert len(world.queue()) == 1


def test_nothing_comes_when_the_recipient_refuses(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "hand"})
    _deliver(world)
    number = world.api("orders")[0]["id"]

    assert world.api(f"orders/{number}/refuse", {}) == {"done": True}
    assert world.api(f"orders/{number}/collect", {}) == {"done": False}
    assert world.queue() == []


def test_an_order_never_collected_lapses_after_fourteen_days(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "never"})
    _deliver(world)

    _later(world, 14 * DAY_MS - 60_000)
    assert world.api("orders")[0]["state"] == "waiting"
    _later(world, 60_000)
    assert world.api("orders")[0]["state"] == "lapsed"
    assert world.queue() == []


def test_the_senders_own_software_collects_with_a_signed_receipt(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "self"})
    _deliver(world)
    [unsigned] = world.citizen.empty(CITIZEN_BOX)
    signed = xades.sign(unsigned, _identity(world.data / "clients" / "jkowalski"), 1_790_000_000_000)

    headers = {"IdentyfikatorPodmiotu": "jkowalski", "CzyProbne": "0"}
    answer = world.citizen.call("doreczyciel", document(signed, "upd.xml", "UPD"), headers)

    assert answer.findtext("kod") == "1"
    assert world.citizen.empty(CITIZEN_BOX) == [DECISION]
    assert world.office.empty(OFFICE_BOX) == [signed]


@pytest.mark.parametrize("who", ["anowak", ""])
def test_a_receipt_not_signed_by_the_recipient_collects_nothing(world: World, who: str) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "self"})
    _deliver(world)
    [receipt] = world.citizen.empty(CITIZEN_BOX)
    if who:
        receipt = xades.sign(receipt, _identity(world.data / "clients" / who), 1_790_000_000_000)

    with pytest.raises(Fault):
        world.citizen.call("doreczyciel", document(receipt, "upd.xml", "UPD"), {"IdentyfikatorPodmiotu": "jkowalski"})
    assert world.queue(CITIZEN_BOX) == []


def test_a_receipt_changed_after_signing_collects_nothing(world: World) -> None:
    world.api("boxes", {"address": CITIZEN_BOX, "collect": "self"})
    _deliver(world)
    [receipt] = world.citizen.empty(CITIZEN_BOX)
    signed = xades.sign(receipt, _identity(world.data / "clients" / "jkowalski"), 1_790_000_000_000)

    with pytest.raises(Fault):
        world.citizen.call(
            "doreczyciel",
            document(signed.replace(b"OSO.5345.7.2026", b"OSO.5345.8.2026"), "upd.xml", "UPD"),
            {"IdentyfikatorPodmiotu": "jkowalski"},
        )


def test_the_certificate_of_a_citizen_names_him_like_a_qualified_one(world: World) -> None:
    subject = _identity(world.data / "clients" / "jkowalski").certificate.subject.rfc4514_string()

    assert "2.5.4.5=PNOPL-80010112340" in subject
    assert base64.b64decode(world.citizen.certificate)


def _identity(folder: Path) -> identity.Identity:
    return identity.load(folder / "key.pem", folder / "cert.pem")
