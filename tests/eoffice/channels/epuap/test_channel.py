"""The port spoken in ePUAP's words, against a server that answers from cans."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from eoffice.channels.epuap import EpuapChannel, Limits, mapping
from eoffice.channels.epuap.names import OBI, SOAP, STORE, q
from eoffice.channels.port import Channel, File
from portal.core import clock
from portal.core.errors import Permanent, Temporary, Uncertain
from tests.eoffice.channels.epuap.support import (
    BOX,
    Cans,
    Keys,
    Reply,
    answer_text,
    b64,
    document,
    make_keys,
    options,
    outgoing,
    pulled,
    status,
)

LETTER = b'<?xml version="1.0"?>\r\n<Dokument xmlns="http://crd.gov.pl/wzor/2013/12/12/1410/"/>'
SHA1 = b64(hashlib.sha1(LETTER, usedforsecurity=False).digest())
EMPTY = status("OdpowiedzPullPobierz", 0)
CONFIRMED = status("OdpowiedzPullPotwierdz", 1)


def headers(world: Cans) -> dict[str, str]:
    root = etree.fromstring(world.requests[-1][2])
    blocks = [block for block in root.find(q(SOAP, "Header")) if etree.QName(block).namespace == OBI]
    return {etree.QName(block).localname: block.text or "" for block in blocks}


def payload(world: Cans) -> dict[str, str]:
    return {child.tag: child.text or "" for child in etree.fromstring(world.requests[-1][2]).find(q(SOAP, "Body"))[0]}


def says(world: Cans, keys: Keys, **answers: str | list[str]) -> None:
    """Answer each payload by name; a list is given out one by one, its last again and again."""

    def answer(name: str, _: bytes) -> Reply:
        told: Any = answers[name]
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        return Reply(answer_text(told, keys))

    world.answer = answer


def test_the_adapter_fulfils_the_port(channel: EpuapChannel) -> None:
    assert isinstance(channel, Channel)
    assert channel.boxes() == (BOX,)
    assert channel.track("5") is None


def test_lodging_sends_the_document_and_brings_back_the_upp(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    more = "<identyfikatorDokumentu>123456</identyfikatorDokumentu><identyfikatorUpp>99</identyfikatorUpp>"
    upp = document(b"<upp/>", "zalacznik", "UPP.xml", "text/xml")
    says(world, server_keys, Dokument=status("OdpowiedzSkrytki", 1, more + upp))
    handed = channel.lodge(outgoing(data=LETTER))
    assert (handed.external_id, handed.receipt_id) == ("123456", "99")
    assert handed.receipt == File("UPP.xml", "application/xml", b"<upp/>")
    assert headers(world) == {
        "IdentyfikatorPodmiotu": "gminaX",
        "AdresSkrytki": "/starostwoY/skrytka",
        "AdresOdpowiedzi": BOX,
        "CzyProbne": "false",
    }
    assert base64.b64decode(payload(world)["zawartosc"]) == LETTER
    assert payload(world)["nazwaPliku"] == f"pismo-{mapping.mark('submission:0001')}.xml"


def test_lodging_without_a_upp_is_success_too(world: Cans, channel: EpuapChannel, server_keys: Keys) -> None:
    says(
        world, server_keys, Dokument=status("OdpowiedzSkrytki", 1, "<identyfikatorDokumentu>1</identyfikatorDokumentu>")
    )
    handed = channel.lodge(outgoing(on_behalf="szkola1", reply_to="/gminaX/inna", dry_run=True))
    assert handed.receipt is None
    assert headers(world)["IdentyfikatorPodmiotu"] == "szkola1"
    assert headers(world)["AdresOdpowiedzi"] == "/gminaX/inna"
    assert headers(world)["CzyProbne"] == "true"


def test_a_signed_refusal_is_permanent_and_carries_its_number(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    says(world, server_keys, Dokument=status("OdpowiedzSkrytki", 17, text="Brak uprawnień"))
    with pytest.raises(Permanent, match="Brak uprawnień") as refusal:
        channel.lodge(outgoing())
    assert refusal.value.code == "epuap.status.17"


@pytest.mark.parametrize(("data", "code"), [(b"", "epuap.empty"), (b"x" * 101, "epuap.too_large")])
def test_a_document_no_box_would_take_does_not_leave(
    world: Cans, office: Keys, server_keys: Keys, data: bytes, code: str
) -> None:
    channel = EpuapChannel(options(world.url, office, server_keys, limits=Limits(document=100)))
    with pytest.raises(Permanent) as refusal:
        channel.lodge(outgoing(data=data))
    assert refusal.value.code == code
    assert world.requests == []


def test_a_value_xml_cannot_hold_does_not_leave(world: Cans, channel: EpuapChannel) -> None:
    with pytest.raises(Permanent) as refusal:
        channel.lodge(outgoing(recipient="/a/b\x00"))
    assert refusal.value.code == "epuap.request"
    assert world.requests == []


def test_a_delivery_tells_our_marks_and_the_last_day_of_collection(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    ids = "<identyfikatorDokumentu>8</identyfikatorDokumentu><identyfikatorZlecenia>501</identyfikatorZlecenia>"
    says(world, server_keys, Dokument=status("OdpowiedzDoreczyciela", 1, ids))
    due = datetime(2026, 4, 1, 12, tzinfo=UTC)
    handed = channel.send(outgoing(document_id="RPWY/7/2026", case_sign="OR.1431.3.2026", due=due))
    assert (handed.external_id, handed.order_id, handed.receipt) == ("8", "501", None)
    assert headers(world)["TerminDoreczenia"] == "2026-04-01T12:00:00Z"
    assert headers(world)["IdentyfikatorDokumentu"] == "RPWY/7/2026"
    assert headers(world)["IdentyfikatorSprawy"] == "OR.1431.3.2026"
    assert "UPD" not in headers(world)


def test_a_delivery_without_a_term_waits_fourteen_days_and_is_still_recognisable(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    says(world, server_keys, Dokument=status("OdpowiedzDoreczyciela", 1))
    with clock.frozen(datetime(2026, 3, 1, 8, tzinfo=UTC)):
        channel.send(outgoing())
    assert headers(world)["TerminDoreczenia"] == "2026-03-15T08:00:00Z"
    assert headers(world)["IdentyfikatorDokumentu"] == mapping.mark("submission:0001")
    assert "IdentyfikatorSprawy" not in headers(world)


def test_a_received_document_is_told_exactly_as_it_came(world: Cans, channel: EpuapChannel, server_keys: Keys) -> None:
    says(world, server_keys, ZapytaniePullPobierz=pulled(LETTER))
    taken = channel.receive(BOX)
    assert taken is not None
    assert taken.document == File("pismo.xml", "application/xml", LETTER)
    assert (taken.external_id, taken.token) == ("77", f"{SHA1} 77")
    assert (taken.sender_id, taken.sender_name, taken.sender_kind) == ("jkowalski", "Jan Kowalski", "person")
    assert taken.sender_identifiers == {"pesel": "80010112340"}
    assert taken.reply_to == "/jkowalski/domyslna"
    assert taken.sent_at == datetime(2026, 3, 2, 9, 15, 30, 123000, tzinfo=UTC)
    assert not taken.test
    assert payload(world) == {"podmiot": "gminaX", "nazwaSkrytki": "SkrytkaESP", "adresSkrytki": BOX}


def test_an_empty_queue_answers_with_a_status_and_nothing_else(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    says(world, server_keys, ZapytaniePullPobierz=EMPTY, ZapytaniePullOczekujace=status("OdpowiedzPullOczekujace", 0))
    assert channel.receive(BOX) is None
    assert channel.waiting(BOX) == 0


@pytest.mark.parametrize("broken", ["<oczekujace>many</oczekujace>", "<oczekujace>-1</oczekujace>", ""])
def test_a_count_that_is_none_is_not_guessed(
    world: Cans, channel: EpuapChannel, server_keys: Keys, broken: str
) -> None:
    says(world, server_keys, ZapytaniePullOczekujace=status("OdpowiedzPullOczekujace", 1, broken))
    with pytest.raises(Permanent):
        channel.waiting(BOX)


def test_another_box_is_not_asked_about(world: Cans, channel: EpuapChannel) -> None:
    with pytest.raises(Permanent):
        channel.receive("/somebody/else")
    assert world.requests == []


def test_confirming_right_after_receiving_is_one_call_with_the_digest_of_the_decoded_bytes(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    says(world, server_keys, ZapytaniePullPobierz=pulled(LETTER), ZapytaniePullPotwierdz=CONFIRMED)
    taken = channel.receive(BOX)
    assert taken is not None
    channel.acknowledge(BOX, taken.token)
    assert len(world.requests) == 2
    assert payload(world)["skrot"] == SHA1


def test_the_digest_of_the_confirmation_can_be_sha256(world: Cans, office: Keys, server_keys: Keys) -> None:
    channel = EpuapChannel(options(world.url, office, server_keys, digest="sha256"))
    says(world, server_keys, ZapytaniePullPobierz=pulled(LETTER))
    taken = channel.receive(BOX)
    assert taken is not None
    assert taken.token == f"{b64(hashlib.sha256(LETTER).digest())} 77"


def test_confirming_again_after_a_lost_answer_looks_at_the_head_and_leaves_a_twin_alone(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    """The first confirmation worked, its answer was lost, and the next letter has the very same bytes."""
    replies = {"ZapytaniePullPobierz": [pulled(LETTER, "77"), pulled(LETTER, "78")], "ZapytaniePullPotwierdz": []}

    def answer(name: str, _: bytes) -> Reply:
        return Reply(answer_text(replies[name].pop(0), server_keys)) if replies[name] else Reply(None)

    world.answer = answer
    taken = channel.receive(BOX)
    assert taken is not None
    with pytest.raises(Temporary):
        channel.acknowledge(BOX, taken.token)
    world.requests.clear()
    channel.acknowledge(BOX, taken.token)
    assert [etree.QName(etree.fromstring(r[2]).find(q(SOAP, "Body"))[0]).localname for r in world.requests] == [
        "ZapytaniePullPobierz"
    ]


def test_a_worker_that_did_not_receive_the_document_itself_confirms_it_when_it_is_still_the_head(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    says(world, server_keys, ZapytaniePullPobierz=pulled(LETTER), ZapytaniePullPotwierdz=CONFIRMED)
    channel.acknowledge(BOX, f"{SHA1} 77")
    assert payload(world)["skrot"] == SHA1


@pytest.mark.parametrize("kod", [0, 2])
def test_a_document_confirmed_before_is_success(
    world: Cans, channel: EpuapChannel, server_keys: Keys, kod: int
) -> None:
    head = [pulled(LETTER), EMPTY]
    says(world, server_keys, ZapytaniePullPobierz=head, ZapytaniePullPotwierdz=status("OdpowiedzPullPotwierdz", kod))
    taken = channel.receive(BOX)
    assert taken is not None
    channel.acknowledge(BOX, taken.token)


def test_a_confirmation_refused_while_the_document_is_still_there_is_permanent(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    refused = status("OdpowiedzPullPotwierdz", 5)
    says(world, server_keys, ZapytaniePullPobierz=pulled(LETTER), ZapytaniePullPotwierdz=refused)
    taken = channel.receive(BOX)
    assert taken is not None
    with pytest.raises(Permanent) as refusal:
        channel.acknowledge(BOX, taken.token)
    assert refusal.value.code == "epuap.status.5"


def test_a_trial_sending_is_marked(world: Cans, channel: EpuapChannel, server_keys: Keys) -> None:
    says(world, server_keys, ZapytaniePullPobierz=pulled(LETTER, test="true"))
    taken = channel.receive(BOX)
    assert taken is not None
    assert taken.test


def stored(name: str, address: str = "/starostwoY/skrytka", folder: str = "SENT", upo: str = "") -> str:
    nil = 'xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    receipt = f"<idUPO>{upo}</idUPO>" if upo else f"<idUPO {nil}/>"
    return (
        f"<SzczegolyDokumentuTyp><id>31</id><nazwa>{name}</nazwa><metadane {nil}/>{receipt}<nadawca {nil}/>"
        f"<adresat><nazwa>S</nazwa><adres>{address}</adres></adresat><folder>{folder}</folder></SzczegolyDokumentuTyp>"
    )


def listing(*entries: str) -> str:
    inner = f"<zawartoscSkladu>{''.join(entries)}</zawartoscSkladu>"
    return f'<z:zawartoscSkladuResponse xmlns:z="{STORE}">{inner}</z:zawartoscSkladuResponse>'


OURS = f"pismo-{mapping.mark('submission:0001')}"


def test_a_lost_sending_is_found_by_its_mark_although_the_store_drops_the_ending(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    says(world, server_keys, zawartoscSkladu=listing(stored("pismo"), stored(OURS)))
    found = channel.find(outgoing())
    assert found is not None
    assert found.done
    assert found.handed is not None
    assert found.handed.external_id == "31"


def test_a_found_sending_brings_its_upp_when_the_store_has_it(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    upp = (
        b'<p:Dokument xmlns:p="http://crd.gov.pl/xml/schematy/UPO/2008/05/09/"><p:UPP><p:IdentyfikatorPoswiadczenia>U9'
        b"</p:IdentyfikatorPoswiadczenia><p:IdentyfikatorDokumentu>123456</p:IdentyfikatorDokumentu></p:UPP></p:Dokument>"
    )
    content = f"<szczegolyDokumentu><nazwa>upp</nazwa></szczegolyDokumentu><tresc>{b64(upp)}</tresc>"
    result = f"<pobierzDokumentResult>{content}</pobierzDokumentResult>"
    answer = f'<z:pobierzDokumentResponse xmlns:z="{STORE}">{result}</z:pobierzDokumentResponse>'
    says(world, server_keys, zawartoscSkladu=listing(stored(OURS, upo="44")), pobierzDokument=answer)
    found = channel.find(outgoing())
    assert found is not None
    assert found.handed is not None
    assert (found.handed.external_id, found.handed.receipt_id) == ("123456", "U9")
    assert found.handed.receipt is not None
    assert found.handed.receipt.data == upp


@pytest.mark.parametrize(
    "entry", [stored("pismo"), stored(OURS, address="/other/box"), stored(OURS, folder="DRAFT"), ""]
)
def test_absence_from_the_store_is_no_answer_unless_the_office_vouches_for_the_store(
    world: Cans, office: Keys, server_keys: Keys, entry: str
) -> None:
    says(world, server_keys, zawartoscSkladu=listing(entry))
    given = options(world.url, office, server_keys)
    assert EpuapChannel(given).find(outgoing()) is None
    found = EpuapChannel(replace(given, store_is_complete=True)).find(outgoing())
    assert found is not None
    assert not found.done


def test_without_the_right_to_the_store_nobody_knows(world: Cans, channel: EpuapChannel) -> None:
    world.always(Reply(b"", 401))
    assert channel.find(outgoing()) is None


def test_a_store_that_does_not_answer_now_is_asked_again_later(world: Cans, channel: EpuapChannel) -> None:
    world.always(Reply(b"", 503))
    with pytest.raises(Temporary):
        channel.find(outgoing())


FILE = bytes(range(256)) * 40
DATA = '<f:DataDocument xmlns:f="http://wsdl.epuap.gov.pl/filerepocore/"><file>{}</file><filename>plan.pdf</filename><mimeType>application/pdf</mimeType></f:DataDocument>'


def test_a_big_file_comes_inline(world: Cans, channel: EpuapChannel, server_keys: Keys) -> None:
    says(world, server_keys, DownloadFileParam=DATA.format(b64(FILE)))
    assert channel.fetch_file("abc") == File("plan.pdf", "application/pdf", FILE)
    assert payload(world) == {"fileId": "abc", "subject": "gminaX"}


def multipart(server_keys: Keys, data: bytes, include: str = "cid:f1@x") -> Reply:
    envelope = answer_text(DATA.format(b64(FILE)), server_keys)
    reference = f'<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="{include}"/>'
    root = envelope.replace(b64(FILE).encode(), reference.encode())
    kind = 'multipart/related; type="application/xop+xml"; boundary="uuid:1"; start="<root@x>"; start-info="text/xml"'
    head = b"\r\n--uuid:1\r\nContent-Type: application/xop+xml\r\nContent-ID: <root@x>\r\n\r\n"
    second = b"\r\n--uuid:1\r\nContent-Type: application/octet-stream\r\nContent-ID: <f1@x>\r\n\r\n"
    return Reply(head + root + second + data + b"\r\n--uuid:1--", headers={"Content-Type": kind})


def test_a_big_file_comes_in_a_part_of_its_own_and_the_signature_covers_it(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    world.always(multipart(server_keys, FILE))
    assert channel.fetch_file("abc").data == FILE


@pytest.mark.parametrize("data", [FILE[:-1], FILE + b"!", b""])
def test_a_part_that_was_changed_is_not_believed(
    world: Cans, channel: EpuapChannel, server_keys: Keys, data: bytes
) -> None:
    world.always(multipart(server_keys, data))
    with pytest.raises(Uncertain) as lost:
        channel.fetch_file("abc")
    assert lost.value.code == "epuap.signature.mathematics"


def test_a_reference_to_no_part_is_refused(world: Cans, channel: EpuapChannel, server_keys: Keys) -> None:
    world.always(multipart(server_keys, FILE, include="file:///etc/passwd"))
    with pytest.raises(Uncertain) as lost:
        channel.fetch_file("abc")
    assert lost.value.code == "epuap.malformed"


def test_health_is_told_by_asking_and_by_the_dates_of_the_certificates(
    world: Cans, channel: EpuapChannel, office: Keys, server_keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    says(world, server_keys, ZapytaniePullOczekujace=status("OdpowiedzPullOczekujace", 1, "<oczekujace>0</oczekujace>"))
    assert channel.check().ok
    short = make_keys(tmp_path_factory.mktemp("short"), "short", days=10)
    health = EpuapChannel(options(world.url, short, server_keys)).check()
    assert (health.ok, health.detail) == (True, "epuap.key_expires")
    world.always(Reply(b"", 401))
    assert channel.check().detail == "epuap.unauthorized"
