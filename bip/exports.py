"""The Bulletin's lists for machines: CSV (RFC 4180, UTF-8) and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from bip.journal import Change
from portal.web import tables

COLUMNS = (
    "seq",
    "at",
    "act",
    "item",
    "title",
    "address",
    "person",
    "version",
    "reason",
    "event_hash",
    "entered_by",
    "answers",
    "leaf",
)


def json_response(data: Any) -> Response:
    """``data`` as JSON that people can read too."""
    body = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    return Response(body, content_type="application/json; charset=utf-8")


def register(kind: str, lines: Iterable[Change], base: str) -> Response:
    """The register of changes as ``csv`` or ``json``, sent as it is read."""
    return tables.respond(kind, COLUMNS, (register_row(line, base) for line in lines), name="rejestr-zmian")


def csv_response(columns: Sequence[str], rows: Iterable[dict[str, Any]], name: str) -> Response:
    """``rows`` as a CSV file called ``name``, with its heading, for spreadsheets and programs."""
    return tables.respond("csv", columns, rows, name=name)


def register_row(line: Change, base: str) -> dict[str, Any]:
    """A line of the register as published; ``base`` is the site's address."""
    return {
        "seq": line.seq,
        "at": line.at.isoformat(),
        "act": line.verb.partition(".")[2],
        "item": line.item_id,
        "title": line.title,
        "address": base + line.path if line.path else "",
        "person": line.person,
        "version": line.number,
        "reason": line.reason,
        "event_hash": line.hash,
        "entered_by": line.entered,
        "answers": line.answers,
        "leaf": line.leaf.position if line.leaf else None,
        "leaf_facts": line.leaf.facts if line.leaf and not line.closed else None,
    }
