from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import xmlsec
from lxml import etree

from tests.eoffice.sandbox.client import DS, EXT, LETTER, SIGNED_LETTER, Fault, b64
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

UPO = "{http://crd.gov.pl/xml/schematy/UPO/2008/05/09/}"
LETTER_BYTES = (LETTER % "pierwsze").encode()


def _lodge(world: World, content: bytes = LETTER_BYTES, **extra: str) -> etree._Element:
    return world.office.nadaj(content, OFFICE_BOX, CITIZEN_BOX, "jkowalski", **extra)


def test_a_lodged_document_waits_in_the_box_and_its_receipt_comes_with_the_answer(world: World) -> None:
    answer = _lodge(world)

    assert answer.findtext("status/kod") == "1"
    assert [str(row["document"]) for row in world.queue()] == [answer.findtext("identyfikatorDokumentu")]
    receipt = etree.fromstring(base64.b64decode(answer.findtext("zalacznik/zawartosc") or ""))
    upp = receipt.find(f"{UPO}UPP")
    assert upp is not None
    assert upp.findtext(f"{UPO}IdentyfikatorDokumentu") == answer.findtext("identyfikatorDokumentu")
    assert upp.findtext(f"{UPO}IdentyfikatorPoswiadczenia") == answer.findtext("identyfikatorUpp")
    assert upp.findtext(f"{UPO}Nadawca/{UPO}Nazwa") == "Jan Kowalski"
    assert upp.findtext(f"{UPO}Adresat/{UPO}IdentyfikatorPodmiotu") == "gminaWrotkowo"


def test_the_receipt_is_sealed_by_the_sandbox(world: World) -> None:
    receipt = etree.fromstring(base64.b64decode(_lodge(world).findtext("zalacznik/zawartosc") or ""))
    context = xmlsec.SignatureContext()
    seal = world.data / "server" / "seal-cert.pem"
    context.key = xmlsec.Key.from_file(str(seal), xmlsec.constants.KeyDataFormatCertPem)
    properties = receipt.find(".//{http://uri.etsi.org/01903/v1.3.2#}SignedProperties")
    context.register_id(properties, "Id")

    context.verify(receipt.find(f"{{{DS}}}Signature"))


def test_a_trial_checks_everything_and_delivers_nothing(world: World) -> None:
    answer = _lodge(world, CzyProbne="true")

    assert answer.findtext("status/kod") == "1"
    assert answer.find("zalacznik") is None
    assert world.queue() == []
    assert world.api("counts") == {"by_content": {}, "by_mark": {}, "by_name": {}}


def test_a_trial_of_a_bad_document_fails_like_the_real_sending(world: World) -> None:
    with pytest.raises(Fault):
        _lodge(world, b"to nie jest XML", CzyProbne="1")


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"nie XML", {}),
        (b"<a>\xff</a>", {}),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', {}),
        (LETTER_BYTES, {"AdresSkrytki": "/nikt/nigdzie"}),
        (LETTER_BYTES, {"AdresOdpowiedzi": "/nikt/nigdzie"}),
        (LETTER_BYTES, {"AdresOdpowiedzi": "/starostwoWrotki/SkrytkaESP"}),
        (LETTER_BYTES, {"CzyProbne": "tak"}),
        (LETTER_BYTES, {"DaneDodatkowe": "!!!"}),
        (LETTER_BYTES, {"DaneDodatkowe": b64(b"nie XML")}),
        (LETTER_BYTES, {"AdresSkrytki": ""}),
        (b"", {}),
    ],
)
def test_what_the_box_cannot_take_is_a_fault_with_a_detail(
    world: World, content: bytes, headers: dict[str, str]
) -> None:
    with pytest.raises(Fault) as caught:
        _lodge(world, content, **headers)

    assert caught.value.status == 500
    assert caught.value.number is not None
    assert world.queue() == []


def test_a_system_acting_for_a_stranger_gets_401(world: World) -> None:
    with pytest.raises(Fault) as caught:
        world.office.nadaj(LETTER_BYTES, OFFICE_BOX, CITIZEN_BOX, "starostwoWrotki")

    assert caught.value.status == 401


def test_the_sender_is_the_podmiot_acted_for_and_the_system_that_did_it(world: World) -> None:
    _lodge(world)

    answer = world.office.pull("Pobierz", OFFICE_BOX)
    assert answer.findtext("danePodmiotu/identyfikator") == "jkowalski"
    assert answer.findtext("danePodmiotu/typOsoby") == "F"
    assert answer.findtext("daneNadawcy/system") == "EOD-Wrotkowo"
    assert answer.findtext("adresOdpowiedzi") == CITIZEN_BOX


def test_additional_data_of_the_sender_come_before_the_identifier_of_the_document(world: World) -> None:
    mine = b"<x:meta xmlns:x='urn:x'><x:IdentyfikatorDokumentu>moje</x:IdentyfikatorDokumentu></x:meta>"
    sent = _lodge(world, DaneDodatkowe=b64(mine)).findtext("identyfikatorDokumentu")

    extra = world.office.pull("Pobierz", OFFICE_BOX).findtext("daneDodatkowe") or ""
    names = etree.fromstring(base64.b64decode(extra)).xpath("//*[local-name()='IdentyfikatorDokumentu']/text()")
    assert names == ["moje", sent]


def test_a_box_may_send_its_receipt_later_to_the_reply_box(world: World) -> None:
    world.api("boxes", {"address": OFFICE_BOX, "upp": "queue"})

    answer = _lodge(world)

    assert answer.find("zalacznik") is None
    [receipt] = world.citizen.empty(CITIZEN_BOX)
    assert b":UPP>" in receipt


def test_a_box_may_issue_no_receipt_at_all(world: World) -> None:
    world.api("boxes", {"address": OFFICE_BOX, "upp": "never"})

    answer = _lodge(world)

    assert answer.find("zalacznik") is None
    assert answer.find("identyfikatorUpp") is None
    assert world.queue(CITIZEN_BOX) == []


def test_a_box_may_demand_a_signature(world: World) -> None:
    world.api("boxes", {"address": OFFICE_BOX, "signature_required": True})

    with pytest.raises(Fault):
        _lodge(world)
    assert _lodge(world, (SIGNED_LETTER % 1).encode()).findtext("status/kod") == "1"


def test_a_box_may_take_only_given_templates(world: World) -> None:
    world.api("boxes", {"address": OFFICE_BOX, "templates": ["http://crd.gov.pl/wzor/2013/12/12/1410/"]})

    with pytest.raises(Fault):
        _lodge(world, b"<inny xmlns='urn:inny'/>")
    assert _lodge(world).findtext("status/kod") == "1"


def test_the_stored_bytes_are_exactly_the_sent_ones(world: World) -> None:
    odd = '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<a  b="1"\t>ż</a>\n<!-- koniec -->'.encode()
    _lodge(world, odd)

    assert world.office.empty(OFFICE_BOX) == [odd]


def test_the_same_document_lodged_twice_is_counted_twice(world: World) -> None:
    _lodge(world)
    _lodge(world)

    [times] = world.api("counts")["by_content"]["nadaj"].values()
    assert times == 2
    assert world.api("counts")["by_name"] == {"nadaj": {"pismo.xml": 2}}


def test_nadaj_any_takes_the_document_as_elements(world: World) -> None:
    headers = {
        "IdentyfikatorPodmiotu": "jkowalski",
        "AdresSkrytki": OFFICE_BOX,
        "AdresOdpowiedzi": CITIZEN_BOX,
        "CzyProbne": "0",
        "NazwaPliku": "any.xml",
    }
    body = f'<x:Dokument xmlns:x="{EXT}"><p:pismo xmlns:p="urn:p"><p:t>Zażółć</p:t></p:pismo></x:Dokument>'

    assert world.office.call("skrytka", body, headers).findtext("status/kod") == "1"
    [content] = world.office.empty(OFFICE_BOX)
    assert etree.fromstring(content).findtext("{urn:p}t") == "Zażółć"


def test_many_senders_at_once_lose_nothing_and_share_no_number(world: World) -> None:
    def send(number: int) -> str:
        answer = world.office.nadaj((LETTER % number).encode(), OFFICE_BOX, CITIZEN_BOX, "jkowalski")
        return answer.findtext("identyfikatorDokumentu") or ""

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(send, range(60)))

    assert len(set(numbers)) == 60
    assert sorted(map(int, numbers)) == [row["document"] for row in world.queue()]
