"""The forms of WS-Security ePUAP's real clients send are accepted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from eoffice.sandbox import identity
from tests.eoffice.sandbox import wrappings
from tests.eoffice.sandbox.client import EXC, Client, Fault, document
from tests.eoffice.sandbox.conftest import World


def _stamp(age: timedelta, lifetime: timedelta | None = timedelta(minutes=5), identifier: str = "") -> str:
    created = datetime.now(UTC) - age
    attribute = f' wsu:Id="{identifier}"' if identifier else ""
    expires = "" if lifetime is None else f"<wsu:Expires>{(created + lifetime).isoformat()}</wsu:Expires>"
    return f"<wsu:Timestamp{attribute}><wsu:Created>{created.isoformat()}</wsu:Created>{expires}</wsu:Timestamp>"


def _status(world: World, data: bytes) -> str | None:
    return world.office.read(world.office.post("skrytka", data)).findtext("status/kod")


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=4), timedelta(minutes=-4)])
def test_a_timestamp_of_the_last_minutes_is_accepted(world: World, age: timedelta) -> None:
    data = world.office.request(document(b"<a/>"), wrappings.HEADERS, _stamp(age))

    assert _status(world, data) == "1"


@pytest.mark.parametrize("age", [timedelta(minutes=11), timedelta(minutes=-11), timedelta(days=300)])
def test_a_timestamp_of_another_hour_is_refused(world: World, age: timedelta) -> None:
    data = world.office.request(document(b"<a/>"), wrappings.HEADERS, _stamp(age))

    with pytest.raises(Fault) as caught:
        world.office.read(world.office.post("skrytka", data))
    assert caught.value.code.endswith(":MessageExpired")
    assert caught.value.number is None


def test_a_timestamp_need_not_expire(world: World) -> None:
    data = world.office.request(document(b"<a/>"), wrappings.HEADERS, _stamp(timedelta(0), None))

    assert _status(world, data) == "1"


def test_inclusive_prefixes_as_java_clients_send_them_are_accepted(world: World) -> None:
    step = (
        f'<ds:Transform Algorithm="{EXC}"><ec:InclusiveNamespaces xmlns:ec="{EXC}" PrefixList="o s wsu"/>'
        "</ds:Transform>"
    )

    assert _status(world, wrappings._custom(world.office, b"<a/>", transforms=step)) == "1"


def test_no_soap_action_and_any_soap_action_are_accepted(world: World) -> None:
    assert _status(world, world.office.request(document(b"<a/>"), wrappings.HEADERS)) == "1"


def test_an_unregistered_certificate_is_a_fault_without_detail(world: World) -> None:
    with pytest.raises(Fault) as caught:
        world.office.read(world.office.post("skrytka", wrappings.strangers_own_key(world.office)))

    assert caught.value.code.endswith(":FailedAuthentication")
    assert caught.value.number is None


def test_a_certificate_registered_later_is_accepted(world: World) -> None:
    folder = world.data / "attacker"
    identity.ensure(folder, "", "Attacker")
    world.api("certificates", {"system": "EOD-Wrotkowo", "pem": (folder / "cert.pem").read_text()})

    newcomer = Client(world.url, folder, world.data / "server" / "cert.pem")
    assert newcomer.pull("Oczekujace", "/gminaWrotkowo/SkrytkaESP").findtext("oczekujace") == "0"


def test_one_changed_byte_anywhere_in_the_body_is_refused(world: World) -> None:
    data = world.office.request(document(b"<abcdef>ghijk</abcdef>"), wrappings.HEADERS)
    start = data.index(b"<o:Dokument>") + 1

    refused = 0
    for position in range(start, data.index(b"</soapenv:Body>"), 3):
        changed = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        refused += world.office.post("skrytka", changed).status_code == 500
    assert refused == len(range(start, data.index(b"</soapenv:Body>"), 3))
    assert world.queue() == []
