"""A state as it is here: its links as references to today's items and files, its files stored, its fields resealed."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.content import attachments, files, links, structures
from portal.content.exchange.arriving import Arriving, first_public, why
from portal.content.exchange.entries import ORIGIN, Entry, Note, State
from portal.content.models import Item
from portal.content.versions import Attachment
from portal.core import documents
from portal.core.blobs import sha256
from portal.core.errors import DomainError

_LINK = re.compile(r'((?:href|src)=")(archive|attachment):([^"#?/]+)(?:/([^"#?]+))?([^"]*)(")')
_NAMED = re.compile(r"archive:([^#?/]+)(.*)")


def targets(session: Session, work: Arriving, entry: Entry) -> dict[str, int]:
    """Entry → item, for the entries that this one's texts, fields and settings name."""
    keys = {html.unescape(match.group(3)) for state in entry.states for match in _LINK.finditer(state.body)}
    values = [entry.settings, *(state.fields for state in entry.states)]
    keys |= {found[1] for given in values for value in given.values() if (found := _NAMED.fullmatch(str(value)))}
    marks = {work.mark(key): key for key in keys}
    rows = session.execute(select(Item.source, Item.id).where(Item.source.in_(marks)))
    found_here = {marks[row.source]: row.id for row in rows}
    return found_here | {key: work.target for key in keys if key not in found_here and work.is_place(session, key)}


def addressed(session: Session, values: dict[str, Any], known: Mapping[str, int], notes: list[Note]) -> dict[str, Any]:
    """Fields or settings with ``archive:KEY`` as today's address; one that leads nowhere is left out and told."""
    found = dict(values)
    for name, value in values.items():
        match = _NAMED.fullmatch(value) if isinstance(value, str) else None
        if match is not None and match[1] in known:
            found[name] = session.get_one(Item, known[match[1]]).path + match[2]
        elif match is not None:
            del found[name]
            notes.append(Note("import.link_lost", {"to": match[1]}))
    return found


def fields(
    session: Session, work: Arriving, entry: Entry, state: State, number: int, given: dict[str, Any]
) -> dict[str, Any]:
    """The state's fields and where it comes from, sealed together with it."""
    origin: dict[str, Any] = {
        "kind": work.source.kind, "number": number, "address": entry.address, "author": state.author,
        "created_at": _text(state.created_at), "published_at": _text(state.published_at),
        "published_by": state.published_by, "first_published_at": _text(first_public(entry)),
    }  # fmt: skip
    if ORIGIN in state.fields:
        origin["before"] = state.fields[ORIGIN]
    marks = {work.mark(str(old)): old for old in structures.targets(given)}
    rows = session.execute(select(Item.source, Item.id).where(Item.source.in_(marks))) if marks else ()
    return {**structures.retarget(given, {marks[row.source]: row.id for row in rows}), ORIGIN: origin}


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def kept_files(
    session: Session, work: Arriving, entry: Entry, state: State
) -> tuple[list[tuple[str, Attachment]], list[Note]]:
    """The state's files, stored; those the source has not got, and those nobody should keep, are named."""
    found: list[tuple[str, Attachment]] = []
    missing = []
    for file in state.files:
        try:
            stored = _stored(session, work, work.source.file(file.key), file.name, entry.type)
        except KeyError:
            missing.append(Note("import.file_missing", {"name": file.name}))
            continue
        except DomainError as refusal:
            missing.append(Note("import.file_refused", {"name": file.name, "why": why(refusal)}))
            continue
        if all(stored != other.document_id for _, other in found):
            found.append((file.key, Attachment(stored, file.title or file.name)))
    return found, missing


def _stored(session: Session, work: Arriving, data: bytes, name: str, kind: str) -> int:
    """One document for the same bytes under the same name within an item's import, through the gate of all files."""
    kept: dict[tuple[str, str], int] = session.info.setdefault("imported_files", {})
    key = (sha256(data), name)
    if key not in kept:
        kept[key] = files.keep(session, work.blobs, work.actor, data=data, name=name, origin="content", kind=kind).id
    return kept[key]


def file_addresses(
    session: Session, item: Item, entry: Entry, files: list[tuple[str, Attachment]]
) -> Mapping[tuple[str, str], str]:
    """(entry, file) → today's address, for files of this very state."""
    rows = {file.document_id: session.get_one(documents.Document, file.document_id).name for _, file in files}
    return {
        (entry.key, key): attachments.address(item.id, file.document_id, rows[file.document_id]) for key, file in files
    }


def body(
    text: str, known: Mapping[str, int], files: Mapping[tuple[str, str], str], notes: list[Note]
) -> str:  # fmt: skip
    """The text with its links as references to items and addresses of files; those that lead nowhere are told."""

    def replace(match: re.Match[str]) -> str:
        before, kind, key, file, rest, after = match.groups()
        if kind == "archive" and html.unescape(key) in known:
            return f"{before}item:{known[html.unescape(key)]}{rest}{after}"
        if kind == "attachment" and (key, file or "") in files:
            return f"{before}{files[(key, file or '')]}{after}"
        notes.append(Note("import.link_lost", {"to": f"{key}/{file}" if file else key}))
        return f"{before}{links.GONE}{after}"

    return _LINK.sub(replace, text)
