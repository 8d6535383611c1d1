"""What search must reach: the bars, and which of them the figures of a run hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

QUALITY = {
    "handmade": (1.0, 0.93), "handmade_bare": (0.95, 0.83), "generated": (0.98, 0.87), "generated_bare": (0.95, 0.83),
    "signatures": (1.0, 1.0), "typing_errors": (0.9, 0.0),
}  # fmt: skip
"""Least recall within the first ten and least mean reciprocal rank of each set of questions."""
P95_MS = {"tantivy": (50, 100), "whoosh": (50, 250), "postgres": (50, 250)}
"""Longest 95th percentile in milliseconds: up to 4,000 documents, and up to 20,000."""
SMALL, LARGE = 5_000, 20_000
STEP_MS = 2_000
"""Longest time until a published document is found, or a withdrawn one no longer."""
RATIOS = {"to_whoosh_p95": 0.2, "to_fts5_p95": 1.0}
GROWTH = 4.0
INDEXING = 0.6

Bar = dict[str, Any]


def judged(result: Mapping[str, Any]) -> list[Bar]:
    """Every bar this run can speak of, its value and whether it holds."""
    return [*_quality(result), *_latency(result), *_ratios(result)]


def _quality(result: Mapping[str, Any]) -> Iterator[Bar]:
    for engine, figures in result["engines"].items():
        for name, (recall, mrr) in QUALITY.items():
            if score := figures["quality"].get(name):
                value = {"recall_at_10": score["recall_at_10"], "mrr": score["mrr"]}
                holds = score["recall_at_10"] >= recall and score["mrr"] >= mrr
                yield _bar(engine, name, {"recall_at_10": recall, "mrr": mrr}, value, holds)


def _latency(result: Mapping[str, Any]) -> Iterator[Bar]:
    documents = result["documents"]
    for engine, figures in result["engines"].items():
        if documents <= LARGE:
            most = P95_MS[engine][documents > SMALL]
            yield _most(engine, "answer_p95_ms", most, figures["latency_ms"]["answer"]["p95"])
        for name in ("put_ms", "delete_ms"):
            yield _most(engine, name, STEP_MS, figures[name]["max"])


def _ratios(result: Mapping[str, Any]) -> Iterator[Bar]:
    engine = result["default_engine"]
    for name, most in RATIOS.items():
        if (value := result["ratios"].get(name)) is not None:
            yield _most(engine, name, most, value)
    if growth := result.get("growth"):
        yield _most(engine, "growth_answer_p95", GROWTH, growth["answer_p95"])
    if indexing := result.get("indexing"):
        value = indexing["ratio_to_ready_tokens"]
        yield _bar(engine, "indexing_ratio_to_ready_tokens", INDEXING, value, value >= INDEXING)


def _most(engine: str, test: str, most: float, value: float) -> Bar:
    return _bar(engine, test, most, value, value <= most)


def _bar(engine: str, test: str, bar: Any, value: Any, holds: bool) -> Bar:
    return {"engine": engine, "test": test, "bar": bar, "value": value, "holds": holds}
