"""Whatever is sent as XML: a clean refusal or a harmless view; no leak, no hang, no other exception."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from forms.document import View, view
from portal.core.xml import UnsafeXml
from tests.forms.hostile import SECRET, corpus

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
