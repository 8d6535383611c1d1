"""Whatever is sent as XML: a clean refusal or a harmless view; no leak, no hang, no other exception."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.document import View, view
from portal.core.xml import UnsafeXml
from tests.forms.hostile import SECRET, corpus
from tests.forms.samples import PDF
from tests.forms.test_reader import enclosed, letter

HARMLESS = {
    "xinclude",
    "stylesheet of the enemy",
    "schema location of the enemy",
    "a thousand namespaces",
    "ten thousand attributes",
    "scripts as text",
    "scripts as elements",
    "utf-16 with a mark",
    "a wrapper around itself",
}
SECONDS = 5.0
NAMES = sorted(corpus(Path("/nowhere")))


def looked_at(data: bytes) -> tuple[View | None, str]:
    """The view, or the reason of the one refusal that is allowed."""
    try:
        return view(data), ""
    except UnsafeXml as refusal:
        return None, refusal.reason


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_document_is_refused_or_shown_harmlessly(name: str, secret: Path) -> None:
    data, start = corpus(secret)[name], time.monotonic()
    seen, reason = looked_at(data)

    assert time.monotonic() - start < SECONDS
    assert (seen is not None) == (name in HARMLESS)
    assert reason in {"", "empty", "too_large", "doctype", "malformed"}
    assert SECRET not in repr(seen)


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(NAMES) >= 30


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4))
def test_a_letter_damaged_anywhere_is_refused_or_shown_never_a_crash(damages: list[tuple[int, int, bytes]]) -> None:
    data = letter(enclosed(PDF))
    for place, length, instead in damages:
        at = place % len(data)
        data = data[:at] + instead + data[at + length :]

    seen, reason = looked_at(data)

    assert (seen is None) == bool(reason)
