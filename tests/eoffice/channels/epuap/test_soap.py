"""What went wrong, said in three words: over a real connection, for every way an answer can fail to come."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from eoffice.channels.epuap import EpuapChannel, Limits, Timeouts
from eoffice.channels.epuap.soap import Exchange
from portal.core.errors import OutsideError, Permanent, Temporary, Uncertain
from tests.eoffice.channels.epuap.support import (
    BOX,
    Cans,
    Keys,
    Reply,
    answer_text,
    document,
    elapsed,
    fault,
    options,
    outgoing,
    status,
)

LODGED = status("OdpowiedzSkrytki", 1, "<identyfikatorDokumentu>5</identyfikatorDokumentu>")
WAITING = status("OdpowiedzPullOczekujace", 1, "<oczekujace>3</oczekujace>")


def outcome(channel: EpuapChannel, call: str) -> tuple[type[OutsideError], str]:
    with pytest.raises(OutsideError) as caught:
        channel.lodge(outgoing()) if call == "lodge" else channel.waiting(BOX)
    return type(caught.value), caught.value.code


FAILURES = [
    (Reply(None), "epuap.lost", Temporary, Uncertain),
    (Reply(b"<a/>" * 10, length=4000), "epuap.lost", Temporary, Uncertain),
    (Reply(fault(number="-7"), 500), "epuap.fault.-7", Permanent, Permanent),
    (Reply(fault(number="12"), 200), "epuap.fault.12", Permanent, Permanent),
    (Reply(fault("soapenv:Client"), 500), "epuap.fault", Permanent, Permanent),
    (Reply(fault("wsse:FailedAuthentication"), 500), "epuap.fault", Permanent, Permanent),
    (Reply(fault(), 500), "epuap.fault", Temporary, Uncertain),
    (Reply(b"", 401), "epuap.unauthorized", Permanent, Permanent),
    (Reply(b"<html>no</html>", 403), "epuap.unauthorized", Permanent, Permanent),
    (Reply(b"<html>no</html>", 404), "epuap.http.404", Permanent, Permanent),
    (Reply(b"slow down", 429), "epuap.http.429", Temporary, Temporary),
    (Reply(b"<html>out of order</html>", 502), "epuap.http.502", Temporary, Uncertain),
    (Reply(b"", 503), "epuap.http.503", Temporary, Uncertain),
    (Reply(b"", 202), "epuap.http.202", Temporary, Uncertain),
    (Reply(b"<html>out of order", 200), "epuap.malformed", Temporary, Uncertain),
    (Reply(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "epuap.malformed", Permanent, Uncertain),
    (Reply(b"<a/>"), "epuap.signature.structure", Permanent, Uncertain),
]


@pytest.mark.parametrize(("reply", "code", "pull", "lodge"), FAILURES, ids=lambda value: getattr(value, "status", None))
def test_each_failure_has_one_word_for_repeatable_calls_and_one_for_the_others(
    world: Cans,
    channel: EpuapChannel,
    reply: Reply,
    code: str,
    pull: type[OutsideError],
    lodge: type[OutsideError],
) -> None:
    world.always(reply)
    assert outcome(channel, "waiting") == (pull, code)
    assert outcome(channel, "lodge") == (lodge, code)


def test_a_refused_connection_is_temporary_even_for_a_letter_as_nothing_left(office: Keys, server_keys: Keys) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        channel = EpuapChannel(options(url, office, server_keys))
        assert outcome(channel, "lodge") == (Temporary, "epuap.connect")
        assert outcome(channel, "waiting") == (Temporary, "epuap.connect")


def test_an_answer_that_never_comes_is_given_up_after_the_read_timeout(
    world: Cans, office: Keys, server_keys: Keys
) -> None:
    world.always(Reply(b"", wait=30))
    hasty = options(world.url, office, server_keys, timeouts=Timeouts(connect=2, read=0.2, total=5))
    started = time.monotonic()
    assert outcome(EpuapChannel(hasty), "lodge") == (Uncertain, "epuap.lost")
    assert elapsed(started) < 3


def test_an_answer_dripping_byte_by_byte_is_cut_at_the_deadline(world: Cans, office: Keys, server_keys: Keys) -> None:
    world.always(Reply(b"<a>" + b" " * 1000, drip=0.05))
    patient = options(world.url, office, server_keys, timeouts=Timeouts(connect=2, read=2, total=0.5))
    started = time.monotonic()
    with pytest.raises(Temporary, match="deadline"):
        EpuapChannel(patient).waiting(BOX)
    assert elapsed(started) < 3


@pytest.mark.parametrize("length", [None, 10_000_000])
def test_an_answer_larger_than_the_limit_is_not_read_to_its_end(
    world: Cans, office: Keys, server_keys: Keys, length: int | None
) -> None:
    world.always(Reply(b"<a>" + b" " * 200_000, length=length))
    small = options(world.url, office, server_keys, limits=Limits(answer=100_000))
    assert outcome(EpuapChannel(small), "waiting") == (Permanent, "epuap.too_large")
    assert outcome(EpuapChannel(small), "lodge") == (Uncertain, "epuap.too_large")


def test_a_redirect_is_not_followed(world: Cans, channel: EpuapChannel) -> None:
    world.always(Reply(b"", 302, {"Location": world.url + "/elsewhere"}))
    assert outcome(channel, "waiting") == (Permanent, "epuap.http.302")
    assert outcome(channel, "lodge") == (Uncertain, "epuap.http.302")
    assert [path for path, _, _ in world.requests] == [
        "/pk_external_ws/services/pull",
        "/pk_external_ws/services/skrytka",
    ]


def test_a_proxy_in_the_environment_is_ignored(
    world: Cans, channel: EpuapChannel, server_keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    world.always(Reply(answer_text(WAITING, server_keys)))
    assert channel.waiting(BOX) == 3


def test_pull_keeps_its_connection_and_a_letter_never_uses_an_idle_one(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    world.answer = lambda name, _: Reply(answer_text(LODGED if name == "Dokument" else WAITING, server_keys))
    for _ in range(3):
        channel.waiting(BOX)
    assert len(world.connections) == 1
    channel.lodge(outgoing())
    assert len(world.connections) == 2


def test_a_letter_leaves_once_whatever_happens_to_its_answer(world: Cans, channel: EpuapChannel) -> None:
    for reply, *_ in FAILURES:
        world.requests.clear()
        world.always(reply)
        with pytest.raises(OutsideError):
            channel.lodge(outgoing())
        assert len(world.requests) == 1


def test_an_idle_connection_the_server_closed_is_replaced_silently_for_pull(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    replies = [Reply(answer_text(WAITING, server_keys)), Reply(None), Reply(answer_text(WAITING, server_keys))]
    world.answer = lambda _name, _data: replies.pop(0)
    assert channel.waiting(BOX) == 3
    assert channel.waiting(BOX) == 3
    assert replies == []


def test_a_verified_answer_to_another_question_is_not_used(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    world.always(Reply(answer_text(WAITING, server_keys)))
    assert outcome(channel, "lodge") == (Uncertain, "epuap.answer")


def test_a_fault_is_told_although_it_is_not_signed_and_its_numbers_are_hidden(
    world: Cans, channel: EpuapChannel
) -> None:
    world.always(Reply(fault(number="4", text="Nie ma osoby 80010112340 w systemie"), 500))
    with pytest.raises(Permanent, match="Nie ma osoby … w systemie"):
        channel.lodge(outgoing())


def test_a_verified_answer_that_cannot_be_used_leaves_the_letter_uncertain(
    world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    broken = status("OdpowiedzSkrytki", 1, document(b"").replace("zawartosc>", "zawartosc>%%%", 1))
    world.always(Reply(answer_text(broken.replace("dokument>", "zalacznik>"), server_keys)))
    assert outcome(channel, "lodge") == (Uncertain, "epuap.malformed")


def test_nothing_is_sent_while_the_answer_could_not_be_verified(
    world: Cans, office: Keys, server_keys: Keys, tmp_path: Path
) -> None:
    later = tmp_path / "later.pem"
    channel = EpuapChannel(options(world.url, office, server_keys, pinned=(later,)))
    world.always(Reply(answer_text(WAITING, server_keys)))
    assert outcome(channel, "waiting") == (Permanent, "epuap.pinned")
    assert world.requests == []
    later.write_bytes(server_keys.certificate_file.read_bytes())
    assert channel.waiting(BOX) == 3


def test_a_missing_key_is_permanent_and_says_which_file(world: Cans, office: Keys, server_keys: Keys) -> None:
    missing = options(world.url, replace(office, key_file=Path("/nowhere/key.pem")), server_keys)
    with pytest.raises(Permanent, match=r"/nowhere/key\.pem"):
        EpuapChannel(missing).waiting(BOX)


def test_every_exchange_is_recorded_as_it_went_over_the_wire(world: Cans, office: Keys, server_keys: Keys) -> None:
    kept: list[Exchange] = []
    channel = EpuapChannel(options(world.url, office, server_keys), record=kept.append)
    answer = answer_text(WAITING, server_keys)
    replies = [Reply(answer), Reply(None), Reply(None)]
    world.answer = lambda _name, _data: replies.pop(0)
    channel.waiting(BOX)
    assert outcome(channel, "waiting") == (Temporary, "epuap.lost")
    assert [(e.operation, e.status, e.outcome) for e in kept] == [
        ("oczekujaceDokumenty", 200, "ok"),
        ("oczekujaceDokumenty", 0, "epuap.lost"),
    ]
    assert kept[0].request == world.requests[0][2]
    assert kept[0].response == answer
    assert kept[0].started <= kept[0].ended
    assert b"PRIVATE KEY" not in kept[0].request


def test_an_archive_that_fails_does_not_turn_a_sent_letter_into_an_error(
    world: Cans, office: Keys, server_keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: Exchange) -> None:
        raise OSError("no space left")

    world.always(Reply(answer_text(LODGED, server_keys)))
    channel = EpuapChannel(options(world.url, office, server_keys), record=full)
    assert channel.lodge(outgoing()).external_id == "5"
    assert "could not be recorded" in caplog.text
