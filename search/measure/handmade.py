"""Thirty questions by hand: every word in another form than in the title of the document that is meant."""

from __future__ import annotations

import functools
from datetime import date
from importlib import resources

from search.index import PUBLIC, Doc
from search.measure.questions import Question


def documents() -> list[Doc]:
    """The documents that are meant."""
    return [
        Doc(
            f"page:{number}", "page", title, body, url=f"/strona/{number}", readers=frozenset({PUBLIC}),
            type="page", organ="Wójt Gminy", status="published", date=date(2024, 1, 1 + number),
        )
        for number, (title, body, _) in enumerate(_rows())
    ]  # fmt: skip


def questions() -> list[Question]:
    """What is typed to find them."""
    return [Question(asked, frozenset({f"page:{number}"})) for number, (_, _, asked) in enumerate(_rows())]


@functools.lru_cache(maxsize=1)
def _rows() -> list[tuple[str, str, str]]:
    text = resources.files("search").joinpath("measure/data/handmade.txt").read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines()]
    return [(title, body, asked) for title, body, asked in rows]
