"""What every channel promises, asked of each adapter: the demo in memory, ePUAP over HTTP against the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest

from eoffice.channels.demo import WorkingChannel
from eoffice.channels.epuap import EpuapChannel, receipts
from eoffice.channels.epuap.seal import XmlSigner
from eoffice.channels.port import Channel, File, Outgoing
from portal.core.errors import Permanent
from tests.eoffice.channels.epuap import sandbox as epuap_sandbox

WZOR = "http://crd.gov.pl/wzor/2013/12/12/1410/"


@dataclass(frozen=True)
class Subject:
    """A channel under test, its own box, and how a document is signed for delivery."""

    channel: Channel
    box: str
    seal: Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[epuap_sandbox.Sandbox]:
    with epuap_sandbox.running(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(params=["demo", "epuap"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "demo":
        yield Subject(WorkingChannel(), "/demo/skrytka", lambda document: document)
        return
    sandbox: epuap_sandbox.Sandbox = request.getfixturevalue("sandbox")
    sandbox.api("POST", "/reset", {})
    options = sandbox.options()
    channel = EpuapChannel(options)
    yield Subject(channel, options.box_address, XmlSigner(options.key_file, options.certificate_file).sign)
    channel.close()


def letter(subject: Subject, text: str = "Dzień dobry", **changes: object) -> Outgoing:
    """A submission to the channel's own box, so that it can be received again."""
    data = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<?xml-stylesheet type="text/xsl" href="{WZOR}styl.xsl"?>\n'
        f'<w:Dokument xmlns:w="{WZOR}"><w:Tytul>{text}</w:Tytul></w:Dokument>\n'
    ).encode()
    outgoing = Outgoing(uuid4().hex, File("pismo.xml", "application/xml", data), subject.box, subject.box)
    return replace(outgoing, **changes)  # type: ignore[arg-type]


def test_it_has_a_name_boxes_and_health(subject: Subject) -> None:
    assert isinstance(subject.channel, Channel)
    assert subject.channel.name
    assert subject.box in subject.channel.boxes()
    assert subject.channel.check().ok


def test_a_submission_is_certified_and_arrives_byte_for_byte(subject: Subject) -> None:
    outgoing = letter(subject)
    handed = subject.channel.lodge(outgoing)
    assert handed.external_id
    assert handed.receipt is not None
    upp = receipts.read(handed.receipt.data)
    assert upp is not None
    assert upp.kind == "upp"
    assert (upp.document_id, upp.receipt_id) == (handed.external_id, handed.receipt_id)
    taken = subject.channel.receive(subject.box)
    assert taken is not None
    assert taken.document.data == outgoing.document.data
    assert taken.external_id == handed.external_id
    assert (taken.box, taken.test) == (subject.box, False)
    assert taken.sent_at is not None
    assert taken.sent_at.tzinfo is not None


def test_the_oldest_document_comes_again_and_again_until_it_is_acknowledged(subject: Subject) -> None:
    for text in ("pierwszy", "drugi"):
        subject.channel.lodge(letter(subject, text))
    assert subject.channel.waiting(subject.box) == 2
    first = subject.channel.receive(subject.box)
    assert first is not None
    assert subject.channel.receive(subject.box) == first
    assert b"pierwszy" in first.document.data
    subject.channel.acknowledge(subject.box, first.token)
    assert subject.channel.waiting(subject.box) == 1
    second = subject.channel.receive(subject.box)
    assert second is not None
    assert b"drugi" in second.document.data


def test_acknowledging_twice_is_success_and_takes_nothing_else(subject: Subject) -> None:
    for _ in range(2):
        subject.channel.lodge(letter(subject))
    taken = subject.channel.receive(subject.box)
    assert taken is not None
    subject.channel.acknowledge(subject.box, taken.token)
    subject.channel.acknowledge(subject.box, taken.token)
    assert subject.channel.waiting(subject.box) == 1


def test_two_letters_with_the_same_bytes_are_two_letters(subject: Subject) -> None:
    handed = [subject.channel.lodge(letter(subject)).external_id for _ in range(2)]
    seen = []
    for _ in range(2):
        taken = subject.channel.receive(subject.box)
        assert taken is not None
        seen.append(taken.external_id)
        subject.channel.acknowledge(subject.box, taken.token)
    assert seen == handed
    assert subject.channel.receive(subject.box) is None


def test_an_empty_box_gives_nothing(subject: Subject) -> None:
    assert subject.channel.waiting(subject.box) == 0
    assert subject.channel.receive(subject.box) is None
    subject.channel.acknowledge(subject.box, "2jmj7l5rSw0yVb/vlWAYkK/YBwk= 1")


def test_a_box_that_is_not_the_offices_is_refused(subject: Subject) -> None:
    with pytest.raises(Permanent):
        subject.channel.receive("/nobody/nothing")


def test_a_delivery_is_ordered_once_the_document_is_signed(subject: Subject) -> None:
    outgoing = letter(subject, case_sign="OR.1431.3.2026", document_id="RPWY/1/2026")
    signed = replace(outgoing.document, data=subject.seal(outgoing.document.data))
    handed = subject.channel.send(replace(outgoing, document=signed))
    assert handed.external_id
    assert handed.order_id
    assert handed.receipt is None


def test_a_trial_delivers_nothing(subject: Subject) -> None:
    subject.channel.lodge(letter(subject, dry_run=True))
    assert subject.channel.waiting(subject.box) == 0


def test_a_sending_can_be_found_by_its_key_and_another_cannot(subject: Subject) -> None:
    outgoing = letter(subject)
    handed = subject.channel.lodge(outgoing)
    found = subject.channel.find(outgoing)
    assert found is not None
    assert found.done
    assert found.handed is not None
    assert found.handed.external_id == handed.external_id
    other = subject.channel.find(letter(subject))
    assert other is not None
    assert not other.done


def test_tracking_something_unknown_tells_nothing(subject: Subject) -> None:
    assert subject.channel.track("999999") is None
