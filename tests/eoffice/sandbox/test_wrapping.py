"""Nothing an attacker makes of a genuinely signed request is accepted, and nothing crashes the server."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.eoffice.sandbox import wrappings
from tests.eoffice.sandbox.client import SOAP
from tests.eoffice.sandbox.conftest import OFFICE_BOX, World
from tests.eoffice.sandbox.wrappings import ATTACKS


def test_the_corpus_is_large_enough() -> None:
    assert len(ATTACKS) >= 40


def test_the_genuine_message_is_accepted(world: World) -> None:
    data = wrappings.out(wrappings.genuine(world.office))

    assert world.office.read(world.office.post("skrytka", data)).findtext("status/kod") == "1"
    assert world.office.empty(OFFICE_BOX) == [wrappings.GENUINE]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_with_a_clean_fault(world: World, name: str) -> None:
    answer = world.office.post("skrytka", ATTACKS[name](world.office))

    fault = etree.fromstring(answer.content).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    assert answer.status_code == 500
    assert fault is not None
    assert "Traceback" not in answer.text
    assert world.queue() == []
    assert world.api("counts") == {"by_content": {}, "by_mark": {}, "by_name": {}}


def test_no_attack_at_all_is_accepted_and_the_server_still_works(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [world.office.post("skrytka", make(world.office)) for make in ATTACKS.values()]

    accepted = sum(answer.status_code == 200 for answer in answers)
    crashed = sum(b":Fault" not in answer.content for answer in answers)
    with capsys.disabled():
        print(f"\nwrapping corpus: {len(answers)} attacks, {accepted} accepted, {crashed} crashes")
    assert (accepted, crashed) == (0, 0)
    test_the_genuine_message_is_accepted(world)
