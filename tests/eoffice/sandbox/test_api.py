from __future__ import annotations

import base64

import pytest
import requests

from tests.eoffice.sandbox.client import b64
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Sandbox": "0"},
        {"X-Sandbox": "1", "Host": "evil.example"},
        {"X-Sandbox": "1", "Host": "evil.example:8091"},
    ],
)
def test_only_this_machine_with_the_header_may_command(world: World, headers: dict[str, str]) -> None:
    assert requests.post(f"{world.url}/sandbox/api/reset", headers=headers, timeout=10).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("boxes", {"address": OFFICE_BOX, "upp": "maybe"}),
        ("boxes", {"address": "bez-ukosnika", "name": "x", "podmiot": "jkowalski"}),
        ("boxes", {"address": "/nikt/x", "name": "x", "podmiot": "nikt"}),
        ("send", {}),
        ("send", {"podmiot": "jkowalski", "box": OFFICE_BOX, "content": "!!"}),
        ("send", {"podmiot": "jkowalski", "box": OFFICE_BOX, "title": "x", "count": 0}),
        ("clock", {"advance_ms": -1}),
        ("systems", {"name": "x", "podmiot": "nikt", "acts_for": []}),
        ("systems", {"name": "x", "podmiot": "jkowalski", "acts_for": [], "roles": ["wszystko"]}),
        ("certificates", {"system": "EOD-Wrotkowo", "pem": "nie"}),
        ("podmioty", {"id": "x", "kind": "Z", "short_name": "x", "name": "x"}),
        ("podmioty", {"id": "../x", "kind": "P", "short_name": "x", "name": "x", "system": "S"}),
    ],
)
def test_a_wrong_command_is_refused_with_a_reason(world: World, path: str, body: dict[str, object]) -> None:
    answer = requests.post(f"{world.url}/sandbox/api/{path}", json=body, headers={"X-Sandbox": "1"}, timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("data", [b"[1]", b"{", b"\xff", b'"x"'])
def test_a_command_that_is_not_an_object_is_refused(world: World, data: bytes) -> None:
    answer = requests.post(f"{world.url}/sandbox/api/send", data=data, headers={"X-Sandbox": "1"}, timeout=10)

    assert answer.status_code == 400


def test_any_bytes_can_be_put_into_a_box(world: World) -> None:
    body = {"podmiot": "jkowalski", "box": OFFICE_BOX, "content": b64(b"\x00nie XML"), "name": "x.bin"}
    [number] = world.api("send", body)["documents"]

    assert base64.b64decode(world.api(f"documents/{number}")["content"]) == b"\x00nie XML"
    assert world.office.empty(OFFICE_BOX) == [b"\x00nie XML"]


def test_many_letters_come_in_one_command_each_with_its_own_number(world: World) -> None:
    sent = world.api("send", {"podmiot": "anowak", "box": OFFICE_BOX, "title": "Wniosek", "count": 1200})["documents"]

    assert len(set(sent)) == 1200
    assert [row["document"] for row in world.queue()] == sent
    assert len({row["sha256"] for row in world.queue()}) == 1200


def test_a_letter_from_the_interface_can_leave_a_receipt_with_the_sender(world: World) -> None:
    world.api("boxes", {"address": OFFICE_BOX, "upp": "queue"})
    world.api("send", {"podmiot": "jkowalski", "box": OFFICE_BOX, "title": "x", "upp": True})

    assert len(world.queue(CITIZEN_BOX)) == 1
    assert len(world.api("sent?podmiot=jkowalski")) == 1


def test_a_new_podmiot_gets_a_key_and_a_box_and_can_call(world: World) -> None:
    world.api(
        "podmioty", {"id": "nowaGmina", "kind": "P", "short_name": "NG", "name": "Nowa Gmina", "system": "EOD-NG"}
    )
    world.api("boxes", {"address": "/nowaGmina/esp", "name": "Skrzynka", "podmiot": "nowaGmina"})

    answer = world.client("nowaGmina").pull("Oczekujace", "/nowaGmina/esp", name="Skrzynka")
    assert answer.findtext("oczekujace") == "0"


def test_the_calls_are_remembered_with_their_outcome(world: World) -> None:
    world.office.pull("Oczekujace", OFFICE_BOX)

    [call] = world.api("calls?limit=1")
    assert (call["operation"], call["system"], call["outcome"]) == ("oczekujaceDokumenty", "EOD-Wrotkowo", "ok")


def test_reset_brings_back_the_first_day(world: World) -> None:
    world.api("send", {"podmiot": "anowak", "box": OFFICE_BOX, "title": "x", "count": 3})
    world.fault("*", "fault", 5)
    world.api("clock", {"days": 30})
    world.api("reset", {})

    assert world.queue() == []
    assert world.api("faults") == []
    assert all(box["waiting"] == 0 for box in world.api("boxes"))
