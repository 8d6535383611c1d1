"""Hostile documents at every place where ePUAP's XML comes in: no leak, no hang, no strange error."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from eoffice.channels.epuap import EpuapChannel, mapping, mtom, receipts
from eoffice.channels.epuap.document_signature import verify_document
from portal.core.errors import OutsideError, Permanent, Temporary, Uncertain
from portal.core.xml import UnsafeXml
from tests.eoffice.channels.epuap.hostile import CANARY, corpus
from tests.eoffice.channels.epuap.support import BOX, Cans, Keys, Reply, answer_text, elapsed, outgoing, pulled

SECONDS = 5


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return corpus(tmp_path_factory.mktemp("hostile"))


def test_the_corpus_is_large_enough(hostile: dict[str, bytes]) -> None:
    print(f"\n{len(hostile)} hostile documents")
    assert len(hostile) >= 30


def test_as_an_answer_each_is_refused_in_the_words_of_the_port(
    hostile: dict[str, bytes], world: Cans, channel: EpuapChannel
) -> None:
    for name, data in hostile.items():
        world.always(Reply(data))
        started = time.monotonic()
        with pytest.raises(OutsideError) as pull:
            channel.receive(BOX)
        with pytest.raises(OutsideError) as lodge:
            channel.lodge(outgoing())
        assert type(pull.value) in {Temporary, Permanent}, name
        assert type(lodge.value) is Uncertain, name
        assert CANARY not in f"{pull.value} {lodge.value}", name
        assert elapsed(started) < SECONDS, name


def test_as_an_error_page_each_is_only_a_status(hostile: dict[str, bytes], world: Cans, channel: EpuapChannel) -> None:
    for name, data in hostile.items():
        world.always(Reply(data, 500))
        with pytest.raises(OutsideError) as pull:
            channel.receive(BOX)
        assert pull.value.code in {"epuap.http.500", "epuap.too_large"}, name


PLACES: dict[str, Callable[[bytes], object]] = {
    "classify": receipts.classify,
    "receipt": lambda data: receipts.verify(data, ()),
    "signature": verify_document,
    "additional data": mapping.document_id,
}
NOTHING = {"classify": "unknown", "receipt": None, "signature": (), "additional data": ""}


@pytest.mark.parametrize("place", PLACES)
def test_as_a_document_each_says_nothing(hostile: dict[str, bytes], place: str) -> None:
    for name, data in hostile.items():
        started = time.monotonic()
        assert PLACES[place](data) == NOTHING[place], name
        assert elapsed(started) < SECONDS, name


def test_inside_a_genuine_answer_each_is_handed_on_as_it_came(
    hostile: dict[str, bytes], world: Cans, channel: EpuapChannel, server_keys: Keys
) -> None:
    """What a stranger lodged may be anything: it is received byte for byte, for intake to set aside."""
    for name, data in hostile.items():
        if len(data) > 5_000_000:
            continue
        world.always(Reply(answer_text(pulled(data), server_keys)))
        taken = channel.receive(BOX)
        assert taken is not None
        assert taken.document.data == data, name


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/related",
        'multipart/related; boundary=""',
        'multipart/related; boundary="b"; start="<none>"',
        "multipart/related; boundary=b; boundary=c",
        "text/xml; charset=utf-7",
        "\u0141",
        "",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--",
        b"--b\r\n\r\n--b--",
        b"--b\r\n\r\n<a/>\r\n--b",
        b"\r\n--b\r\n\r\n<a/>" * 100 + b"\r\n--b--",
        b'\r\n--b\r\n\r\n<a><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:%ff"/></a>\r\n--b--',
        b'\r\n--b\r\n\r\n<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include"/>\r\n--b--',
        b"\r\n--b\r\nContent-ID: <1>\r\n\r\n<a/>\r\n--b\r\nContent-ID: <1>\r\n\r\n<b/>\r\n--b--",
    ],
)
def test_a_multipart_answer_that_makes_no_sense_is_refused(kind: str, body: bytes) -> None:
    try:
        tree = mtom.parse(kind, body, max_envelope=10_000)
    except (UnsafeXml, mtom.BadMultipart):
        return
    assert tree.getroot().tag == "a"
