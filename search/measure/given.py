"""A corpus and questions brought by whoever measures: a folder of texts, or files of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from search.index import PUBLIC, Attachment, Doc
from search.measure.questions import Question

_TEXTS = {".txt", ".md"}


class BadInput(ValueError):
    """A file cannot be used. ``code`` and ``details`` name the sentence that says why."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, details)
        self.code, self.details = code, details


def corpus(path: Path) -> list[Doc]:
    """The documents of a folder (``.txt``, ``.md``: the first line is the title; ``.json``; ``.jsonl``) or one file.

    A document in JSON has ``key``, ``title`` and ``body`` and may have ``url``, ``type``, ``organ``, ``status``,
    ``signature``, ``year``, ``date`` (ISO 8601) and ``attachments`` (``[{"name", "pages": [texts]}]``). Without a
    ``key`` it gets the name of its file and its number there. Raises ``BadInput``.
    """
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    found: dict[str, Doc] = {}
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        for doc in _documents(file, name):
            if doc.key in found:
                raise BadInput("bench.twice", key=doc.key, file=name)
            found[doc.key] = doc
    if not found:
        raise BadInput("bench.empty", file=str(path))
    return list(found.values())


def questions(path: Path, docs: Iterable[Doc]) -> dict[str, list[Question]]:
    """JSON lines of ``text``, ``right`` (keys) and optionally ``set``: the questions of each set.

    Raises ``BadInput``, also for an answer that is in no document: it could never be found.
    """
    keys = {doc.key for doc in docs}
    found: dict[str, list[Question]] = {}
    for number, value in _lines(path, path.name):
        text, right = value.get("text"), value.get("right")
        right = [right] if isinstance(right, str) else right
        if not isinstance(text, str) or not text.strip() or not isinstance(right, list) or not right:
            raise BadInput("bench.question", file=path.name, line=number)
        if lost := [key for key in map(str, right) if key not in keys]:
            raise BadInput("bench.answer", file=path.name, line=number, key=lost[0])
        found.setdefault(str(value.get("set", "given")), []).append(Question(text, frozenset(map(str, right))))
    if not found:
        raise BadInput("bench.empty", file=str(path))
    return found


def _documents(file: Path, name: str) -> Iterator[Doc]:
    if file.suffix in _TEXTS:
        title, _, body = _read(file, name).strip().partition("\n")
        yield Doc(name, "item", title.strip(), body.strip(), readers=frozenset({PUBLIC}), url=f"/{name}")
    elif file.suffix == ".jsonl":
        for number, value in _lines(file, name):
            yield _document(value, name, number)
    elif file.suffix == ".json":
        value = _parsed(_read(file, name), name, 1)
        for number, one in enumerate(value if isinstance(value, list) else [value], 1):
            yield _document(one, name, number)


def _document(value: Any, name: str, number: int) -> Doc:
    if not isinstance(value, dict):
        raise BadInput("bench.document", file=name, line=number)
    title, body = value.get("title", ""), value.get("body", value.get("text", ""))
    if not isinstance(title, str) or not isinstance(body, str) or not (title or body):
        raise BadInput("bench.document", file=name, line=number)
    try:
        day = date.fromisoformat(str(value["date"])[:10]) if value.get("date") else None
        year = int(value["year"]) if value.get("year") else day.year if day else None
        files = tuple(Attachment(str(a["name"]), tuple(map(str, a["pages"]))) for a in value.get("attachments") or ())
    except (ValueError, TypeError, KeyError):
        raise BadInput("bench.document", file=name, line=number) from None
    return Doc(
        key=str(value.get("key") or f"{name}:{number}"), kind="item", title=title, body=body, attachments=files,
        readers=frozenset({PUBLIC}), year=year, date=day, url=_word(value, "url"), type=_word(value, "type"),
        organ=_word(value, "organ"), status=_word(value, "status"), signature=_word(value, "signature"),
    )  # fmt: skip


def _word(value: Any, name: str) -> str:
    return str(value.get(name) or "")


def _lines(file: Path, name: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(_read(file, name).split("\n"), 1):
        if line.strip():
            value = _parsed(line, name, number)
            if not isinstance(value, dict):
                raise BadInput("bench.json", file=name, line=number)
            yield number, value


def _parsed(text: str, name: str, number: int) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadInput("bench.json", file=name, line=number) from None


def _read(file: Path, name: str) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadInput("bench.unread", file=name) from None
