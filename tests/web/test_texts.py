"""Texts are merged from every package, contradict nobody, and never break a page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portal.web import texts


@dataclass
class Happened:
    verb: str
    data: dict[str, object] = field(default_factory=dict)


def _write(folder: Path, package: str, name: str, content: dict[str, str]) -> None:
    (folder / package).mkdir(exist_ok=True)
    (folder / package / name).write_text(json.dumps(content))


def test_two_packages_may_not_give_one_code_two_texts(tmp_path: Path) -> None:
    _write(tmp_path, "a", "messages.json", {"x": "Jeden"})
    _write(tmp_path, "b", "messages.json", {"x": "Dwa"})
    with pytest.raises(ValueError, match="x already"):
        texts.load(tmp_path)


def test_a_sentence_is_filled_and_a_forgotten_detail_does_not_break_it(tmp_path: Path) -> None:
    _write(tmp_path, "a", "messages.json", {"x": "Plik {name}: {size}, {kinds}"})
    loaded = texts.load(tmp_path)
    assert loaded.message("x", name="{size}", kinds=["PDF", "XML"]) == "Plik {size}: …, PDF, XML"


def test_an_unknown_code_reads_as_a_general_refusal() -> None:
    assert texts.message("no.such.code") == texts.message("domain.refused")
    assert not texts.known("no.such.code")


def test_events_are_told_in_words() -> None:
    assert texts.event_text(Happened("user.created")) == "Założono konto"
    told = texts.event_text(Happened("grant.given", {"role": "clerk", "path": "/biuro"}))
    assert told == "Nadano rolę „clerk” w miejscu /biuro"
    assert texts.event_text(Happened("no.such")) == "Zmiana w systemie"


def test_the_installed_texts_hold_together() -> None:
    assert "login.refused" in texts.messages_known()
    assert "user.logged_in" in texts.events_known()
