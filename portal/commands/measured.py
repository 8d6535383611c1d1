"""``wrota bench search``: how well and how fast search answers, on texts made here or brought along, as JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from portal.core.settings import Settings
from portal.web.texts import message
from search.backends import ENGINES
from search.index import IndexUnavailable
from search.measure import bench, given
from search.polish import analyser

Say = Callable[[str], None]


class CannotMeasure(Exception):
    """Why there are no figures, as a sentence."""


def search(
    settings: Settings,
    say: Say,
    *,
    documents: int,
    large: int,
    words: int,
    engines: str,
    corpus: Path | None,
    questions: Path | None,
) -> str:
    """The figures as JSON. ``say`` hears what is being measured. Raises ``CannotMeasure``."""
    if analyser().degraded:
        raise CannotMeasure(message("bench.no_dictionary"))
    database = settings.database if settings.database.startswith("postgresql") else ""
    try:
        docs = given.corpus(corpus) if corpus else []
        asked = given.questions(questions, docs) if questions else {}
    except given.BadInput as bad:
        raise CannotMeasure(message(bad.code, **bad.details)) from None
    plan = bench.Plan(_engines(engines, database), documents, large, words, docs, asked, database)
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = bench.run(plan, Path(folder), lambda what: say(message("bench.measuring", what=what)))
        except psycopg.Error as cause:
            raise CannotMeasure(message("bench.database", reason=str(cause).strip())) from None
        except IndexUnavailable as problem:
            raise CannotMeasure(message("bench.index", reason=problem.reason)) from None
    return json.dumps(result, indent=2, ensure_ascii=False)


def _engines(asked: str, database: str) -> list[str]:
    """The engines to measure, the default one first. Raises ``CannotMeasure``."""
    names = [name.strip() for name in asked.split(",") if name.strip()]
    names = names or [name for name in ENGINES if name != "postgres" or database]
    for name in names:
        if name not in ENGINES:
            raise CannotMeasure(message("bench.engine", name=name, engines=", ".join(ENGINES)))
    if "postgres" in names and not database:
        raise CannotMeasure(message("bench.no_database"))
    return list(dict.fromkeys(names))
