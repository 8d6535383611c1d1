"""The text of files, page by page, read in a process of its own with limits on time and memory.

A hostile file can at most end that process. What is read is decided by the content, never by the name. Says
openly what could not be read: a scan without a text layer is ``no_text``, or ``ocr`` where Tesseract could read it.
Both are failures of accessibility (WCAG 2.1, 1.4.5) the editor should hear of.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Note = Literal["ok", "ocr", "no_text", "too_large", "failed", "timeout", "unsupported"]

MAX_FILE = 100 * 1024 * 1024
"""Largest file that is read, in bytes."""
TIMEOUT = 240.0
"""Seconds for one file: some forty scanned pages; shorter than the lease of the job that waits."""
_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Extracted:
    """What could be read. ``kind`` is the format found by content; formats without pages have one.

    ``note``: ``ok``, ``ocr`` (recognised in pictures, so perhaps with errors), ``no_text`` (nothing to read: a scan,
    an empty file), ``too_large`` (the file, or what unpacks from it), ``failed`` (damaged, encrypted, hostile),
    ``timeout``, ``unsupported`` (no reader for it).
    """

    pages: tuple[str, ...]
    note: Note
    kind: str = ""

    @property
    def text(self) -> str:
        """All pages, with a form feed between them."""
        return "\f".join(self.pages)


def extract(data: bytes, *, timeout: float = TIMEOUT, ocr: bool = True) -> Extracted:
    """Read the text of ``data``. Never raises for what is in it.

    ``ocr``: try Tesseract on pages that are pictures, where it is installed.
    """
    if len(data) > MAX_FILE:
        return Extracted((), "too_large")
    command = [sys.executable, "-m", "search.extraction", "--ocr" if ocr else "--no-ocr", f"--seconds={timeout:g}"]
    try:
        code, out = _answer_of(command, data, timeout)
    except subprocess.TimeoutExpired:
        return Extracted((), "timeout")
    if code != 0 or len(out) > _ANSWER:
        return Extracted((), "failed")
    try:
        answer = json.loads(out)
        return Extracted(tuple(answer["pages"]), answer["note"], answer["kind"])
    except (ValueError, KeyError, TypeError):
        return Extracted((), "failed")


def _answer_of(command: list[str], data: bytes, timeout: float) -> tuple[int, bytes]:
    """The exit code and output of the reading process. Raises ``TimeoutExpired``.

    It leads a group of its own, and whatever of the group is left at the end is killed: Tesseract would else go on
    working, and hold the output open, after the process that asked it is gone.
    """
    reading = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=reading_environment(),
        cwd="/", start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = reading.communicate(data, timeout)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(reading.pid, signal.SIGKILL)
        with reading:
            reading.kill()
    return reading.returncode, out


def reading_environment() -> dict[str, str]:
    """Only what Python needs to start and find us: no secrets of the program."""
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([root, *filter(None, sys.path)])
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": path, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
