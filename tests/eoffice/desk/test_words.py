"""Everything a clerk or a citizen may meet has its word in Polish."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eoffice.cases.workflow import OUTCOMES
from eoffice.cases.workflow import WORKFLOW as CASE
from eoffice.citizen import course
from eoffice.desk import lists, registerfile
from eoffice.desk.views.base import STATE_KINDS
from eoffice.dispatch import addressing, fiction
from eoffice.dispatch.workflow import DELIVERY, LETTER
from eoffice.intake.legal import EFFECTS
from eoffice.register.workflow import WORKFLOW as ENTRY
from portal.content.personal import numbers
from portal.web.texts import installed, known

ROOMS = ("cases", "dispatch", "desk", "citizen")
_SAID = re.compile(r'(?:(?:Invalid|Conflict|Forbidden|NotFound|message)\(\s*|(?=desk\.done))"?([a-z_]+\.[a-z_.]+)"')
_RECORDED = re.compile(r'events\.record\(\s*session,\s*[\w.()]+,\s*"([a-z_.]+)"')


def sources() -> list[str]:
    root = Path(__file__).parents[3] / "eoffice"
    return [file.read_text() for room in ROOMS for file in (root / room).rglob("*.py")]


@pytest.mark.parametrize("workflow", [CASE, LETTER, DELIVERY, ENTRY], ids=lambda w: w.name)
def test_every_state_has_a_word_and_a_shape(workflow: object) -> None:
    for state in workflow.states:  # type: ignore[attr-defined]
        assert known(f"{workflow.name}.state.{state}"), state  # type: ignore[attr-defined]
        assert state in STATE_KINDS, state


def test_every_choice_offered_has_a_word() -> None:
    codes = [f"outcome.{name}" for name in OUTCOMES] + [f"effect.{name}" for name in EFFECTS]
    codes += [f"channel.{channel}" for _, channel in addressing.PREFERENCE] + [f"channel.{addressing.COUNTER}"]
    codes += [f"filter.{name}" for name in (*lists.ENTRY_FILTERS, *lists.CASE_FILTERS, *lists.LETTER_FILTERS)]
    codes += [f"fiction.{rule.source}" for rule in fiction.RULES] + ["fiction.none"]
    codes += [f"hidden.{pattern.kind}" for pattern in numbers.PATTERNS] + ["hidden.name", "hidden.known"]
    codes += [f"sort.{name}" for name in registerfile.SORTS]
    assert [code for code in codes if not known(code)] == []


def test_the_course_of_a_case_has_words_in_every_state() -> None:
    nows = [*CASE.states, "answer", "collect", "counter"]
    codes = [f"course.{kind}.{name}" for name in nows for kind in ("now", "sentence")]
    codes += [f"course.next.{name}" for names in course.NEXT.values() for name in names]
    codes += [f"course.to_do.{name}" for name in ("collect", "counter", "answer")]
    assert [code for code in codes if not known(code)] == []


def test_every_refusal_and_every_done_has_a_sentence() -> None:
    said = {code for text in sources() for code in _SAID.findall(text)}
    assert sorted(code for code in said if not known(code)) == []
    assert len(said) > 60


def test_every_event_we_record_has_a_sentence() -> None:
    recorded = {verb for text in sources() for verb in _RECORDED.findall(text)}
    assert sorted(verb for verb in recorded if verb not in installed().events) == []
    assert len(recorded) > 20
