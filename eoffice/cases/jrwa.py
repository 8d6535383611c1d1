"""The JRWA of the demonstration gmina, and how a list of classes becomes rows.

Before a real office goes live its own JRWA is imported the same way: a CSV with these columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from importlib import resources

from sqlalchemy import select
from sqlalchemy.orm import Session

from eoffice.cases import terms
from eoffice.cases.models import JrwaClass
from portal.core.errors import Invalid


def seed(session: Session) -> int:
    """Add the classes of the demonstration gmina that are not there yet; how many were added."""
    text = resources.files("eoffice.cases").joinpath("data/jrwa.csv").read_text(encoding="utf-8")
    return load(session, text)


def load(session: Session, text: str) -> int:
    """Add the classes of a CSV list (symbol;name;category;category_other;term) that are not there yet.

    A class with classes below it is not an end class and takes no cases. Raises ``Invalid("jrwa.row")`` naming the
    symbol of a row without a name, without the category an end class must carry, or with an unreadable term.
    """
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    known = set(session.scalars(select(JrwaClass.symbol)))
    symbols = known | {row["symbol"] for row in rows}
    new = [_class(row, symbols) for row in rows if row["symbol"] not in known]
    session.add_all(new)
    session.flush()
    return len(new)


def _class(row: dict[str, str], symbols: Iterable[str]) -> JrwaClass:
    symbol = row["symbol"]
    if not symbol.isdigit() or not row["name"].strip():
        raise Invalid("jrwa.row", symbol=symbol)
    is_end = not any(other.startswith(symbol) and other != symbol for other in symbols)
    if is_end and not row["category"]:
        raise Invalid("jrwa.row", symbol=symbol)
    term = row["term"] or terms.MONTH
    try:
        terms.parse(term)
    except ValueError as cause:
        raise Invalid("jrwa.row", symbol=symbol) from cause
    return JrwaClass(
        symbol=symbol, name=row["name"].strip(), category=row["category"],
        category_other=row["category_other"], is_end=is_end, term=term,
    )  # fmt: skip


def end_classes(session: Session) -> list[JrwaClass]:
    """The classes that take cases, by symbol."""
    query = select(JrwaClass).where(JrwaClass.is_end, JrwaClass.active).order_by(JrwaClass.symbol)
    return list(session.scalars(query))
