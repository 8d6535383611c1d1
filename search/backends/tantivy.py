"""The default engine: tantivy, a Rust library with its index in a folder.

It gets ready terms joined by spaces; its own analysis is a split at white space (3× faster than handing
over token objects). Documents that are open for good are marked by readers in ``gate``, so the common
question needs no comparing of times; the others are in ``timed`` and their times are compared. In a town's
index nearly everything is open to everybody for good: what is not is marked ``apart``, and a question leaves
out those few instead of looking up the right to each of the many (a fifth of its time at 100,000 documents).
"""

from __future__ import annotations

import json
import os
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur
from tantivy import Query as T

from search.backends import sums
from search.backends.folder import Folder, complaint
from search.engine import Engine, Facets, Look, Stored
from search.fields import fields
from search.index import (
    ALWAYS,
    FACETS,
    NEVER,
    PUBLIC,
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

SETTLED = 2
"""Seconds: a document visible for at least so long when indexed, and for ever, goes through the gate."""
_HEAP = 64_000_000
_TRIES, _PAUSE = 5, 0.02
_pause = threading.Event()
_LOOK = 1.0
"""Seconds between looks at the sizes of the files."""
_SEGMENT = (".idx", ".pos", ".term", ".fast", ".fieldnorm", ".store", ".del")
_FIRST = 1_000_000.0
_COMPLETE = 10_000.0
_APART = "1"
_BAGS = (("title", TITLE), ("body", BODY), ("attachment", ATTACHMENT))


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    for name in ("title", "body", "attachment", "whole_title", "whole"):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="freq")
    for name in ("exact_title", "exact"):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position")
    for name in ("key", "signature", "gate", "timed", "apart", "place"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("type", "organ", "status"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("from", "until", "year", "date"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("card", "text"):
        builder.add_bytes_field(name, stored=True)
    return builder.build()


SCHEMA = _schema()


@contextmanager
def _guarded() -> Iterator[None]:
    """Whatever a broken folder makes the native code do becomes ``IndexUnavailable``."""
    try:
        yield
    except (ValueError, OSError, KeyError, RuntimeError, zlib.error) as cause:
        raise IndexUnavailable(f"tantivy: {cause}"[:300], code=complaint(cause)) from cause
    except BaseException as cause:
        # A panic of the native code derives from BaseException and would pass every handler above us.
        if type(cause).__name__ == "PanicException":
            raise IndexUnavailable(f"tantivy: {cause}"[:300], code=complaint(cause)) from cause
        raise


def _opened(path: Path) -> Any:
    # A folder without its list of segments would be taken for a new, empty index.
    if not (path / "meta.json").is_file():
        raise IndexUnavailable(f"{path.name} has no list of segments", code="search.damaged")
    index = tantivy.Index.open(str(path))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader(reload_policy="manual")
    return index


class TantivyIndex(Engine):
    """``SearchIndex`` in a folder. Any number of processes read, one at a time writes."""

    name = "tantivy"

    def __init__(self, root: Path, analyser: Analyser, synonyms: Synonyms | None = None) -> None:
        super().__init__(analyser, synonyms)
        self.folder = Folder(root, analyser.fingerprint)
        self._opening = threading.Lock()
        self._open: _Opened | None = None

    def put(self, docs: Iterable[Doc]) -> None:
        """See ``SearchIndex.put``."""
        with self.folder.writing():
            for batch in batches(docs):
                self.folder.each_target(partial(self._write, docs=batch, gone=()))

    def delete(self, keys: Iterable[str]) -> None:
        """See ``SearchIndex.delete``."""
        with self.folder.writing():
            gone = list(keys)
            self.folder.each_target(partial(self._write, docs=(), gone=gone))

    def _write(self, path: Path, docs: Sequence[Doc], gone: Sequence[str]) -> None:
        with self.folder.room(), _guarded():
            writer = _opened(path).writer(_HEAP, 1)
            try:
                for key in (*gone, *(doc.key for doc in docs)):
                    writer.delete_documents_by_term("key", key)
                for doc in docs:
                    writer.add_document(self._document(doc))
                writer.commit()
                writer.wait_merging_threads()
            finally:
                # The writer holds the lock of its folder as long as it lives, also in the traceback of an error.
                del writer

    def _document(self, doc: Doc) -> Any:
        made = fields(self.analyser, doc)
        ready = tantivy.Document()
        for name in ("title", "body", "attachment", "exact_title", "exact", "whole_title", "whole"):
            if terms := getattr(made, name):
                ready.add_text(name, terms)
        for signature in made.signatures:
            ready.add_text("signature", signature)
        start, end = moment(doc.visible_from, ALWAYS), moment(doc.visible_until, NEVER)
        settled = end == NEVER and start <= time.time() - SETTLED
        for reader in doc.readers:
            ready.add_text("gate" if settled else "timed", reader)
        if not (settled and PUBLIC in doc.readers):
            ready.add_text("apart", _APART)
        for place in doc.places:
            ready.add_text("place", place)
        ready.add_text("key", doc.key)
        for name in ("type", "organ", "status"):
            if value := getattr(doc, name):
                ready.add_text(name, value)
        if doc.year is not None:
            ready.add_integer("year", doc.year)
        for name, number in (("from", start), ("until", end), ("date", day_number(doc.date))):
            ready.add_integer(name, number)
        ready.add_bytes("card", made.card.encode("utf-8", "surrogatepass"))
        ready.add_bytes("text", zlib.compress(made.text.encode("utf-8", "surrogatepass"), 1))
        return ready

    def digests(self) -> Iterator[tuple[str, str]]:
        """See ``SearchIndex.digests``."""
        with _guarded():
            found = _digests_of(self._searcher())
        yield from found

    @contextmanager
    def rebuild(self) -> Iterator[Filling]:
        """See ``SearchIndex.rebuild``."""
        with self.folder.rebuilding(), self._filling() as filling:
            yield filling

    @contextmanager
    def _filling(self) -> Iterator[Filling]:
        with self.folder.writing(), _guarded():
            path = self.folder.begin(lambda folder: tantivy.Index(SCHEMA, folder))
        try:
            yield Filling(self, path)
            with self.folder.writing(), _guarded():
                # A generation that cannot be read must not take over from one that can.
                self.folder.verify(path)
                _digests_of(_opened(path).searcher())
                self.folder.take_over(path)
        except BaseException:
            with self.folder.writing():
                self.folder.abandon(path)
            raise

    def check(self) -> Health:
        """See ``SearchIndex.check``."""
        try:
            with _guarded():
                return Health("ok", self._searcher().num_docs, built_at=self.folder.built_at())
        except IndexUnavailable as problem:
            return Health(problem.code.removeprefix("search."), detail=problem.reason)

    def altered(self) -> str:
        """See ``SearchIndex.altered``."""
        with _guarded():
            return sums.altered(self.folder.current(), _SEGMENT)

    def close(self) -> None:
        """See ``SearchIndex.close``."""
        self._open = None
        self.folder.forget()

    @contextmanager
    def _look(self) -> Iterator[Look]:
        with _guarded():
            yield TantivyLook(self._searcher())

    def _searcher(self) -> Any:
        """A searcher of the newest commit.

        Once a second the files are compared by size with what was opened: reading beyond the end of a
        shortened mapped file would kill the process, so it is noticed before.
        """
        path = self.folder.current()
        known = self._open
        now = time.monotonic()
        if known is None or known.path != path or known.list_stamp != _stamp(known.list) or known.changed(now):
            with self._opening:
                known = self._open = _reopened(path, now)
        return known.searcher


def _reopened(path: Path, now: float) -> _Opened:
    """Open the newest commit. One made between reading the list and opening its files takes old ones away:
    then the list is read again."""
    for _ in range(_TRIES):
        try:
            return _Opened(path, now)
        except (ValueError, OSError):
            _pause.wait(_PAUSE)
    return _Opened(path, now)


def _stamp(file: str) -> tuple[int, int, int]:
    try:
        status = os.stat(file)  # noqa: PTH116 - asked at every question
    except OSError:
        raise IndexUnavailable("the list of segments is gone", code="search.damaged") from None
    return status.st_size, status.st_mtime_ns, status.st_ino


class _Opened:
    """A searcher, and the state of the files it reads."""

    def __init__(self, path: Path, now: float) -> None:
        self.path = path
        self.list = str(path / "meta.json")
        self.list_stamp = _stamp(self.list)
        self._sizes = self._measured()
        self._looked_at = now
        self.searcher = _opened(path).searcher()

    def _measured(self) -> dict[str, int]:
        with os.scandir(self.path) as files:
            return {f.name: f.stat().st_size for f in files if f.name.endswith(_SEGMENT)}

    def changed(self, now: float) -> bool:
        """Is a file we read gone or shorter? New ones are no matter: a commit changes the list."""
        if now - self._looked_at < _LOOK:
            return False
        self._looked_at = now
        present = self._measured()
        return any(present.get(name) != size for name, size in self._sizes.items())


def _digests_of(searcher: Any) -> list[tuple[str, str]]:
    """Key and digest of every document; reads the stored part of each, so damage there shows itself."""
    everything = searcher.search(T.all_query(), limit=max(1, searcher.num_docs), count=False)
    cards = (json.loads(bytes(searcher.doc(address)["card"][0])) for _, address in everything.hits)
    return [(card["key"], card["digest"]) for card in cards]


class Filling:
    """A new generation being filled; see ``Rebuild``."""

    def __init__(self, engine: TantivyIndex, path: Path) -> None:
        self._engine, self._path = engine, path

    def fill(self, load: Load) -> int:
        """See ``Rebuild.fill``."""
        engine, count = self._engine, 0
        with engine.folder.writing():
            for batch in batches(load()):
                engine._write(self._path, batch, [])
                count += len(batch)
        return count


class TantivyLook:
    """One searcher and the translation of plans into its queries."""

    def __init__(self, searcher: Any) -> None:
        self._searcher = searcher

    def top(self, plan: Plan, query: Query, *, partial: bool) -> tuple[int, list[Stored]]:
        """See ``Look.top``."""
        by_date = query.sort == "date" or plan.browsing
        result = self._searcher.search(
            _query(plan, query, partial=partial),
            limit=query.limit,
            offset=query.offset,
            order_by_field="date" if by_date else None,
        )
        return result.count, [self._stored(hit, query) for hit in result.hits]

    def _stored(self, hit: tuple[float, Any], query: Query) -> Stored:
        document = self._searcher.doc(hit[1])
        packed = bytes(document["text"][0]) if query.fragments else b""
        text = zlib.decompress(packed).decode("utf-8", "surrogatepass") if packed else ""
        return Stored(float(hit[0]), bytes(document["card"][0]).decode("utf-8", "surrogatepass"), text)

    def count(self, plan: Plan, query: Query) -> int:
        """See ``Look.count``."""
        return int(self._searcher.search(_query(plan, query, partial=False), limit=1).count)

    def facets(self, plan: Plan, query: Query, *, partial: bool) -> Facets:
        """See ``Look.facets``."""
        asked = {name: {"terms": {"field": name, "size": 1000}} for name in FACETS}
        answer = self._searcher.aggregate(_query(plan, query, partial=partial), asked)
        return {name: _buckets(answer[name]["buckets"]) for name in FACETS}

    def beginning(self, whole: tuple[str, ...], prefix: str, query: Query) -> list[Stored]:
        """See ``Look.beginning``."""
        clauses = [(Occur.Must, T.term_query(SCHEMA, "exact_title", word)) for word in whole]
        clauses.append((Occur.Must, T.regex_query(SCHEMA, "exact_title", f"{prefix}.*")))
        clauses.append((Occur.Must, _allowed(query)))
        result = self._searcher.search(T.boolean_query(clauses), limit=query.limit)
        return [self._stored(hit, query) for hit in result.hits]

    def known(self, keys: Sequence[str], query: Query) -> list[Stored]:
        """See ``Look.known``."""
        clauses = [(Occur.Must, _any_of("key", frozenset(keys))), (Occur.Must, _allowed(query))]
        result = self._searcher.search(T.boolean_query(clauses), limit=query.limit)
        return [self._stored(hit, query) for hit in result.hits]

    def vocabulary(self) -> Mapping[str, int]:
        """See ``Look.vocabulary``."""
        found: dict[str, int] = dict(self._searcher.terms_with_prefix("exact", ""))
        for term, count in self._searcher.terms_with_prefix("exact_title", ""):
            found[term] = found.get(term, 0) + count
        return found


def _buckets(buckets: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int], ...]:
    pairs = [(_label(b["key"]), int(b["doc_count"])) for b in buckets]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _label(key: Any) -> str:
    return str(int(key)) if isinstance(key, float) else str(key)


def _query(plan: Plan, query: Query, *, partial: bool) -> Any:
    """The whole question: what must match, what ranks, and what is allowed."""
    clauses = [_rights(plan, query)]
    clauses += [(Occur.Must, T.const_score_query(f, 0.0)) for f in _filters(query)]
    clauses += [(Occur.MustNot, _node(node)) for node in plan.without]
    clauses += [(Occur.Must, _node(phrase)) for phrase in plan.phrases]
    if partial:
        some = [(Occur.Should, _node(node)) for node in plan.must]
        complete = T.boolean_query([(Occur.Must, _node(node)) for node in plan.must])
        clauses.append((Occur.Must, T.boolean_query(some)))
        clauses.append((Occur.Should, T.const_score_query(complete, _COMPLETE)))
    else:
        clauses += [(Occur.Must, _node(node)) for node in plan.must]
    clauses += [(Occur.Should, _node(node)) for node in plan.may]
    for signature in plan.signatures:
        own = T.term_query(SCHEMA, "signature", signature)
        clauses.append((Occur.Should, T.const_score_query(own, _FIRST)))
    return T.boolean_query(clauses)


def _rights(plan: Plan, query: Query) -> tuple[Any, Any]:
    """The clause of rights and time: either what the asker may see, or nothing of what he may not.

    Both mean the same. The second is for askers who are part of everybody, and only beside words that must
    match, since a question of exclusions alone finds nothing.
    """
    allowed = _allowed(query)
    if PUBLIC not in query.readers or plan.browsing or not _present(query):
        return Occur.Must, T.const_score_query(allowed, 0.0)
    apart = T.term_query(SCHEMA, "apart", _APART, "basic")
    return Occur.MustNot, T.boolean_query([(Occur.Must, apart), (Occur.MustNot, allowed)])


def _present(query: Query) -> bool:
    """Is this a question about now? One about the past must compare the times of everything (see ``SETTLED``)."""
    return query.now.timestamp() >= time.time() - SETTLED


def _allowed(query: Query) -> Any:
    """Rights and time."""
    now = int(query.now.timestamp())
    gate, timed = _any_of("gate", query.readers), _any_of("timed", query.readers)
    times = [
        (Occur.Must, T.range_query(SCHEMA, "from", tantivy.FieldType.Integer, None, now)),
        (Occur.Must, T.range_query(SCHEMA, "until", tantivy.FieldType.Integer, now + 1, None)),
    ]
    if _present(query):
        in_time = T.boolean_query([(Occur.Must, timed), *times])
        return T.boolean_query([(Occur.Should, gate), (Occur.Should, in_time)])
    either = T.boolean_query([(Occur.Should, gate), (Occur.Should, timed)])
    return T.boolean_query([(Occur.Must, either), *times])


def _any_of(field: str, values: Iterable[str]) -> Any:
    terms = [T.term_query(SCHEMA, field, value, "basic") for value in sorted(values)]
    return T.boolean_query([(Occur.Should, t) for t in terms]) if terms else T.empty_query()


def _filters(query: Query) -> list[Any]:
    asked = query.filters
    found = [
        T.term_query(SCHEMA, name, value, "basic")
        for name in ("type", "organ", "status")
        if (value := getattr(asked, name))
    ]
    if asked.year is not None:
        found.append(T.term_query(SCHEMA, "year", asked.year))
    if asked.within:
        found.append(T.term_query(SCHEMA, "place", asked.within, "basic"))
    if asked.since or asked.until:
        low, high = day_number(asked.since) or 1, day_number(asked.until) or NEVER
        found.append(T.range_query(SCHEMA, "date", tantivy.FieldType.Integer, low, high))
    return found


def _node(node: Node) -> Any:
    match node:
        case Term(text, weight):
            return _anywhere(text, weight, _BAGS)
        case Whole(text, weight):
            return _anywhere(text, weight, (("whole_title", TITLE), ("whole", BODY)))
        case Phrase(words, weight):
            return _phrase(words, weight)
        case Either(nodes):
            return T.disjunction_max_query([_node(n) for n in nodes])
        case Every(nodes):
            return T.boolean_query([(Occur.Must, _node(n)) for n in nodes])


def _anywhere(text: str, weight: float, places: Sequence[tuple[str, float]]) -> Any:
    terms = [T.boost_query(T.term_query(SCHEMA, name, text, "freq"), weight * place) for name, place in places]
    return T.boolean_query([(Occur.Should, t) for t in terms])


def _phrase(words: tuple[str, ...], weight: float) -> Any:
    found = []
    for name, place in (("exact_title", TITLE), ("exact", BODY)):
        exact = T.phrase_query(SCHEMA, name, list(words)) if len(words) > 1 else T.term_query(SCHEMA, name, words[0])
        found.append((Occur.Should, T.boost_query(exact, weight * place)))
    return T.boolean_query(found)
