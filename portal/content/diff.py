"""Differences between two states of an item in words, not raw fields: inline and side by side, with files' texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.schema import Field
from portal.content import queries, sanitise, structures
from portal.content.models import ItemFile
from portal.content.queries import Line, PageData
from portal.core.documents import Document
from portal.web.texts import message

SAME, ADDED, REMOVED = "same", "added", "removed"
_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_MANY = 400


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stayed (``same``), came (``added``) or went (``removed``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph before and after: runs for the left and the right side, and ``inline`` for both in one."""

    kind: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]
    inline: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What was compared: ``title``, ``summary``, ``body``, a field's label, a file's title."""

    name: str
    label: str
    blocks: tuple[Block, ...]

    @property
    def changed(self) -> bool:
        return any(block.kind != SAME for block in self.blocks)


def between(session: Session, page: PageData, before: int, after: int, *, published_only: bool) -> tuple[Part, ...]:
    """The parts that differ between two versions of the page. Raises ``NotFound``."""
    old = queries.version_of(session, page.row.id, before, published_only=published_only)
    new = queries.version_of(session, page.row.id, after, published_only=published_only)
    parts = [
        Part("title", "", compare(old.version_title, new.version_title)),
        Part("summary", "", compare(old.version_summary, new.version_summary)),
        Part("body", "", compare(sanitise.to_text(old.body), sanitise.to_text(new.body))),
        *_fields(page, old, new),
        *_files(session, old.version_id, new.version_id),
    ]
    return tuple(part for part in parts if part.changed)


def _fields(page: PageData, old: Line, new: Line) -> Iterator[Part]:
    for field in page.type.fields:
        was, now = old.fields.get(field.name), new.fields.get(field.name)
        yield Part("field", field.label, compare(_said(field, was), _said(field, now)))
    was, now = structures.texts(old.fields), structures.texts(new.fields)
    for label in {**was, **now}:
        yield Part("field", label, compare(was.get(label, ""), now.get(label, "")))


def _said(field: Field, value: object) -> str:
    """An answer as people read it: the words of a choice, yes or no for a box."""
    if isinstance(value, bool):
        return message("content.yes" if value else "content.no")
    labels = {choice.value: choice.label for choice in field.choices}
    return labels.get(str(value), str(value)) if value not in (None, "") else ""


def _files(session: Session, before: int, after: int) -> Iterator[Part]:
    old, new = _texts(session, before), _texts(session, after)
    for title in [*old, *(title for title in new if title not in old)]:
        yield Part("file", title, compare(old.get(title, ""), new.get(title, "")))


def _texts(session: Session, version_id: int) -> dict[str, str]:
    """Title → the text read of the file, or its sum where nothing could be read."""
    query = (
        select(ItemFile.title, Document.text, Document.sha256, Document.name)
        .join(Document, Document.id == ItemFile.document_id)
        .where(ItemFile.version_id == version_id)
        .order_by(ItemFile.position)
    )
    rows = session.execute(query)
    found: dict[str, str] = {}
    for row in rows:
        title = row.title if row.title not in found else f"{row.title} ({row.name})"
        found[title] = row.text or f"{row.name} (SHA-256 {row.sha256[:16]}…)"
    return found


def compare(before: str, after: str) -> tuple[Block, ...]:
    """Two texts paragraph by paragraph; a changed paragraph word by word."""
    old, new = before.split("\n") if before else [], after.split("\n") if after else []
    blocks: list[Block] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            blocks += (_whole(SAME, line) for line in old[i1:i2])
        else:
            blocks += _changed(old[i1:i2], new[j1:j2])
    return tuple(blocks)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    shared = min(len(old), len(new))
    for was, now in zip(old[:shared], new[:shared], strict=True):
        yield _words(was, now)
    yield from (_whole(REMOVED, line) for line in old[shared:])
    yield from (_whole(ADDED, line) for line in new[shared:])


def _whole(kind: str, line: str) -> Block:
    runs = (Run(kind, line),)
    return Block(kind, () if kind == ADDED else runs, () if kind == REMOVED else runs, runs)


def _words(was: str, now: str) -> Block:
    old, new = _TOKENS.findall(was), _TOKENS.findall(now)
    if max(len(old), len(new)) > _MANY * 10:
        # Comparing word by word is quadratic; a page-long line is shown whole.
        return Block("changed", (Run(REMOVED, was),), (Run(ADDED, now),), (Run(REMOVED, was), Run(ADDED, now)))
    before: list[Run] = []
    after: list[Run] = []
    inline: list[Run] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        if kind == "equal":
            for runs in (before, after, inline):
                runs.append(Run(SAME, gone))
            continue
        if gone:
            before.append(Run(REMOVED, gone))
            inline.append(Run(REMOVED, gone))
        if come:
            after.append(Run(ADDED, come))
            inline.append(Run(ADDED, come))
    return Block("changed", tuple(before), tuple(after), tuple(inline))
