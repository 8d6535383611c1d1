"""``python -m search.extraction``: limit ourselves, then read the file from standard input."""

from __future__ import annotations

import json
import os
import resource
import sys
import time

from search.extraction import readers
from search.extraction.limits import TooLarge

MEMORY = 1024 * 1024 * 1024
"""Address space of this process, in bytes."""
_FILES = 64


def _limit(seconds: float) -> None:
    """No more memory, time, files and processes than one file may need; no new files at all without OCR."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    whole = max(1, int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


_FOR_PICTURES = 0.6
"""The part of the time after which no further picture is begun, so that what was read by then is not lost."""


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    seconds = next((float(a.removeprefix("--seconds=")) for a in arguments if a.startswith("--seconds=")), 60.0)
    data = sys.stdin.buffer.read()
    # Libraries may print; the answer must be alone on the output.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    _limit(seconds)
    kind = ""
    try:
        kind = readers.kind_of(data)
        until = began + seconds * _FOR_PICTURES if "--ocr" in arguments else began
        pages, note = readers.read(kind, data, until=until)
    except (TooLarge, MemoryError):
        pages, note = [], "too_large"
    except Exception as error:  # noqa: BLE001 - it is named on the error output, and there is nobody to raise to
        # Whatever a damaged or hostile file provokes in a reader means one thing: it could not be read.
        sys.stderr.write(f"{type(error).__name__}\n")
        pages, note = [], "failed"
    with os.fdopen(answer_to, "wb") as out:
        out.write(json.dumps({"kind": kind, "note": note, "pages": pages}).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
