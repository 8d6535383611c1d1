"""The engines behind ``SearchIndex``, opened by name."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import cast

from search.index import SearchIndex
from search.polish import Analyser
from search.synonyms import Synonyms

log = logging.getLogger(__name__)

ENGINES = ("tantivy", "whoosh", "postgres")


def open_index(
    engine: str, folder: Path, analyser: Analyser, *, database_url: str = "", synonyms: Synonyms | None = None
) -> SearchIndex:
    """The engine called ``engine``: in ``folder``, or in the PostgreSQL at ``database_url``.

    Where tantivy's wheel is missing Whoosh answers instead, and the log says so. Raises ``ValueError`` for an
    unknown engine and for ``postgres`` without a PostgreSQL database. Nothing is created or read yet.
    """
    if engine not in ENGINES:
        raise ValueError(f"search engine {engine!r}; there are: {', '.join(ENGINES)}")
    if engine == "postgres" and not database_url.startswith("postgresql"):
        raise ValueError("the search engine postgres needs a PostgreSQL database")
    try:
        module = importlib.import_module(f"search.backends.{engine}")
    except ImportError as missing:
        if engine != "tantivy":
            raise
        log.warning("search.degraded: tantivy is not installed (%s); Whoosh answers, slower", missing)
        engine, module = "whoosh", importlib.import_module("search.backends.whoosh")
    if engine == "postgres":
        return cast(SearchIndex, module.PostgresIndex(database_url, analyser, synonyms))
    made = {"tantivy": "TantivyIndex", "whoosh": "WhooshIndex"}[engine]
    return cast(SearchIndex, getattr(module, made)(folder / engine, analyser, synonyms))
