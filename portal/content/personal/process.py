"""The process that opens attached files, asked from here: its limits, and what an answer without one means."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from search.extract import reading_environment

MAX_FILE = 100 * 1024 * 1024
"""Largest file that is looked into, in bytes."""
TIMEOUT = 120.0
"""Seconds for one file."""
_LARGEST_ANSWER = 300 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """``note``: ``ok``, ``locked``, ``broken``, ``too_large``, ``timeout``, ``unsupported``, ``not_removed``."""

    note: str
    kind: str = ""
    facts: dict[str, Any] | None = None
    made: bytes = b""


def ask(act: str, data: bytes, *, timeout: float = TIMEOUT, **request: Any) -> Answer:
    """``inspect`` a file, ``redact`` it (``targets``), ``show`` a page (``number``). Never raises for what is in it."""
    if len(data) > MAX_FILE:
        return Answer("too_large")
    head = json.dumps({"act": act, "seconds": timeout, **request}).encode()
    command = [sys.executable, "-m", "portal.content.personal.hands"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=len(head).to_bytes(8, "big") + head + data, capture_output=True, timeout=timeout,
            check=False, env=reading_environment(), cwd="/",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Answer("timeout")
    if done.returncode != 0 or not 8 <= len(done.stdout) <= _LARGEST_ANSWER:
        return Answer("broken")
    size = int.from_bytes(done.stdout[:8], "big")
    try:
        facts = json.loads(done.stdout[8 : 8 + size])
    except ValueError:
        return Answer("broken")
    return Answer(str(facts.pop("note")), str(facts.pop("kind")), facts, done.stdout[8 + size :])
