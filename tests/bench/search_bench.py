"""How fast search is, as ratios within one run, printed as JSON.

    python -m tests.bench.search_bench [--documents 4000] [--large 100000] [--words 1500] [--out FILE]

*Latency*: two-word questions from titles, 95th percentile in milliseconds, of whole answers as keys with exact
totals within rights and time (``answer``), and of everything a results page shows (``page``: facets, fragments).
Whoosh answers the same; SQLite FTS5 gets the same terms and only names ten rowids and counts, with no rights.
*Indexing*: documents per second of one core, and the ratio to the bare engine given ready terms for the same fields.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import tantivy

from search.backends.tantivy import SCHEMA, TantivyIndex
from search.backends.whoosh import WhooshIndex
from search.fields import fields
from search.index import Doc, Query, SearchIndex
from search.polish import Analyser, analyser
from tests.search import corpus, handmade, questions

Times = dict[str, float]


def percentiles(times: Sequence[float]) -> Times:
    ordered = sorted(times)
    last = len(ordered) - 1
    return {
        "p50": round(statistics.median(ordered) * 1000, 3), "p95": round(ordered[int(last * 0.95)] * 1000, 3),
        "max": round(ordered[last] * 1000, 3),
    }  # fmt: skip


def measured(ask: Callable[[str], object], texts: Iterable[str]) -> Times:
    times = []
    for text in texts:
        start = time.perf_counter()
        ask(text)
        times.append(time.perf_counter() - start)
    return percentiles(times)


def pairs(docs: Sequence[Doc], count: int, seed: int = 11) -> list[str]:
    """Two words of one title, as typed in it."""
    rng = random.Random(seed)
    made = []
    while len(made) < count:
        chosen = [w for w in rng.choice(docs).title.split() if w.isalpha() and len(w) > 3]
        if len(chosen) >= 2:
            made.append(" ".join(rng.sample(chosen, 2)))
    return made


def answer(index: SearchIndex) -> Callable[[str], object]:
    return lambda text: index.search(Query(text, fragments=False, facets=False))


def page(index: SearchIndex) -> Callable[[str], object]:
    return lambda text: index.search(Query(text))


class Fts5:
    """SQLite's own engine with our terms: title and body in one contentless table, as its users write it."""

    def __init__(self, path: Path, docs: Iterable[Doc], analyse: Analyser) -> None:
        self._analyse = analyse
        self._db = sqlite3.connect(path)
        self._db.execute("create virtual table f using fts5(title, body, content='', tokenize=\"unicode61\")")
        rows = ((n, analyse.streams(d.title).bag, analyse.streams(d.body).bag) for n, d in enumerate(docs, 1))
        self._db.executemany("insert into f(rowid, title, body) values (?, ?, ?)", rows)
        self._db.commit()

    def ask(self, text: str) -> object:
        terms = [self._analyse.terms(chunk) & set(self._analyse.streams(chunk).bag.split()) for chunk in text.split()]
        match = " AND ".join("(" + " OR ".join(f'"{t}"' for t in sorted(alternatives)) + ")" for alternatives in terms)
        order = "select rowid from f where f match ? order by bm25(f, 3.0, 1.0) limit 10"
        self._db.execute("select count(*) from f where f match ?", (match,)).fetchone()
        return self._db.execute(order, (match,)).fetchall()


def bare_engine(path: Path, ready: Sequence[dict[str, str]], *, objects: bool) -> float:
    """Processor seconds of the engine alone for ready terms in the same fields.

    ``objects``: handed over one by one with their positions (``PreTokenizedString``), the way tantivy has for
    tokens made elsewhere; else joined by spaces, the cheaper way the product uses.
    """
    path.mkdir()
    index = tantivy.Index(SCHEMA, str(path))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    start = time.process_time()
    for begin in range(0, len(ready), 200):
        writer = index.writer(64_000_000, 1)
        for values in ready[begin : begin + 200]:
            writer.add_document(_document(values, objects=objects))
        writer.commit()
        writer.wait_merging_threads()
    return time.process_time() - start


def _document(values: dict[str, str], *, objects: bool) -> Any:
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


def indexing(folder: Path, docs: Sequence[Doc]) -> dict[str, Any]:
    """Documents a second of one core, everything included, beside the engine alone."""
    names = ("title", "body", "attachment", "exact_title", "exact", "whole_title", "whole", "card", "text")
    ready = [{name: getattr(f, name) for name in names} for f in (fields(analyser(), doc) for doc in docs)]
    tokens = bare_engine(folder / "tokens", ready, objects=True)
    joined = bare_engine(folder / "joined", ready, objects=False)
    index = TantivyIndex(folder / "ours", analyser())
    start, wall = time.process_time(), time.perf_counter()
    with index.rebuild() as rebuild:
        rebuild.fill(lambda: docs)
    ours, wall = time.process_time() - start, time.perf_counter() - wall
    return {
        "documents": len(docs), "words_each": round(statistics.mean(len(d.body.split()) for d in docs)),
        "per_core_second": round(len(docs) / ours), "per_second": round(len(docs) / wall),
        "engine_with_ready_tokens_per_core_second": round(len(docs) / tokens),
        "engine_with_joined_terms_per_core_second": round(len(docs) / joined),
        "ratio_to_ready_tokens": round(tokens / ours, 3), "ratio_to_joined_terms": round(joined / ours, 3),
    }  # fmt: skip


def filled(index: SearchIndex, docs: Iterable[Doc]) -> SearchIndex:
    with index.rebuild() as rebuild:
        batch: list[Doc] = []
        for doc in docs:
            batch.append(doc)
            if len(batch) >= 2000:
                rebuild.fill(partial(iter, batch))
                batch = []
        rebuild.fill(partial(iter, batch))
    return index


def quality(index: SearchIndex, docs: Sequence[Doc]) -> dict[str, Any]:
    generated = questions.inflected(docs[:-30], 300)
    sets = {
        "handmade": handmade.questions(), "handmade_bare": questions.bare(handmade.questions()),
        "generated": generated, "generated_bare": questions.bare(generated),
    }  # fmt: skip
    scores = {name: questions.score(index, asked) for name, asked in sets.items()}
    return {name: {"recall_at_10": round(s.recall, 3), "mrr": round(s.mrr, 3)} for name, s in scores.items()}


def run(documents: int, large: int, words: int) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as name:
        return _run(Path(name), documents, large, words)


def _run(folder: Path, documents: int, large: int, words: int) -> dict[str, Any]:
    say = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    docs = [*corpus.documents(documents, words=words), *handmade.documents()]
    typed = pairs(docs[:documents], 300)
    say("tantivy")
    ours = filled(TantivyIndex(folder / "tantivy", analyser()), docs)
    for text in typed:
        answer(ours)(text)
    result: dict[str, Any] = {"latency_ms": {}, "quality": {"tantivy": quality(ours, docs)}}
    latency = result["latency_ms"]
    latency["tantivy_answer"] = measured(answer(ours), typed)
    latency["tantivy_page"] = measured(page(ours), typed)
    say("fts5")
    latency["fts5"] = measured(Fts5(folder / "fts5.sqlite", docs, analyser()).ask, typed)
    say("whoosh")
    whoosh = filled(WhooshIndex(folder / "whoosh", analyser()), docs)
    latency["whoosh_answer"] = measured(answer(whoosh), typed)
    result["quality"]["whoosh"] = quality(whoosh, docs)
    say("indexing")
    result["indexing"] = indexing(folder, docs[: min(documents, 2000)])
    result["ratios"] = {
        "tantivy_to_whoosh_p95": round(latency["tantivy_answer"]["p95"] / latency["whoosh_answer"]["p95"], 3),
        "tantivy_to_fts5_p95": round(latency["tantivy_answer"]["p95"] / latency["fts5"]["p95"], 3),
    }
    if large:
        say("growth")
        result["growth"] = growth(folder, documents, large)
    return result


def growth(folder: Path, small: int, large: int, words: int = 200) -> dict[str, Any]:
    """The same questions to a small and a large municipality (short documents)."""
    texts: list[str] = []
    found = {}
    for count in (small, large):
        index = filled(TantivyIndex(folder / f"growth{count}", analyser()), corpus.documents(count, words=words))
        texts = texts or pairs(list(corpus.documents(small, words=words)), 300)
        for text in texts:
            answer(index)(text)
        found[count] = {"answer": measured(answer(index), texts), "page": measured(page(index), texts)}
    times = {str(count): values for count, values in found.items()}
    return {
        "latency_ms": times,
        "answer_p95": round(found[large]["answer"]["p95"] / found[small]["answer"]["p95"], 2),
        "page_p95": round(found[large]["page"]["p95"] / found[small]["page"]["p95"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=1500)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    text = json.dumps(run(given.documents, given.large, given.words), indent=2, ensure_ascii=False)
    print(text)
    if given.out:
        given.out.write_text(text, "utf-8")


__all__ = ["Iterator", "main", "run"]

if __name__ == "__main__":
    main()
