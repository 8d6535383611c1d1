from __future__ import annotations

import base64

import pytest

from tests.eoffice.sandbox.client import LETTER, Fault, sha1
from tests.eoffice.sandbox.conftest import CITIZEN_BOX, OFFICE_BOX, World


def _send(world: World, count: int = 1) -> None:
    world.api("send", {"podmiot": "anowak", "box": OFFICE_BOX, "title": "Wniosek", "text": "Treść", "count": count})


def _content(world: World) -> bytes:
    return base64.b64decode(world.office.pull("Pobierz", OFFICE_BOX).findtext("dokument/zawartosc") or "")


def test_waiting_documents_are_counted(world: World) -> None:
    assert world.office.pull("Oczekujace", OFFICE_BOX).findtext("oczekujace") == "0"
    _send(world, 3)
    assert world.office.pull("Oczekujace", OFFICE_BOX).findtext("oczekujace") == "3"


def test_an_empty_queue_answers_status_zero_and_nothing_else(world: World) -> None:
    answer = world.office.pull("Pobierz", OFFICE_BOX)

    assert [child.tag for child in answer] == ["status"]
    assert answer.findtext("status/kod") == "0"


def test_the_head_comes_again_until_it_is_confirmed(world: World) -> None:
    _send(world, 2)
    first = _content(world)

    assert _content(world) == first
    assert world.office.pull("Potwierdz", OFFICE_BOX, skrot=sha1(first)).findtext("status/kod") == "1"
    assert _content(world) != first


def test_a_wrong_digest_is_not_success_and_takes_nothing(world: World) -> None:
    _send(world)
    first = _content(world)

    for wrong in (sha1(b"inne"), sha1(base64.b64encode(first)), "x", sha1(first).lower()):
        assert world.office.pull("Potwierdz", OFFICE_BOX, skrot=wrong).findtext("status/kod") == "2"
    assert _content(world) == first


def test_confirming_again_is_harmless(world: World) -> None:
    _send(world, 2)
    first = _content(world)
    world.office.pull("Potwierdz", OFFICE_BOX, skrot=sha1(first))

    assert world.office.pull("Potwierdz", OFFICE_BOX, skrot=sha1(first)).findtext("status/kod") == "0"
    assert len(world.queue()) == 1


def test_a_document_never_shown_cannot_be_confirmed_by_a_repeated_confirmation(world: World) -> None:
    for _ in range(2):
        world.office.nadaj((LETTER % "to samo").encode(), OFFICE_BOX, CITIZEN_BOX, "jkowalski")
    digest = sha1(_content(world))
    world.office.pull("Potwierdz", OFFICE_BOX, skrot=digest)

    assert world.office.pull("Potwierdz", OFFICE_BOX, skrot=digest).findtext("status/kod") == "0"
    assert len(world.queue()) == 1


def test_documents_come_in_the_order_they_were_sent(world: World) -> None:
    _send(world, 5)

    taken = world.office.empty(OFFICE_BOX)
    assert [f"Wniosek {number}<".encode() in content for number, content in enumerate(taken, 1)] == [True] * 5


def test_a_trial_sending_is_marked(world: World) -> None:
    world.api("send", {"podmiot": "anowak", "box": OFFICE_BOX, "title": "Próba", "test": True})

    assert world.office.pull("Pobierz", OFFICE_BOX).findtext("czyTestowe") == "true"


@pytest.mark.parametrize(
    ("address", "name"), [("/gminaWrotkowo/nieMa", ""), (OFFICE_BOX, "domyslna"), (OFFICE_BOX, "skrytkaesp")]
)
def test_a_box_that_is_not_there_is_a_fault(world: World, address: str, name: str) -> None:
    with pytest.raises(Fault) as caught:
        world.office.pull("Oczekujace", address, name=name)

    assert caught.value.number is not None


def test_nobody_reads_a_strangers_box(world: World) -> None:
    with pytest.raises(Fault) as caught:
        world.citizen.pull("Pobierz", OFFICE_BOX)

    assert caught.value.status == 401


def test_a_system_without_the_role_gets_401(world: World) -> None:
    world.api(
        "systems",
        {"name": "EOD-Wrotkowo", "podmiot": "gminaWrotkowo", "acts_for": ["gminaWrotkowo"], "roles": ["skrytka"]},
    )

    with pytest.raises(Fault) as caught:
        world.office.pull("Pobierz", OFFICE_BOX)
    assert caught.value.status == 401


def test_the_server_uses_other_prefixes_each_time(world: World) -> None:
    prefixes = {world.office.pull("Oczekujace", OFFICE_BOX).prefix for _ in range(12)}

    assert len(prefixes) > 4
