"""Lists page by page, by key rather than by offset: as fast on page 4000 as on page 1, and nothing is skipped
or shown twice when a new row comes while one reads.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from portal.core.db import Moment

OLDER, NEWER = "dalej", "wstecz"
"""Query arguments: the key after which, or before which, the page lies."""

_LONGEST = 600

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows to show and the addresses of the neighbouring pages (empty: there is none)."""

    items: list[T]
    newer: str = ""
    older: str = ""


def _pack(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _unpack(text: str, columns: Sequence[Any]) -> list[Any]:
    """The key in ``text``. Whatever was altered by hand is a bad request, not a failure of ours."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text[:_LONGEST] + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or len(plain) != len(columns):
            raise ValueError("wrong number of keys")
        return [_typed(value, column) for value, column in zip(plain, columns, strict=True)]
    except (ValueError, TypeError, binascii.Error) as cause:
        raise BadRequest from cause


def _typed(value: Any, column: Any) -> Any:
    if isinstance(column.type, Moment):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return moment
    wanted = column.type.python_type
    if wanted is date:
        return date.fromisoformat(value)
    if not isinstance(value, wanted) or (wanted is int and abs(value) >= 2**63):
        raise ValueError(f"a key of type {wanted.__name__} is expected")
    return value


def _address(argument: str, key: Sequence[Any]) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in (OLDER, NEWER)]
    return f"{request.path}?{urlencode([*kept, (argument, _pack(key))])}"


def page(
    session: Session,
    query: Select[Any],
    columns: Sequence[Any],
    *,
    key: Callable[[Any], Sequence[Any]],
    size: int = 25,
    descending: bool = True,
    scalars: bool = True,
) -> Page[Any]:
    """The page of ``query`` the address asks for, ordered by ``columns``.

    ``columns`` together are unique and never null (end with the id); ``key`` reads their values from a row.
    ``scalars`` False gives whole rows. Raises ``BadRequest`` for an altered key.
    """
    older, newer = request.args.get(OLDER), request.args.get(NEWER)
    backward = newer is not None and older is None
    given = newer if backward else older
    below = descending != backward
    if given is not None:
        here = tuple_(*columns)
        there = tuple_(*(literal(v, c.type) for v, c in zip(_unpack(given, columns), columns, strict=True)))
        query = query.where(here < there if below else here > there)
    query = query.order_by(None).order_by(*(column.desc() if below else column.asc() for column in columns))
    result = session.execute(query.limit(size + 1))
    rows: list[Any] = list(result.scalars() if scalars else result)
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    return _page(rows, key, before=more if backward else given is not None, after=more or backward)


def _page(rows: list[Any], key: Callable[[Any], Sequence[Any]], *, before: bool, after: bool) -> Page[Any]:
    if not rows:
        return Page(rows)
    newer = _address(NEWER, key(rows[0])) if before else ""
    older = _address(OLDER, key(rows[-1])) if after else ""
    return Page(rows, newer, older)
