"""The demo trio: one works, one refuses, one breaks, each as it says."""

from __future__ import annotations

import pytest

from eoffice.channels.demo import BreakingChannel, RefusingChannel, WorkingChannel
from eoffice.channels.epuap import receipts
from eoffice.channels.port import Channel, File, Outgoing
from portal.core.errors import Permanent, Temporary, Uncertain

LETTER = Outgoing("key-1", File("pismo.xml", "application/xml", b"<a/>"), "/demo/skrytka")


@pytest.mark.parametrize("channel", [WorkingChannel(), RefusingChannel(), BreakingChannel()])
def test_each_fulfils_the_port_and_tells_its_health(channel: Channel) -> None:
    assert isinstance(channel, Channel)
    assert channel.check().ok is (channel.name == "demo")
    assert channel.boxes()


def test_the_working_one_certifies_what_it_took() -> None:
    channel = WorkingChannel()
    handed = channel.lodge(LETTER)
    assert handed.receipt is not None
    receipt = receipts.read(handed.receipt.data)
    assert receipt is not None
    assert (receipt.document_id, receipt.receipt_id) == (handed.external_id, handed.receipt_id)
    assert not receipt.genuine


def test_the_working_one_does_not_notice_that_something_is_sent_twice() -> None:
    channel = WorkingChannel()
    channel.send(LETTER)
    channel.send(LETTER)
    assert [sent.outgoing.key for sent in channel.sent] == ["key-1", "key-1"]
    assert channel.track("2") == channel.sent[1].handed


def test_the_refusing_one_does_nothing_and_knows_it() -> None:
    channel = RefusingChannel()
    for call in (channel.lodge, channel.send):
        with pytest.raises(Permanent):
            call(LETTER)
    for ask in (channel.waiting, channel.receive):
        with pytest.raises(Permanent):
            ask("/demo/refusing")
    with pytest.raises(Permanent):
        channel.acknowledge("/demo/refusing", "token")
    found = channel.find(LETTER)
    assert found is not None
    assert not found.done


@pytest.mark.parametrize(("before", "done"), [(False, True), (True, False)])
def test_the_breaking_one_may_or_may_not_have_done_it_and_only_find_can_tell(before: bool, done: bool) -> None:
    channel = BreakingChannel(before=before)
    with pytest.raises(Uncertain):
        channel.lodge(LETTER)
    with pytest.raises(Uncertain):
        channel.send(LETTER)
    found = channel.find(LETTER)
    assert found is not None
    assert found.done is done
    with pytest.raises(Temporary):
        channel.receive("/demo/breaking")
