from __future__ import annotations

import base64
import time

import pytest
import requests

from tests.eoffice.sandbox import wrappings
from tests.eoffice.sandbox.client import LETTER, SIGNED_LETTER, Fault, Untrusted, sha1
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World

LETTER_BYTES = (LETTER % 1).encode()
BROKEN = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


def _lodge(world: World) -> object:
    return world.office.nadaj(LETTER_BYTES, OFFICE_BOX, CITIZEN_BOX, "jkowalski")


def _works(world: World) -> bool:
    return world.office.pull("Oczekujace", OFFICE_BOX).findtext("status/kod") == "1"


@pytest.mark.parametrize("kind", ["lose", "half"])
def test_a_lost_answer_leaves_the_work_done(world: World, kind: str) -> None:
    world.fault("nadaj", kind)

    with pytest.raises(BROKEN):
        _lodge(world)
    assert len(world.queue()) == 1
    assert _works(world)


def test_a_dropped_call_leaves_the_work_undone(world: World) -> None:
    world.fault("nadaj", "drop")

    with pytest.raises(BROKEN):
        _lodge(world)
    assert world.queue() == []


def test_a_late_answer_comes_late(world: World) -> None:
    world.fault("nadaj", "late", ms=400)

    began = time.monotonic()
    _lodge(world)
    assert time.monotonic() - began >= 0.4


def test_a_client_that_does_not_wait_finds_the_work_done(world: World) -> None:
    world.fault("nadaj", "late", ms=3000)

    with pytest.raises(requests.exceptions.ReadTimeout):
        world.office.post("skrytka", wrappings.out(wrappings.genuine(world.office)), timeout=1)
    deadline = time.monotonic() + 20
    while not world.queue() and time.monotonic() < deadline:
        pass
    assert len(world.queue()) == 1


def test_a_fault_comes_as_often_as_ordered_and_does_nothing(world: World) -> None:
    world.fault("nadaj", "fault", 2, message="przerwa techniczna")

    for _ in range(2):
        with pytest.raises(Fault, match="przerwa techniczna"):
            _lodge(world)
    _lodge(world)
    assert len(world.queue()) == 1


def test_a_fault_after_the_work_lies(world: World) -> None:
    world.fault("nadaj", "fault_after")

    with pytest.raises(Fault):
        _lodge(world)
    assert len(world.queue()) == 1


@pytest.mark.parametrize("code", [503, 502, 429])
def test_an_http_status_comes_instead_of_the_work(world: World, code: int) -> None:
    world.fault("pobierzNastepny", "status", code=code)

    answer = world.office.post(
        "pull",
        world.office.request(
            "<o:ZapytaniePullPobierz><podmiot>gminaWrotkowo</podmiot><nazwaSkrytki>SkrytkaESP</nazwaSkrytki>"
            f"<adresSkrytki>{OFFICE_BOX}</adresSkrytki></o:ZapytaniePullPobierz>"
        ),
    )
    assert answer.status_code == code


def test_the_same_document_can_come_twice(world: World) -> None:
    world.fault("nadaj", "duplicate")
    _lodge(world)

    first, second = world.queue()
    assert first["document"] == second["document"]
    assert world.office.empty(OFFICE_BOX) == [LETTER_BYTES] * 2


def test_a_confirmation_can_be_forgotten(world: World) -> None:
    world.fault("potwierdzOdebranie", "duplicate")
    _lodge(world)
    content = base64.b64decode(world.office.pull("Pobierz", OFFICE_BOX).findtext("dokument/zawartosc") or "")

    assert world.office.pull("Potwierdz", OFFICE_BOX, skrot=sha1(content)).findtext("status/kod") == "1"
    assert len(world.queue()) == 1


def test_a_delivery_may_never_be_collected(world: World) -> None:
    world.fault("dorecz", "upd_never")
    world.office.dorecz((SIGNED_LETTER % 1).encode(), CITIZEN_BOX, OFFICE_BOX, "gminaWrotkowo")
    world.api("clock", {"days": 1})

    assert world.queue() == []
    assert world.api("orders")[0]["state"] == "waiting"


def test_a_rotated_certificate_signs_from_that_answer_on(world: World) -> None:
    before = (world.data / "server" / "cert.pem").read_bytes()
    world.fault("nadaj", "rotate")
    _lodge(world)

    assert (world.data / "server" / "cert.pem").read_bytes() != before
    assert (world.data / "server" / "previous-cert.pem").read_bytes() == before
    assert _works(world)


@pytest.mark.parametrize("kind", ["wrong_key", "stranger", "unsigned", "tampered"])
def test_a_forged_answer_does_not_verify(world: World, kind: str) -> None:
    world.fault("nadaj", kind)

    with pytest.raises(Untrusted):
        _lodge(world)


@pytest.mark.parametrize("variant", [1, 2, 3, 4])
def test_a_wrapped_answer_is_not_trusted_by_a_strict_client(world: World, variant: int) -> None:
    world.fault("nadaj", "wrapped", variant=variant)

    with pytest.raises(Untrusted):
        _lodge(world)


def test_a_rule_for_every_operation_counts_all_calls(world: World) -> None:
    world.fault("*", "fault", 2)

    for _ in range(2):
        with pytest.raises(Fault):
            _lodge(world)
    assert _works(world)
    assert world.api("faults") == []


def test_a_rule_can_be_called_off(world: World) -> None:
    number = world.fault("nadaj", "fault", 100)
    world.api(f"faults?id={number}", method="DELETE")

    _lodge(world)
    assert world.api("faults") == []


@pytest.mark.parametrize(
    "body",
    [{"operation": "nadaj", "kind": "explode"}, {"kind": "lose"}, {"operation": "nadaj", "kind": "lose", "count": 0}],
)
def test_an_unknown_misbehaviour_is_not_taken(world: World, body: dict[str, object]) -> None:
    answer = requests.post(world.url + "/sandbox/api/faults", json=body, headers={"X-Sandbox": "1"}, timeout=10)

    assert answer.status_code == 400
