"""The engine in pure Python: Whoosh, for machines where the tantivy wheel does not install.

Whoosh keeps the inverted index and the statistics; the plan is evaluated here, term after term, as sets of
documents with scores. That is no slower than Whoosh's own matchers and gives exact counts for nothing.
Its readers rely on file positions, so each thread has its own.
"""

from __future__ import annotations

import heapq
import json
import re
import threading
import warnings
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    # Its sources have invalid escapes, about which newer Pythons warn while compiling them.
    warnings.simplefilter("ignore")
    from whoosh import analysis, formats, scoring
    from whoosh import index as whoosh_index
    from whoosh import query as whoosh_query
    from whoosh.fields import ID, NUMERIC, STORED, FieldType, Schema
    from whoosh.reading import SegmentReader

from search.backends import sums
from search.backends.folder import Folder, complaint
from search.engine import Engine, Facets, Look, Stored
from search.fields import fields
from search.index import (
    ALWAYS,
    FACETS,
    NEVER,
    Doc,
    Health,
    IndexUnavailable,
    Load,
    Query,
    batches,
    day_number,
    moment,
)
from search.plan import ATTACHMENT, BODY, TITLE, Either, Every, Node, Phrase, Plan, Term, Whole
from search.polish import Analyser
from search.synonyms import Synonyms

Scores = dict[int, float]
_BAGS = (("title", TITLE), ("body", BODY), ("attachment", ATTACHMENT))
_WHOLES = (("whole_title", TITLE), ("whole", BODY))
_PREFIXES = 60
_CHANCES = 5
_WRITTEN_ONCE = (".seg",)
SMALL = 7
"""Documents of the largest segment a change may merge: merging in pure Python costs some 10 ms a document, and the
next change waits for it."""
WORN = 60
"""With more segments of changes than this, the index is better built anew beside itself than merged."""
_CHANGES = 64
_TOGETHER = 8
_TOC = re.compile(r"_MAIN_(\d+)\.toc")


class _Split(analysis.Tokenizer):  # type: ignore[misc]
    """Ready terms stand between spaces."""

    def __call__(self, value: str, positions: bool = False, **_: Any) -> Iterator[Any]:
        token = analysis.Token(positions)
        for place, term in enumerate(value.split(" ")):
            if term:
                token.text, token.boost, token.pos = term, 1.0, place
                yield token


class _Terms(FieldType):  # type: ignore[misc]
    """A field of ready terms, with or without their positions."""

    def __init__(self, *, positions: bool, scorable: bool = True) -> None:
        self.analyzer = _Split()
        self.format = formats.Positions() if positions else formats.Frequency()
        self.scorable, self.stored, self.vector, self.unique = scorable, False, None, False
        self.indexed, self.multitoken_query, self.column_type = True, "default", None


def _schema() -> Any:
    bags = {name: _Terms(positions=False) for name in ("title", "body", "attachment", "whole_title", "whole")}
    exact = {name: _Terms(positions=True) for name in ("exact_title", "exact")}
    sets = {name: _Terms(positions=False, scorable=False) for name in ("signature", "readers", "place")}
    facets = {name: ID(sortable=True) for name in FACETS}
    times = {name: NUMERIC(int, bits=64, signed=True, sortable=True) for name in ("start", "end", "date")}
    return Schema(key=ID(unique=True), card=STORED, text=STORED, **bags, **exact, **sets, **facets, **times)


SCHEMA = _schema()


@contextmanager
def _guarded() -> Iterator[None]:
    """A broken folder shows itself in dozens of ways (struct, pickle, zlib, keys): all mean the same."""
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as cause:
        raise IndexUnavailable(f"whoosh: {type(cause).__name__}: {cause}"[:300], code=complaint(cause)) from cause


class WhooshIndex(Engine):
    """``SearchIndex`` in a folder. Any number of processes read, one at a time writes."""

    name = "whoosh"

    def __init__(self, root: Path, analyser: Analyser, synonyms: Synonyms | None = None) -> None:
        super().__init__(analyser, synonyms)
        self.folder = Folder(root, f"whoosh:{analyser.fingerprint}")
        self._local = threading.local()
        self._columns_lock = threading.Lock()
        self._columns: tuple[tuple[Path, int], Columns] | None = None

    def put(self, docs: Iterable[Doc]) -> None:
        """See ``SearchIndex.put``."""
        with self.folder.writing():
            for batch in batches(docs):
                self.folder.each_target(partial(self._write, docs=batch, gone=(), largest=SMALL))

    def delete(self, keys: Iterable[str]) -> None:
        """See ``SearchIndex.delete``."""
        with self.folder.writing():
            gone = list(keys)
            self.folder.each_target(partial(self._write, docs=(), gone=gone, largest=SMALL))

    def _write(self, path: Path, docs: Sequence[Doc], gone: Sequence[str], largest: int) -> None:
        """Write a change; ``largest``: documents a segment may have to be merged with others by the way."""
        with self.folder.room(), _guarded():
            writer = whoosh_index.open_dir(str(path), schema=SCHEMA).writer(limitmb=64)
            try:
                for key in gone:
                    writer.delete_by_term("key", key)
                for doc in docs:
                    writer.update_document(**self._values(doc))
                writer.commit(mergetype=partial(_merge, largest=largest))
            except BaseException:
                # Giving up may fail like the rest where the disk is full; its lock must be free all the same.
                with suppress(Exception):
                    writer.cancel()
                if writer.writelock is not None:
                    writer.writelock.release()
                raise

    def _values(self, doc: Doc) -> dict[str, Any]:
        made = fields(self.analyser, doc)
        values: dict[str, Any] = {
            "key": doc.key, "card": made.card, "text": made.text, "signature": " ".join(made.signatures),
            "readers": " ".join(sorted(doc.readers)), "place": " ".join(doc.places), "date": day_number(doc.date),
            "start": moment(doc.visible_from, ALWAYS), "end": moment(doc.visible_until, NEVER),
        }  # fmt: skip
        for name in ("title", "body", "attachment", "exact_title", "exact", "whole_title", "whole"):
            values[name] = getattr(made, name)
        for name in FACETS:
            value = getattr(doc, name)
            values[name] = "" if value is None else str(value)
        return {name: value for name, value in values.items() if value != ""}

    def digests(self) -> Iterator[tuple[str, str]]:
        """See ``SearchIndex.digests``."""
        with _guarded():
            found = _digests_of(self._searcher()[0])
        yield from found

    @contextmanager
    def rebuild(self) -> Iterator[Filling]:
        """See ``SearchIndex.rebuild``."""
        with self.folder.rebuilding(), self._filling() as filling:
            yield filling

    @contextmanager
    def _filling(self) -> Iterator[Filling]:
        with self.folder.writing(), _guarded():
            path = self.folder.begin(lambda folder: whoosh_index.create_in(folder, SCHEMA))
        try:
            yield Filling(self, path)
            with self.folder.writing(), _guarded():
                # A generation that cannot be read must not take over from one that can.
                self.folder.verify(path)
                with _opened(path)[1] as searcher:
                    _digests_of(searcher)
                self.folder.take_over(path)
        except BaseException:
            with self.folder.writing():
                self.folder.abandon(path)
            raise

    def check(self) -> Health:
        """See ``SearchIndex.check``."""
        try:
            with _guarded():
                searcher = self._searcher()[0]
                return Health("ok", searcher.doc_count(), built_at=self.folder.built_at(), worn=_worn(searcher))
        except IndexUnavailable as problem:
            return Health(problem.code.removeprefix("search."), detail=problem.reason)

    def altered(self) -> str:
        """See ``SearchIndex.altered``."""
        with _guarded():
            return sums.altered(self.folder.current(), _WRITTEN_ONCE)

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        known = getattr(self._local, "open", None)
        if known:
            known[1].close()
        self._local.open = None
        self.folder.forget()

    @contextmanager
    def _look(self) -> Iterator[Look]:
        with _guarded():
            searcher, columns = self._searcher()
            yield WhooshLook(searcher, columns)

    def _searcher(self) -> tuple[Any, Columns]:
        path = self.folder.current()
        stamp = path, _newest(path)
        known = getattr(self._local, "open", None)
        if known is None or known[0] != stamp:
            self.close()
            known = self._local.open = _opened(path)
        return known[1], self._columns_of(*known)

    def _columns_of(self, stamp: tuple[Path, int], searcher: Any) -> Columns:
        with self._columns_lock:
            if self._columns is None or self._columns[0] != stamp:
                self._columns = stamp, Columns(searcher.reader())
            return self._columns[1]


def _worn(searcher: Any) -> bool:
    """Many segments of changes, or more documents taken out than left: they are still read at every question."""
    changes = sum(one.doc_count() <= _CHANGES for one, _ in searcher.leaf_searchers())
    return bool(changes > WORN or searcher.doc_count_all() > 2 * searcher.doc_count() + 1000)


def _merge(writer: Any, segments: Sequence[Any], largest: int) -> list[Any]:
    """Merge segments of at most ``largest`` documents once there are eight. Returns those that stay as they are.

    Whoosh's own way merges everything now and then, and all other changes wait: a minute at 6,000 documents.
    """
    small = [one for one in segments if 0 < one.doc_count() <= largest]
    merged = small if len(small) >= _TOGETHER else []
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [one for one in segments if one not in merged and one.doc_count()]


def _digests_of(searcher: Any) -> list[tuple[str, str]]:
    """Key and digest of every document; reads the stored part of each, so damage there shows itself."""
    cards = (json.loads(stored["card"]) for stored in searcher.reader().all_stored_fields())
    return [(card["key"], card["digest"]) for card in cards]


def _newest(path: Path) -> int:
    """The number of the newest commit, from the names of its tables of contents."""
    return max((int(m[1]) for name in path.iterdir() if (m := _TOC.fullmatch(name.name))), default=-1)


def _opened(path: Path) -> tuple[tuple[Path, int], Any]:
    """A searcher of the newest commit. A writer may take the files just listed away: then the list is new."""
    for chance in range(_CHANCES):
        try:
            searcher = whoosh_index.open_dir(str(path), schema=SCHEMA).searcher(weighting=scoring.BM25F(B=0.75, K1=1.2))
        except FileNotFoundError:
            if chance == _CHANCES - 1:
                raise
            continue
        return (path, searcher.reader().generation()), searcher
    raise AssertionError


class Filling:
    """A new generation being filled; see ``Rebuild``."""

    def __init__(self, engine: WhooshIndex, path: Path) -> None:
        self._engine, self._path = engine, path

    def fill(self, load: Load) -> int:
        """See ``Rebuild.fill``."""
        count = 0
        with self._engine.folder.writing():
            for batch in batches(load(), 1000):
                self._engine._write(self._path, batch, [], largest=0)
                count += len(batch)
        return count


class Columns:
    """Times, dates and facets of all documents, read once for each state of the index."""

    def __init__(self, reader: Any) -> None:
        self.present = frozenset(reader.all_doc_ids())
        self.date = self._column(reader, "date")
        self.facets = {name: self._column(reader, name) for name in FACETS}
        starts, ends = self._column(reader, "start"), self._column(reader, "end")
        self._starts = sorted((starts[d], d) for d in self.present if starts[d] != ALWAYS)
        self._ends = sorted((ends[d], d) for d in self.present if ends[d] != NEVER)

    @staticmethod
    def _column(reader: Any, name: str) -> list[Any]:
        values: list[Any] = []
        for segment, _ in reader.leaf_readers():
            count = segment.doc_count_all()
            column = segment.column_reader(name) if segment.has_column(name) else None
            values.extend([column[doc] for doc in range(count)] if column else [0] * count)
        return values

    def outside(self, now: int) -> set[int]:
        """Documents whose time is not yet or no more."""
        later = self._starts[bisect_right(self._starts, (now, 2**62)) :]
        over = self._ends[: bisect_left(self._ends, (now + 1, -1))]
        return {doc for _, doc in later} | {doc for _, doc in over}


class WhooshLook:
    """One searcher and the evaluation of plans on it."""

    def __init__(self, searcher: Any, columns: Columns) -> None:
        self._searcher, self._columns = searcher, columns
        self._answers: dict[bool, Scores] = {}

    def top(self, plan: Plan, query: Query, *, partial: bool) -> tuple[int, list[Stored]]:
        """See ``Look.top``."""
        scores = self._answers[partial] = self._answer(plan, query, partial=partial)
        date = self._columns.date
        if query.sort == "date" or plan.browsing:
            ordered = heapq.nlargest(query.offset + query.limit, scores, key=lambda d: (date[d], -d))
        else:
            ordered = heapq.nlargest(query.offset + query.limit, scores, key=lambda d: (scores[d], -d))
        return len(scores), [self._stored(doc, scores[doc], query) for doc in ordered[query.offset :]]

    def _stored(self, doc: int, score: float, query: Query) -> Stored:
        kept = self._searcher.stored_fields(doc)
        return Stored(score, kept["card"], kept["text"] if query.fragments else "")

    def count(self, plan: Plan, query: Query) -> int:
        """See ``Look.count``."""
        return len(self._answer(plan, query, partial=False))

    def facets(self, plan: Plan, query: Query, *, partial: bool) -> Facets:
        """See ``Look.facets``."""
        scores = self._answers.get(partial)
        found = self._answer(plan, query, partial=partial) if scores is None else scores
        made: Facets = {}
        for name in FACETS:
            column = self._columns.facets[name]
            counts = Counter(column[doc] for doc in found if column[doc])
            made[name] = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
        return made

    def beginning(self, whole: tuple[str, ...], prefix: str, query: Query) -> list[Stored]:
        """See ``Look.beginning``."""
        begun: set[int] = set()
        for place, term in enumerate(self._searcher.reader().expand_prefix("exact_title", prefix)):
            if place >= _PREFIXES:
                break
            begun |= self._docs("exact_title", term.decode("utf-8"))
        for word in whole:
            begun &= self._docs("exact_title", word)
        shown = sorted(begun & self._allowed(query))[: query.limit]
        return [self._stored(doc, 0.0, query) for doc in shown]

    def known(self, keys: Sequence[str], query: Query) -> list[Stored]:
        """See ``Look.known``."""
        found = set[int]().union(*(self._docs("key", key) for key in keys)) & self._allowed(query)
        return [self._stored(doc, 0.0, query) for doc in sorted(found)]

    def vocabulary(self) -> Mapping[str, int]:
        """See ``Look.vocabulary``."""
        found: Counter[str] = Counter()
        for name in ("exact", "exact_title"):
            for term, info in self._searcher.reader().iter_field(name):
                found[term.decode("utf-8")] += int(info.doc_frequency())
        return found

    def _answer(self, plan: Plan, query: Query, *, partial: bool) -> Scores:
        allowed = self._allowed(query)
        for node in plan.without:
            allowed -= self._node(node).keys()
        required = [self._node(phrase) for phrase in plan.phrases]
        groups = [self._node(node) for node in plan.must]
        if partial:
            complete = set.intersection(*(set(g) for g in groups)) if groups else set()
            required.append(_sum([*groups, dict.fromkeys(complete, 10_000.0)]))
        else:
            required.extend(groups)
        scores = _all(required) if required else dict.fromkeys(allowed, 0.0)
        scores = {doc: score for doc, score in scores.items() if doc in allowed}
        for node in plan.may:
            _add(scores, self._node(node))
        for signature in plan.signatures:
            _add(scores, dict.fromkeys(self._docs("signature", signature), 1_000_000.0))
        return scores

    def _allowed(self, query: Query) -> set[int]:
        """Rights, time and filters: what may be found at all."""
        found: set[int] = set()
        for reader in query.readers:
            found |= self._docs("readers", reader)
        found -= self._columns.outside(int(query.now.timestamp()))
        asked = query.filters
        for name in FACETS:
            if value := getattr(asked, name):
                found &= self._docs(name, str(value))
        if asked.within:
            found &= self._docs("place", asked.within)
        if asked.since or asked.until:
            low, high = day_number(asked.since) or 1, day_number(asked.until) or NEVER
            found = {doc for doc in found if low <= self._columns.date[doc] <= high}
        return found

    def _node(self, node: Node) -> Scores:
        match node:
            case Term(text, weight):
                return _sum([self._postings(name, text, weight * place) for name, place in _BAGS])
            case Whole(text, weight):
                return _sum([self._postings(name, text, weight * place) for name, place in _WHOLES])
            case Phrase(words, weight):
                return _sum(
                    [
                        self._phrase(name, words, weight * place)
                        for name, place in (("exact_title", TITLE), ("exact", BODY))
                    ]
                )
            case Either(nodes):
                return _best([self._node(n) for n in nodes])
            case Every(nodes):
                return _all([self._node(n) for n in nodes])

    def _postings(self, field: str, text: str, weight: float) -> Scores:
        """Documents with a term and their weighted BM25 scores."""
        scores: Scores = {}
        for searcher, offset in self._searcher.leaf_searchers():
            if (field, text) not in searcher.reader():
                continue
            matcher = searcher.postings(field, text)
            while matcher.is_active():
                scores[offset + matcher.id()] = weight * matcher.score()
                matcher.next()
        return scores

    def _docs(self, field: str, text: str) -> set[int]:
        reader = self._searcher.reader()
        return set(reader.postings(field, text).all_ids()) if (field, text) in reader else set()

    def _phrase(self, field: str, words: tuple[str, ...], weight: float) -> Scores:
        if len(words) == 1:
            return self._postings(field, words[0], weight)
        found = self._searcher.docs_for_query(whoosh_query.Phrase(field, list(words)))
        return dict.fromkeys(found, weight * len(words))


def _add(scores: Scores, more: Scores) -> None:
    """Add to what is found already; nothing new comes in."""
    for doc in scores.keys() & more.keys():
        scores[doc] += more[doc]


def _sum(parts: Sequence[Scores]) -> Scores:
    total: Scores = {}
    for part in parts:
        if not total:
            total = dict(part)
            continue
        for doc, score in part.items():
            total[doc] = total.get(doc, 0.0) + score
    return total


def _best(parts: Sequence[Scores]) -> Scores:
    top: Scores = {}
    for part in parts:
        for doc, score in part.items():
            if score > top.get(doc, -1.0):
                top[doc] = score
    return top


def _all(parts: Sequence[Scores]) -> Scores:
    few, *others = sorted(parts, key=len)
    return {doc: score + sum(o[doc] for o in others) for doc, score in few.items() if all(doc in o for o in others)}
