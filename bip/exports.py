"""The Bulletin's lists for machines: CSV (RFC 4180, UTF-8) and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from bip.journal import Change

LIMIT = 10_000
"""Lines of one export; narrow it by dates for older ones."""
COLUMNS = ("seq", "at", "act", "item", "title", "address", "person", "version", "reason", "event_hash")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_response(data: Any) -> Response:
    """``data`` as JSON that people can read too."""
    body = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    return Response(body, content_type="application/json; charset=utf-8")


def register(kind: str, lines: Sequence[Change], base: str) -> Response:
    """The register of changes as ``csv`` or ``json``."""
    rows = [_row(line, base) for line in lines]
    if kind == "json":
        return json_response({"columns": COLUMNS, "rows": rows})
    return csv_response(COLUMNS, rows, "rejestr-zmian")


def csv_response(columns: Sequence[str], rows: Iterable[dict[str, Any]], name: str) -> Response:
    """``rows`` as a CSV file called ``name``, with its heading, for spreadsheets and programs."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows({column: safe(value) for column, value in row.items()} for row in rows)
    response = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return response


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _row(line: Change, base: str) -> dict[str, Any]:
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
    }
