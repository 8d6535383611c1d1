"""How well and how fast search answers, as ratios within one run.

*Quality*: questions with known answers; recall within the first ten and mean reciprocal rank. *Latency*: two-word
questions from titles in milliseconds, of whole answers as keys with exact totals within rights and time
(``answer``), and of everything a results page shows (``page``: facets, fragments). SQLite FTS5 gets the same
terms and only names ten rowids and counts, with no rights. *Indexing*: documents per second of one core, and the
ratio to tantivy given ready terms for the same fields. *Growth*: the same questions to many more documents.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from search.backends import open_index
from search.backends.rivals import Fts5, bare_engine, tantivy_there
from search.fields import fields
from search.index import PUBLIC, Doc, Query, SearchIndex
from search.measure import bars, corpus, handmade, questions
from search.measure.questions import Question, Score
from search.measure.scratch import scratch_schema
from search.polish import Analyser, analyser

PAIRS, GENERATED, SIGNATURES, ERRORS = 300, 300, 100, 100
"""Most questions of each kind; never more than there are documents."""
_INDEXED = 2000
"""Most documents of which indexing is measured: enough for a steady figure."""
_STEPS = 10
"""How many documents are published and withdrawn one by one."""
_SHORT = 200
"""Words of the documents of which growth is measured."""
_NAMES = ("title", "body", "attachment", "exact_title", "exact", "whole_title", "whole", "card", "text")

Times = dict[str, float]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What is measured. ``given``: somebody's documents instead of the made ones, and ``asked`` their questions.

    ``large``: documents for growth, 0 for none. ``database``: a PostgreSQL address where ``postgres`` is measured.
    """

    engines: Sequence[str]
    documents: int = 4000
    large: int = 100_000
    words: int = 1500
    given: Sequence[Doc] = ()
    asked: Mapping[str, Sequence[Question]] = field(default_factory=dict)
    database: str = ""


def percentiles(times: Sequence[float]) -> Times:
    """Milliseconds."""
    ordered = sorted(times) or [0.0]
    last = len(ordered) - 1
    return {
        "p50": round(statistics.median(ordered) * 1000, 3), "p95": round(ordered[int(last * 0.95)] * 1000, 3),
        "max": round(ordered[last] * 1000, 3),
    }  # fmt: skip


def measured(act: Callable[[Any], object], things: Iterable[Any]) -> Times:
    """How long ``act`` takes for each of ``things``."""
    times = []
    for thing in things:
        start = time.perf_counter()
        act(thing)
        times.append(time.perf_counter() - start)
    return percentiles(times)


def run(plan: Plan, folder: Path, say: Say) -> dict[str, Any]:
    """All figures. ``folder``: an empty one for the indexes. ``say`` hears what is being measured."""
    docs = list(plan.given) or [*corpus.documents(plan.documents, words=plan.words), *handmade.documents()]
    made = docs if plan.given else docs[: plan.documents]
    typed = questions.pairs(made, min(PAIRS, len(made)))
    asked = _asked(plan, docs, made)
    result: dict[str, Any] = {
        "documents": len(docs), "words_each": _words_each(docs), "analyser": analyser().fingerprint,
        "default_engine": plan.engines[0], "questions": {name: len(those) for name, those in asked.items()},
        "engines": {},
    }  # fmt: skip
    for engine in plan.engines:
        say(engine)
        with _opened(engine, folder / engine, plan.database) as index:
            result["engines"][engine] = _engine(
                index, docs, typed, asked, questions.mistyped(made, min(ERRORS, len(made)))
            )
    say("fts5")
    fts5 = Fts5(folder / "fts5.sqlite", docs, analyser())
    measured(fts5.ask, typed)
    result["fts5_latency_ms"] = measured(fts5.ask, typed)
    result["ratios"] = _ratios(result)
    if tantivy_there():
        say("indexing")
        result["indexing"] = _indexing(folder, plan, docs[:_INDEXED])
    if plan.large:
        say("growth")
        result["growth"] = _growth(folder, plan)
    result["bars"] = bars.judged(result)
    return result


def _words_each(docs: Sequence[Doc]) -> int:
    return round(statistics.mean(len(doc.body.split()) for doc in docs))


def _asked(plan: Plan, docs: Sequence[Doc], made: Sequence[Doc]) -> dict[str, Sequence[Question]]:
    """The sets of questions: those given, or by hand for the made documents; and always those made of titles."""
    generated = questions.inflected(made, min(GENERATED, len(made)))
    sets: dict[str, Sequence[Question]] = {"generated": generated, "generated_bare": questions.bare(generated)}
    given = plan.asked if plan.given else {"handmade": handmade.questions()}
    for name, those in given.items():
        sets |= {name: those, f"{name}_bare": questions.bare(those)}
    sets["signatures"] = questions.signatures(docs, SIGNATURES)
    return {name: those for name, those in sets.items() if those}


@contextmanager
def _opened(engine: str, folder: Path, database: str) -> Iterator[SearchIndex]:
    """An engine with nothing in it; in PostgreSQL in a schema of its own that is taken away afterwards."""
    if engine == "postgres":
        with scratch_schema(database) as url:
            index = open_index(engine, folder, analyser(), database_url=url)
            try:
                yield index
            finally:
                index.close()
        return
    index = open_index(engine, folder, analyser())
    try:
        yield index
    finally:
        index.close()


def _engine(
    index: SearchIndex,
    docs: Sequence[Doc],
    typed: Sequence[str],
    asked: Mapping[str, Sequence[Question]],
    errors: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    start = time.perf_counter()
    _filled(index, docs)
    filling = time.perf_counter() - start
    measured(_answer(index), typed)
    latency = {"answer": measured(_answer(index), typed), "page": measured(_page(index), typed)}
    quality = {name: _shown(questions.score(index, those)) for name, those in asked.items()}
    if errors:
        quality["typing_errors"] = _shown(questions.understood(index, errors))
    news = [replace(doc, key=f"bench:{n}") for n, doc in enumerate(islice(cycle(docs), _STEPS))]
    return {
        "quality": quality, "latency_ms": latency, "documents_per_second": round(len(docs) / filling),
        "put_ms": measured(lambda doc: index.put([doc]), news),
        "delete_ms": measured(lambda doc: index.delete([doc.key]), news),
    }  # fmt: skip


def _shown(score: Score) -> dict[str, Any]:
    return {
        "recall_at_10": round(score.recall, 3), "mrr": round(score.mrr, 3), "missed": list(score.missed[:5]),
    }  # fmt: skip


def _answer(index: SearchIndex) -> Callable[[str], object]:
    return lambda text: index.search(Query(text, fragments=False, facets=False))


def _page(index: SearchIndex) -> Callable[[str], object]:
    return lambda text: index.search(Query(text))


def _filled(index: SearchIndex, docs: Iterable[Doc]) -> None:
    with index.rebuild() as rebuild:
        batch: list[Doc] = []
        for doc in docs:
            batch.append(doc)
            if len(batch) >= 2000:
                rebuild.fill(partial(iter, batch))
                batch = []
        rebuild.fill(partial(iter, batch))


def _ratios(result: Mapping[str, Any]) -> dict[str, float]:
    """The default engine's 95th percentile to that of each other engine and of FTS5."""
    engines, default = result["engines"], result["default_engine"]
    ours = engines[default]["latency_ms"]["answer"]["p95"]
    others = {name: figures["latency_ms"]["answer"]["p95"] for name, figures in engines.items() if name != default}
    others["fts5"] = result["fts5_latency_ms"]["p95"]
    return {f"to_{name}_p95": round(ours / p95, 3) for name, p95 in others.items() if p95}


def _indexing(folder: Path, plan: Plan, docs: Sequence[Doc]) -> dict[str, Any]:
    """Documents a second of one core, everything included, beside tantivy alone."""
    tokens_of: Analyser = analyser()
    ready = [{name: getattr(f, name) for name in _NAMES} for f in (fields(tokens_of, doc) for doc in docs)]
    tokens = bare_engine(folder / "tokens", ready, objects=True)
    joined = bare_engine(folder / "joined", ready, objects=False)
    with _opened(plan.engines[0], folder / "ours", plan.database) as index:
        start, wall = time.process_time(), time.perf_counter()
        _filled(index, docs)
        ours, wall = time.process_time() - start, time.perf_counter() - wall
    return {
        "documents": len(docs), "words_each": _words_each(docs),
        "per_core_second": round(len(docs) / ours), "per_second": round(len(docs) / wall),
        "tantivy_with_ready_tokens_per_core_second": round(len(docs) / tokens),
        "tantivy_with_joined_terms_per_core_second": round(len(docs) / joined),
        "ratio_to_ready_tokens": round(tokens / ours, 3), "ratio_to_joined_terms": round(joined / ours, 3),
    }  # fmt: skip


def _growth(folder: Path, plan: Plan) -> dict[str, Any]:
    """The same questions to the default engine with few and with many documents."""
    small = len(plan.given) or plan.documents
    texts = questions.pairs(list(_many(plan, small)), min(PAIRS, small))
    found = {}
    for count in (small, plan.large):
        with _opened(plan.engines[0], folder / f"growth{count}", plan.database) as index:
            _filled(index, _many(plan, count))
            measured(_answer(index), texts)
            found[count] = {"answer": measured(_answer(index), texts), "page": measured(_page(index), texts)}
    return {
        "latency_ms": {str(count): values for count, values in found.items()},
        "answer_p95": round(found[plan.large]["answer"]["p95"] / found[small]["answer"]["p95"], 2),
        "page_p95": round(found[plan.large]["page"]["p95"] / found[small]["page"]["p95"], 2),
    }


def _many(plan: Plan, count: int) -> Iterator[Doc]:
    """``count`` short documents: made ones, or those given over and over."""
    if not plan.given:
        return corpus.documents(count, words=_SHORT)
    again = enumerate(islice(cycle(plan.given), count))
    return (replace(doc, key=f"{doc.key}#{n}", readers=frozenset({PUBLIC})) for n, doc in again)
