"""Polish texts: every ``templates/*/messages.json`` (codes) and ``events.json`` (verbs), merged at start.

Code knows codes; people read sentences. A code given two different sentences stops the start; one without a
sentence is logged and read as the general refusal, and fails a test before it can happen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Protocol

import structlog

from portal.web import folders

log = structlog.get_logger(__name__)


class HasVerb(Protocol):
    """Anything like ``portal.core.events.Event``."""

    @property
    def verb(self) -> str: ...

    @property
    def data(self) -> Mapping[str, object]: ...


class _Details(dict[str, object]):
    """Fills a sentence; what was not given stays an ellipsis instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        log.warning("text_detail_missing", detail=key)
        return "…"


def _written(value: object) -> object:
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value)
    return value


def _fill(sentence: str, details: Mapping[str, object]) -> str:
    return sentence.format_map(_Details({name: _written(value) for name, value in details.items()}))


@dataclass(frozen=True, slots=True)
class Texts:
    """All sentences of one installation."""

    messages: Mapping[str, str]
    events: Mapping[str, str]

    def message(self, code: str, /, **details: object) -> str:
        """The sentence for ``code``, with ``details`` filled in."""
        sentence = self.messages.get(code)
        if sentence is None:
            log.warning("text_missing", code=code)
            sentence = self.messages["domain.refused"]
        return _fill(sentence, details) if "{" in sentence or "}" in sentence else sentence

    def event(self, event: HasVerb) -> str:
        """What happened, in words. An event without a text is named by its verb for the office to report."""
        sentence = self.events.get(event.verb)
        if sentence is None:
            log.warning("text_missing", verb=event.verb)
            return self.messages["event.unknown"]
        return _fill(sentence, event.data)


def _merge(folder: Path, name: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for file in sorted(folder.glob(f"*/{name}")):
        for code, sentence in json.loads(file.read_text(encoding="utf-8")).items():
            if merged.setdefault(code, sentence) != sentence:
                raise ValueError(f"{file}: {code} already has another text")
    return merged


def load(folder: Path) -> Texts:
    """Read the texts under ``folder``. Raises ``ValueError`` when two files contradict each other."""
    return Texts(_merge(folder, "messages.json"), _merge(folder, "events.json"))


@cache
def installed() -> Texts:
    """The texts of this installation, read once."""
    return load(folders.TEMPLATES)


def message(code: str, /, **details: object) -> str:
    """The installed sentence for ``code``."""
    return installed().message(code, **details)


def known(code: str) -> bool:
    """Whether ``code`` has a sentence."""
    return code in installed().messages


def event_text(event: HasVerb) -> str:
    """The installed sentence for what happened."""
    return installed().event(event)


def messages_known() -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(installed().messages)


def events_known() -> frozenset[str]:
    """Every verb that has a sentence."""
    return frozenset(installed().events)
