"""The adapter against the bundled sandbox, over HTTP: receipts that verify, and every misbehaviour survived."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from eoffice.channels.epuap import EpuapChannel, receipts
from eoffice.channels.epuap.seal import XmlSigner
from eoffice.channels.epuap.verification import certificate_der
from eoffice.channels.port import File, Outgoing, Received
from portal.core.errors import Permanent, Temporary, Uncertain
from tests.eoffice.channels.epuap import sandbox as process
from tests.eoffice.channels.epuap.sandbox import BOX, Sandbox

WZOR = "http://crd.gov.pl/wzor/2013/12/12/1410/"
DATA = f'<w:Dokument xmlns:w="{WZOR}"><w:Tytul>Odpowiedź</w:Tytul></w:Dokument>'.encode()
SECONDS = 20


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with process.running(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(started: Sandbox) -> Sandbox:
    started.api("DELETE", "/faults")
    started.api("POST", "/reset", {})
    return started


@pytest.fixture
def channel(sandbox: Sandbox) -> Iterator[EpuapChannel]:
    channel = EpuapChannel(sandbox.options())
    yield channel
    channel.close()


def outgoing(key: str = "k1", data: bytes = DATA, recipient: str = BOX) -> Outgoing:
    return Outgoing(
        key, File("pismo.xml", "application/xml", data), recipient, BOX, "", "OR.1431.3.2026", "RPWY/1/2026"
    )


def awaited(channel: EpuapChannel) -> Received:
    """The next document of the box, which may take the simulated recipient a moment."""
    pause = threading.Event()
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if (taken := channel.receive(BOX)) is not None:
            return taken
        pause.wait(0.1)
    raise AssertionError("nothing came")


def test_the_upp_verifies_under_the_sandbox_seal(sandbox: Sandbox, channel: EpuapChannel) -> None:
    seal = certificate_der((sandbox.data / "server" / "seal-cert.pem").read_bytes())
    handed = channel.lodge(outgoing())
    assert handed.receipt is not None
    upp = receipts.verify(handed.receipt.data, {seal})
    assert upp is not None
    assert upp.genuine
    assert receipts.classify(handed.receipt.data) == "upp"


def test_the_upd_of_a_delivery_comes_back_with_our_marks_and_verifies(sandbox: Sandbox, channel: EpuapChannel) -> None:
    options = channel.options
    signed = XmlSigner(options.key_file, options.certificate_file).sign(DATA)
    channel.send(outgoing(data=signed, recipient="/jkowalski/domyslna"))
    taken = awaited(channel)
    assert receipts.classify(taken.document.data) == "upd"
    upd = receipts.verify(taken.document.data, ())
    assert upd is not None
    assert upd.genuine
    assert (upd.document_id, upd.case_sign) == ("RPWY/1/2026", "OR.1431.3.2026")


def test_an_unsigned_document_is_refused_for_delivery(sandbox: Sandbox, channel: EpuapChannel) -> None:
    with pytest.raises(Permanent):
        channel.send(outgoing(recipient="/jkowalski/domyslna"))


def test_an_unknown_box_is_refused_and_nothing_is_uncertain(sandbox: Sandbox, channel: EpuapChannel) -> None:
    with pytest.raises(Permanent) as refusal:
        channel.lodge(outgoing(recipient="/nie/ma"))
    assert refusal.value.code.startswith("epuap.fault.")


def test_a_lost_sending_in_a_citizens_name_is_found_in_the_citizens_store(
    channel: EpuapChannel, sandbox: Sandbox
) -> None:
    theirs = replace(outgoing(), on_behalf="jkowalski")
    sandbox.misbehave("nadaj", "lose")
    with pytest.raises(Uncertain):
        channel.lodge(theirs)
    found = channel.find(theirs)
    assert found is not None
    assert found.done
    assert found.handed is not None
    assert found.handed.receipt is not None


LOSSES = ["lose", "half", "fault_after", "wrong_key", "stranger", "unsigned", "tampered"]


@pytest.mark.parametrize("kind", LOSSES)
def test_a_letter_whose_answer_is_lost_or_forged_is_uncertain_and_then_found(
    sandbox: Sandbox, channel: EpuapChannel, kind: str
) -> None:
    sandbox.misbehave("nadaj", kind)
    with pytest.raises((Uncertain, Permanent) if kind == "fault_after" else Uncertain):
        channel.lodge(outgoing())
    found = channel.find(outgoing())
    assert found is not None
    assert found.done
    assert found.handed is not None
    taken = channel.receive(BOX)
    assert taken is not None
    assert found.handed.external_id == taken.external_id


@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_a_wrapped_answer_is_never_believed(sandbox: Sandbox, channel: EpuapChannel, variant: int) -> None:
    sandbox.misbehave("nadaj", "wrapped", variant=variant)
    with pytest.raises(Uncertain) as refusal:
        channel.lodge(outgoing())
    assert refusal.value.code.startswith("epuap.signature.")


@pytest.mark.parametrize("kind", ["drop", "status"])
def test_a_letter_that_was_not_done_is_uncertain_and_then_known_not_to_be_done(
    sandbox: Sandbox, channel: EpuapChannel, kind: str
) -> None:
    sandbox.misbehave("nadaj", kind)
    with pytest.raises(Uncertain):
        channel.lodge(outgoing())
    found = channel.find(outgoing())
    assert found is not None
    assert not found.done


@pytest.mark.parametrize("kind", ["drop", "status", "fault", *LOSSES])
def test_whatever_happens_to_a_pull_the_document_stays_until_it_is_confirmed(
    sandbox: Sandbox, channel: EpuapChannel, kind: str
) -> None:
    channel.lodge(outgoing())
    # Twice: a connection dropped on an idle line is replaced silently once.
    sandbox.misbehave("pobierzNastepny", kind, 2)
    with pytest.raises((Temporary, Permanent)):
        channel.receive(BOX)
    sandbox.api("DELETE", "/faults")
    taken = channel.receive(BOX)
    assert taken is not None
    assert taken.document.data == DATA


@pytest.mark.parametrize("kind", LOSSES)
def test_a_confirmation_whose_answer_is_lost_can_be_repeated(
    sandbox: Sandbox, channel: EpuapChannel, kind: str
) -> None:
    channel.lodge(outgoing())
    channel.lodge(outgoing("k2"))
    taken = channel.receive(BOX)
    assert taken is not None
    sandbox.misbehave("potwierdzOdebranie", kind, 2)
    with suppress(Temporary, Permanent):
        channel.acknowledge(BOX, taken.token)
    sandbox.api("DELETE", "/faults")
    channel.acknowledge(BOX, taken.token)
    assert channel.waiting(BOX) == 1


def test_a_late_answer_is_waited_for(sandbox: Sandbox, channel: EpuapChannel) -> None:
    sandbox.misbehave("nadaj", "late", ms=300)
    assert channel.lodge(outgoing()).external_id


def test_after_a_rotation_the_old_pin_refuses_and_two_pins_carry_on(sandbox: Sandbox, channel: EpuapChannel) -> None:
    old = sandbox.data / "server" / "previous-cert.pem"
    assert channel.waiting(BOX) == 0
    sandbox.api("POST", "/rotate", {})
    with pytest.raises(Permanent) as refusal:
        channel.waiting(BOX)
    assert refusal.value.code == "epuap.signature.untrusted_certificate"
    both = EpuapChannel(sandbox.options(pinned=(old, sandbox.data / "server" / "cert.pem")))
    assert both.waiting(BOX) == 0


def test_a_big_file_is_fetched_in_parts_or_inline_and_only_once(sandbox: Sandbox, channel: EpuapChannel) -> None:
    data = bytes(range(256)) * 400
    for kind in ("", "mtom"):
        asked = {"podmiot": process.PODMIOT, "name": "plan.pdf", "mime": "application/pdf"}
        made = sandbox.api("POST", "/files", asked | {"content": base64.b64encode(data).decode()})
        if kind:
            sandbox.misbehave("downloadFile", kind)
        assert channel.fetch_file(str(made["id"])) == File("plan.pdf", "application/pdf", data)
        with pytest.raises(Permanent):
            channel.fetch_file(str(made["id"]))
