"""Tables for machines, line by line: CSV (RFC 4180, UTF-8) and JSON, however long, in steady memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from flask import Response

KINDS = ("csv", "json")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, Any]


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def respond(kind: str, columns: Sequence[str], rows: Iterable[Row], *, name: str) -> Response:
    """``rows`` as ``csv`` or ``json``, sent as they are read. ``name`` is the file's, without an ending.

    The first row is read before anything is sent: what fails at once is an error page, not half a file.
    """
    rows = iter(rows)
    begun = chain([first], rows) if (first := next(rows, None)) is not None else iter(())
    if kind == "json":
        return Response(_json(columns, begun), content_type="application/json; charset=utf-8")
    response = Response(_csv(columns, begun), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return response


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore")
    writer.writeheader()
    yield "\ufeff"
    for row in rows:
        writer.writerow({name: safe(value) for name, value in row.items()})
        if out.tell() > 16_000:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _json(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    yield '{"columns": ' + json.dumps(list(columns)) + ', "rows": ['
    between = "\n "
    for row in rows:
        yield between + json.dumps(row, ensure_ascii=False, default=str)
        between = ",\n "
    yield "\n]}\n"
