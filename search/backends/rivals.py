"""What the engines are measured beside: SQLite FTS5 with the same terms, and tantivy alone fed with ready ones."""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from search.index import Doc
from search.polish import Analyser


class Fts5:
    """SQLite's own engine with our terms: title and body in one contentless table, as its users write it."""

    def __init__(self, path: Path, docs: Iterable[Doc], analyse: Analyser) -> None:
        self._analyse = analyse
        self._db = sqlite3.connect(path)
        self._db.execute("create virtual table f using fts5(title, body, content='', tokenize=\"unicode61\")")
        rows = ((n, analyse.streams(d.title).bag, analyse.streams(d.body).bag) for n, d in enumerate(docs, 1))
        with self._db:
            self._db.executemany("insert into f(rowid, title, body) values (?, ?, ?)", rows)
            self._db.execute("insert into f(f) values ('optimize')")

    def ask(self, text: str) -> object:
        """The ten best rowids and the exact number of documents with all words."""
        terms = [self._analyse.terms(chunk) & set(self._analyse.streams(chunk).bag.split()) for chunk in text.split()]
        match = " AND ".join("(" + " OR ".join(f'"{t}"' for t in sorted(alternatives)) + ")" for alternatives in terms)
        order = "select rowid from f where f match ? order by bm25(f, 3.0, 1.0) limit 10"
        self._db.execute("select count(*) from f where f match ?", (match,)).fetchone()
        return self._db.execute(order, (match,)).fetchall()


def tantivy_there() -> bool:
    """Is the library installed? Its wheel is not made for every machine."""
    return importlib.util.find_spec("tantivy") is not None


def bare_engine(path: Path, ready: Sequence[dict[str, str]], *, objects: bool) -> float:
    """Processor seconds of the engine alone for ready terms in the same fields.

    ``objects``: handed over one by one with their positions (``PreTokenizedString``), the way tantivy has for
    tokens made elsewhere; else joined by spaces, the cheaper way the product uses.
    """
    tantivy = importlib.import_module("tantivy")
    path.mkdir()
    index = tantivy.Index(importlib.import_module("search.backends.tantivy").SCHEMA, str(path))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    start = time.process_time()
    for begin in range(0, len(ready), 200):
        writer = index.writer(64_000_000, 1)
        for values in ready[begin : begin + 200]:
            writer.add_document(_document(tantivy, values, objects=objects))
        writer.commit()
        writer.wait_merging_threads()
    return time.process_time() - start


def _document(tantivy: Any, values: dict[str, str], *, objects: bool) -> Any:
    document = tantivy.Document()
    for name, value in values.items():
        if name in {"card", "text"}:
            document.add_bytes(name, value.encode())
        elif value and objects:
            tokens = [tantivy.Token(term, place, 0, 0) for place, term in enumerate(value.split(" "))]
            document.add_pre_tokenized_text(name, tantivy.PreTokenizedString(value, tokens))
        elif value:
            document.add_text(name, value)
    return document
