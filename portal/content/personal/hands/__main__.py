"""``python -m portal.content.personal.hands``: limit ourselves, read a request and a file, answer.

Input and output are a length (8 bytes), JSON of that length, and the bytes of a file.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

import filetype

from portal.content.personal.hands import packages, pdfread, pdfredact, pictures, repackage
from portal.content.personal.hands.pieces import Locked, NotRemoved, Piece, TooMuch, limited
from search.extraction import readers, rtf
from search.extraction.limits import TooLarge

MEMORY = 1536 * 1024 * 1024
"""Address space of this process, in bytes: a page at 200 dots an inch and the libraries."""
Answer = tuple[dict[str, Any], bytes]


def _limit(seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    whole = max(1, int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def inspect(kind: str, data: bytes, _request: dict[str, Any]) -> Answer:
    """All pieces of a file."""
    return {"pieces": [piece.stored() for piece in limited(_pieces(kind, data))]}, b""


def _pieces(kind: str, data: bytes, depth: int = 0) -> list[Piece]:
    if kind == "pdf":
        return pdfread.pieces(data)
    if kind in packages.KINDS:
        return packages.pieces(data)
    if kind == "picture":
        return pictures.pieces(data)
    if kind == "rtf":
        return _rtf(data)
    if not kind and data.startswith(b"PK") and not depth:
        return _archive(data)
    if not kind and str(filetype.guess_mime(data)).startswith(("audio/", "video/")):
        # Nobody here listens to it: a person says what is heard and seen in it.
        return [Piece("page", "", 1, [(0, 0, "recording")])]
    pages, note = readers.read(kind, data)
    if note == "unsupported":
        raise ValueError("unsupported")
    return [Piece("page", text, number) for number, text in enumerate(pages, 1)]


def _rtf(data: bytes) -> list[Piece]:
    """The pages of an RTF, what is written beside them, and pictures and files inside as things to look at."""
    found = [Piece("page", text, number) for number, text in enumerate(rtf.pages(data), 1)]
    for number, (place, text) in enumerate(sorted(rtf.aside(data).items()), 1):
        if place in ("picture", "object"):
            inside = "picture_inside" if place == "picture" else "attachment_inside"
            found.append(Piece(inside, "", number, [(0, 0, "picture")]))
        elif text:
            found.append(Piece(place, text, number))
    return found


def _archive(data: bytes) -> list[Piece]:
    """A ZIP: its names, and each file in it. One that cannot be looked into makes the whole so."""
    found = []
    for number, name, part in packages.parts(packages.package(data)):
        if part:
            inner = _pieces(readers.kind_of(part), part, depth=1)
            found.append(Piece("file_name", name, number))
            for one in inner:
                found.append(Piece("attachment_inside", one.text, number * 1000 + len(found), one.layers))
    return found


def redact(kind: str, data: bytes, request: dict[str, Any]) -> Answer:
    """A fresh file without what the targets name."""
    makers: dict[str, Callable[[bytes, list[dict[str, Any]]], Answer]] = {
        "pdf": pdfredact.redact, "picture": pictures.redact, **dict.fromkeys(packages.KINDS, repackage.redact),
    }  # fmt: skip
    if kind not in makers:
        raise ValueError("unsupported")
    return makers[kind](data, request["targets"])


def show(kind: str, data: bytes, request: dict[str, Any]) -> Answer:
    """A picture of one page, for a person to look at."""
    return {}, pictures.page(kind, data, int(request["number"]), request.get("marks", []))


ACTS = {"inspect": inspect, "redact": redact, "show": show}
_NOTES = (
    (Locked, "locked"),
    (TooMuch, "too_large"),
    (TooLarge, "too_large"),
    (MemoryError, "too_large"),
    (NotRemoved, "not_removed"),
)


def _answer(request: dict[str, Any], data: bytes) -> Answer:
    kind = ""
    try:
        kind = readers.kind_of(data)
        answer, made = ACTS[request["act"]](kind, data, request)
    except Exception as error:  # noqa: BLE001 - it is named on the error output, and there is nobody to raise to
        sys.stderr.write(f"{type(error).__name__} {error}\n")
        note = next((note for cause, note in _NOTES if isinstance(error, cause)), "broken")
        return {"note": "unsupported" if str(error) == "unsupported" else note, "kind": kind}, b""
    return answer | {"note": "ok", "kind": kind}, made


def main() -> int:
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    request = json.loads(sys.stdin.buffer.read(size))
    data = sys.stdin.buffer.read()
    # Libraries may print; the answer must be alone on the output.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    _limit(float(request["seconds"]))
    answer, made = _answer(request, data)
    head = json.dumps(answer).encode()
    with os.fdopen(answer_to, "wb") as out:
        out.write(len(head).to_bytes(8, "big") + head + made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
